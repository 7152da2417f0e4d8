/* Full text: an FTS5 table over the view chunk_texts (external content: the
 * words are stored once, in chunks). FTS5 must be told what it forgets. */
#include "store/db.h"
#include "words/terms.h"

int text_add(struct store *s, const struct text_row *row, int64_t *n_words, struct err *err)
{
	sqlite3_stmt *q = db_prepare(s, "INSERT INTO chunk_words(rowid, title, heading, name, text)"
	                                " VALUES(?1, " SQL_MARKED("?2", "?3") ", " SQL_MARKED("?2", "?4")
	                                ", " SQL_MARKED("?2", SQL_NAME_OF("?5"))
	                                ", " SQL_MARKED("?2", "?6") ")", err);
	if (!q)
		return -1;
	sqlite3_bind_int64(q, 1, row->chunk_id);
	db_bind_text(q, 2, row->language);
	db_bind_text(q, 3, row->title);
	db_bind_text(q, 4, row->heading);
	db_bind_path(q, 5, row->path);
	sqlite3_bind_text64(q, 6, row->text.p, row->text.len, SQLITE_STATIC, SQLITE_UTF8);
	if (db_step(s, q, err) < 0)
		return -1;
	*n_words = s->n_words; /* of the column that comes last, the text */
	return 0;
}

/* Row by row: FTS5 writes all that it holds in memory before an INSERT of several
 * rows (its xSavepoint), which made one segment a document, and merged them all. */
static int for_each_chunk(struct store *s, sqlite3_stmt *change, int64_t doc_id, struct err *err)
{
	sqlite3_stmt *q = db_prepare(s, "SELECT id, title, heading, name, text FROM chunk_texts WHERE id IN"
	                                " (SELECT id FROM chunks WHERE document_id = ?1)", err);
	if (!q || !change)
		return -1;
	sqlite3_bind_int64(q, 1, doc_id);
	int rc;
	while ((rc = db_step(s, q, err)) > 0) {
		for (int i = 0; i < 5; i++)
			sqlite3_bind_value(change, i + 1, sqlite3_column_value(q, i));
		if (db_step(s, change, err) < 0) {
			sqlite3_reset(q);
			return -1;
		}
	}
	return rc;
}

int text_add_document(struct store *s, int64_t doc_id, struct err *err)
{
	return for_each_chunk(s, db_prepare(s, "INSERT INTO chunk_words(rowid, title, heading, name, text)"
	                                       " VALUES(?1, ?2, ?3, ?4, ?5)", err), doc_id, err);
}

int text_remove_document(struct store *s, int64_t doc_id, struct err *err)
{
	return for_each_chunk(s, db_prepare(s, "INSERT INTO chunk_words(chunk_words, rowid, title,"
	                                       " heading, name, text) VALUES('delete', ?1, ?2, ?3, ?4, ?5)",
	                                    err), doc_id, err);
}
