/* The tables. A change adds a step to `steps`: user_version is the number of
 * steps that a file has been through. */
#include "store/db.h"

#include <stdio.h>

enum { APPLICATION_ID = 0x616b696e }; /* "akin" */

static const char *const steps[] = {
	/* Large pages: vectors are blobs of hundreds of kilobytes, and a scan of them
	 * through 4 KB pages reaches a third of the speed. */
	"CREATE TABLE facts(name TEXT PRIMARY KEY, value) WITHOUT ROWID;"
	"CREATE TABLE roots(path BLOB PRIMARY KEY, flags INTEGER NOT NULL,"
	"  max_file_bytes INTEGER NOT NULL) WITHOUT ROWID;"
	"CREATE TABLE documents(id INTEGER PRIMARY KEY, path BLOB NOT NULL UNIQUE,"
	"  size INTEGER NOT NULL, mtime_ns INTEGER NOT NULL, read_ns INTEGER NOT NULL,"
	"  content BLOB NOT NULL, recipe BLOB NOT NULL, title TEXT, format TEXT NOT NULL,"
	"  n_chunks INTEGER NOT NULL, n_failed INTEGER NOT NULL);"
	"CREATE INDEX documents_by_content ON documents(content);"
	/* id is a slot: row (id - 1) % 256 of block (id - 1) / 256 */
	"CREATE TABLE vectors(id INTEGER PRIMARY KEY, key BLOB NOT NULL UNIQUE);"
	"CREATE TABLE free_slots(id INTEGER PRIMARY KEY);"
	"CREATE TABLE vector_blocks(id INTEGER PRIMARY KEY, rows BLOB NOT NULL);"
	"CREATE TABLE chunks(id INTEGER PRIMARY KEY,"
	"  document_id INTEGER NOT NULL REFERENCES documents(id) ON DELETE CASCADE,"
	"  seq INTEGER NOT NULL, byte_start INTEGER NOT NULL, byte_end INTEGER NOT NULL,"
	"  line_start INTEGER NOT NULL, line_end INTEGER NOT NULL, page INTEGER,"
	"  n_tokens INTEGER NOT NULL, vector_id INTEGER REFERENCES vectors(id),"
	"  failure TEXT, heading TEXT, text TEXT NOT NULL);"
	"CREATE INDEX chunks_by_document ON chunks(document_id, seq);"
	"CREATE INDEX chunks_by_vector ON chunks(vector_id, document_id);"
	"CREATE INDEX chunks_failed ON chunks(id) WHERE failure IS NOT NULL;"
	"CREATE VIEW chunk_texts AS SELECT c.id AS id, d.title AS title, c.heading AS heading,"
	"  c.text AS text FROM chunks c JOIN documents d ON d.id = c.document_id;"
	"CREATE VIRTUAL TABLE chunk_words USING fts5(title, heading, text,"
	"  content='chunk_texts', content_rowid='id', tokenize=\"unicode61 remove_diacritics 2\");",
	"CREATE TABLE query_vectors(id INTEGER PRIMARY KEY AUTOINCREMENT, key BLOB NOT NULL UNIQUE,"
	"  vector BLOB NOT NULL);",
	/* Full text by terms of our own. Documents of an older file have no language until
	 * they are read again, which the raised recipe sees to. */
	"ALTER TABLE documents ADD COLUMN language TEXT NOT NULL DEFAULT '';"
	"ALTER TABLE chunks ADD COLUMN n_words INTEGER NOT NULL DEFAULT 0;"
	"UPDATE chunks SET n_words = akin_words(text);"
	"DROP INDEX chunks_by_vector;"
	"CREATE INDEX chunks_by_vector ON chunks(vector_id, document_id, n_words);"
	"DROP TABLE chunk_words;"
	"DROP VIEW chunk_texts;"
	"CREATE VIEW chunk_texts AS SELECT c.id AS id,"
	"  " SQL_MARKED("d.language", "d.title") " AS title,"
	"  " SQL_MARKED("d.language", "c.heading") " AS heading,"
	"  " SQL_MARKED("d.language", SQL_NAME_OF("d.path")) " AS name,"
	"  " SQL_MARKED("d.language", "c.text") " AS text"
	"  FROM chunks c JOIN documents d ON d.id = c.document_id;"
	"CREATE VIRTUAL TABLE chunk_words USING fts5(title, heading, name, text,"
	"  content='chunk_texts', content_rowid='id', tokenize='akin', detail=full);"
	"INSERT INTO chunk_words(chunk_words) VALUES('rebuild');",
	/* What a document says of itself. */
	"ALTER TABLE documents ADD COLUMN author TEXT;"
	"ALTER TABLE documents ADD COLUMN date TEXT;"
	"ALTER TABLE documents ADD COLUMN n_pages INTEGER NOT NULL DEFAULT 0;"
	"ALTER TABLE documents ADD COLUMN derived INTEGER NOT NULL DEFAULT 0;",
	/* Texts that models make of images. They are not dropped with the documents: a file that
	 * comes back is not paid for again. */
	"CREATE TABLE descriptions(id INTEGER PRIMARY KEY, content BLOB NOT NULL, text_by TEXT NOT NULL,"
	"  text TEXT NOT NULL, UNIQUE(content, text_by));"
	"ALTER TABLE documents ADD COLUMN text_by TEXT;",
	/* Vectors as float16, in blobs of 64 rows; codes of them, and what uses each slot, which
	 * migrate() makes. */
	"CREATE TABLE vector_rows(id INTEGER PRIMARY KEY, bytes BLOB NOT NULL);"
	"INSERT INTO vector_rows SELECT b.id * 4 + p.part,"
	"  akin_f16(substr(b.rows, p.part * (length(b.rows) / 4) + 1, length(b.rows) / 4))"
	"  FROM vector_blocks b,"
	"  (SELECT 0 AS part UNION ALL SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3) p;"
	"DROP TABLE vector_blocks;"
	"CREATE TABLE slot_chunks(id INTEGER PRIMARY KEY, bytes BLOB NOT NULL);"
	"CREATE TABLE code_blocks(id INTEGER PRIMARY KEY, bytes BLOB NOT NULL);",
};
enum { N_STEPS = sizeof steps / sizeof *steps, OLDEST_READABLE = 6, WITH_SLOTS = 6 };

