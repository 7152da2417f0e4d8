-- The tables as schema 2 had them, filled from the index of float32 that is attached as "new":
-- sqlite3 OLD -cmd "ATTACH 'NEW' AS new" <2.sql
PRAGMA page_size=16384;
PRAGMA main.journal_mode=WAL;
BEGIN;
CREATE TABLE facts(name TEXT PRIMARY KEY, value) WITHOUT ROWID;
CREATE TABLE roots(path BLOB PRIMARY KEY, flags INTEGER NOT NULL,
  max_file_bytes INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE documents(id INTEGER PRIMARY KEY, path BLOB NOT NULL UNIQUE,
  size INTEGER NOT NULL, mtime_ns INTEGER NOT NULL, read_ns INTEGER NOT NULL,
  content BLOB NOT NULL, recipe BLOB NOT NULL, title TEXT, format TEXT NOT NULL,
  n_chunks INTEGER NOT NULL, n_failed INTEGER NOT NULL);
CREATE INDEX documents_by_content ON documents(content);
CREATE TABLE vectors(id INTEGER PRIMARY KEY, key BLOB NOT NULL UNIQUE);
CREATE TABLE free_slots(id INTEGER PRIMARY KEY);
CREATE TABLE vector_blocks(id INTEGER PRIMARY KEY, rows BLOB NOT NULL);
CREATE TABLE chunks(id INTEGER PRIMARY KEY,
  document_id INTEGER NOT NULL REFERENCES documents(id) ON DELETE CASCADE,
  seq INTEGER NOT NULL, byte_start INTEGER NOT NULL, byte_end INTEGER NOT NULL,
  line_start INTEGER NOT NULL, line_end INTEGER NOT NULL, page INTEGER,
  n_tokens INTEGER NOT NULL, vector_id INTEGER REFERENCES vectors(id),
  failure TEXT, heading TEXT, text TEXT NOT NULL);
CREATE INDEX chunks_by_document ON chunks(document_id, seq);
CREATE INDEX chunks_by_vector ON chunks(vector_id, document_id);
CREATE INDEX chunks_failed ON chunks(id) WHERE failure IS NOT NULL;
CREATE VIEW chunk_texts AS SELECT c.id AS id, d.title AS title, c.heading AS heading,
  c.text AS text FROM chunks c JOIN documents d ON d.id = c.document_id;
CREATE VIRTUAL TABLE chunk_words USING fts5(title, heading, text,
  content='chunk_texts', content_rowid='id', tokenize="unicode61 remove_diacritics 2");
CREATE TABLE query_vectors(id INTEGER PRIMARY KEY AUTOINCREMENT, key BLOB NOT NULL UNIQUE,
  vector BLOB NOT NULL);
INSERT INTO facts SELECT * FROM new.facts WHERE name IN ('model', 'dim');
INSERT INTO roots SELECT * FROM new.roots;
-- a recipe of then: whatever it was, it is not today's
INSERT INTO documents SELECT id, path, size, mtime_ns, read_ns, content, zeroblob(16), title,
  format, n_chunks, n_failed FROM new.documents;
INSERT INTO vectors SELECT * FROM new.vectors;
-- 256 rows a blob, where "new" has 64; float32, as it was made
INSERT INTO vector_blocks SELECT b.id, CAST(
  (SELECT bytes FROM new.vector_rows WHERE id = b.id * 4) ||
  coalesce((SELECT bytes FROM new.vector_rows WHERE id = b.id * 4 + 1), zeroblob(b.len)) ||
  coalesce((SELECT bytes FROM new.vector_rows WHERE id = b.id * 4 + 2), zeroblob(b.len)) ||
  coalesce((SELECT bytes FROM new.vector_rows WHERE id = b.id * 4 + 3), zeroblob(b.len)) AS BLOB)
  FROM (SELECT DISTINCT id / 4 AS id, length(bytes) AS len FROM new.vector_rows) b;
INSERT INTO chunks SELECT id, document_id, seq, byte_start, byte_end, line_start, line_end, page,
  n_tokens, vector_id, failure, heading, text FROM new.chunks;
INSERT INTO chunk_words(chunk_words) VALUES('rebuild');
PRAGMA main.application_id=0x616b696e;
PRAGMA main.user_version=2;
COMMIT;