static int ids(struct store *s, int64_t *application, int64_t *version, struct err *err)
{
	*application = *version = 0;
	if (db_int(s, "PRAGMA application_id", application, err) < 0)
		return -1;
	return db_int(s, "PRAGMA user_version", version, err);
}

int schema_check(struct store *s, struct err *err)
{
	int64_t application, version;
	if (ids(s, &application, &version, err) < 0)
		return -1;
	if (application != APPLICATION_ID)
		return err_set(err, ERR_STORE, "'%s' is a database, but not an akin index", s->path);
	if (version > N_STEPS)
		return err_set(err, ERR_STORE,
		               "index '%s' is of a newer akin (schema %lld, this one knows %d); update akin, or "
		               "use another --db",
		               s->path, (long long)version, (int)N_STEPS);
	if (version < OLDEST_READABLE)
		return err_set(err, ERR_STORE, "index '%s' is of an older akin; run: akin index", s->path);
	return 0;
}

static int migrate(struct store *s, int64_t version, struct err *err)
{
	if (db_exec(s, "BEGIN IMMEDIATE", err) < 0)
		return -1;
	int rc = 0;
	bool has_slots = version == 0 || version >= WITH_SLOTS;
	size_t n_made;
	for (; version < N_STEPS && rc == 0; version++)
		rc = db_exec(s, steps[version], err);
	char ids_now[128];
	snprintf(ids_now, sizeof ids_now, "PRAGMA application_id=%d; PRAGMA user_version=%d",
	         (int)APPLICATION_ID, (int)N_STEPS);
	if (rc == 0 && !has_slots)
		rc = slots_check(s, true, &n_made, err) < 0 ? -1 : codes_check(s, true, &n_made, err);
	blobs_close(s);
	if (rc == 0)
		rc = db_exec(s, ids_now, err);
	if (rc == 0)
		return db_exec(s, "COMMIT", err);
	sqlite3_exec(s->db, "ROLLBACK", NULL, NULL, NULL);
	return -1;
}

/* What a step drops is in the new tables too: zeros in its place would only be written. */
static int migrate_fast(struct store *s, int64_t version, struct err *err)
{
	int64_t secure = 0;
	if (db_int(s, "PRAGMA secure_delete", &secure, err) < 0 ||
	    db_exec(s, "PRAGMA secure_delete=OFF", err) < 0)
		return -1;
	int rc = migrate(s, version, err);
	if (secure)
		sqlite3_exec(s->db, secure == 1 ? "PRAGMA secure_delete=ON" : "PRAGMA secure_delete=FAST", NULL,
		             NULL, NULL);
	return rc;
}

int schema_ensure(struct store *s, struct err *err)
{
	int64_t application, version, tables = 0;
	if (ids(s, &application, &version, err) < 0 ||
	    db_int(s, "SELECT count(*) FROM sqlite_schema", &tables, err) < 0)
		return -1;
	bool is_new = application == 0 && version == 0 && tables == 0;
	/* with its maps of pages SQLite finds a row within a blob without reading those before it */
	if (is_new && db_exec(s, "PRAGMA page_size=16384; PRAGMA auto_vacuum=INCREMENTAL", err) < 0)
		return -1;
	if (db_exec(s, "PRAGMA journal_mode=WAL", err) < 0)
		return -1;
	if (is_new || (application == APPLICATION_ID && version < N_STEPS))
		return migrate_fast(s, version, err);
	return schema_check(s, err);
}
