/* Full text: an FTS5 table over the view chunk_texts (external content: the
 * words are stored once, in chunks). FTS5 must be told what it forgets. */
#include <stdlib.h>

#include "base/buf.h"
#include "base/mem.h"
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

/* Terms of a question beyond this many are left out: it is a question, not a book. */
enum { MAX_TERMS = 256, MAX_LANGUAGES = 3 };

struct match {
	struct buf text; /* "a" OR "b" */
	size_t n_terms;
	bool stems_only;
};

/* A term that is there already is not added twice. */
static int add_term(void *ctx, const struct term *term)
{
	struct match *m = ctx;
	if (m->stems_only && term->kind != TERM_STEM)
		return 0;
	struct buf quoted = buf_new(TERM_MAX_BYTES + 8);
	buf_add_byte(&quoted, '"');
	buf_add_span(&quoted, term->text);
	buf_add_byte(&quoted, '"');
	if (!m->text.p || !strstr(m->text.p, quoted.p)) {
		buf_add_str(&m->text, m->n_terms++ ? " OR " : "");
		buf_add_span(&m->text, buf_span(&quoted));
	}
	buf_free(&quoted);
	return m->n_terms == MAX_TERMS;
}

/* Any text becomes a query for any of its terms, with their stems in the languages that
 * the index has most of. Terms are ready for FTS5: none has a quote in it. */
static int match_expression(struct store *s, struct span words, struct match *m, struct err *err)
{
	struct store_sample sample;
	if (store_sample(s, &sample, err) < 0)
		return -1;
	terms_each(s->terms, words, "", TERMS_QUERY, add_term, m);
	m->stems_only = true;
	for (size_t i = 0; i < sample.n_languages && i < MAX_LANGUAGES; i++)
		terms_each(s->terms, words, sample.languages[i].code, TERMS_QUERY, add_term, m);
	store_sample_free(&sample);
	return 0;
}

static int collect_hits(struct store *s, sqlite3_stmt *q, const struct store_filter *filter, size_t k,
                        struct store_text_hit **hits, size_t *n, struct err *err);

int store_text_search(struct store *s, struct span words, const struct store_filter *filter,
                      size_t k, struct store_text_hit **hits, size_t *n, struct err *err)
{
	*hits = NULL;
	*n = 0;
	struct match m = { .text = buf_new(MAX_TERMS * (TERM_MAX_BYTES + 8)) };
	int rc = match_expression(s, words, &m, err);
	sqlite3_stmt *q = NULL;
	if (rc == 0 && m.n_terms > 0)
		q = db_prepare(s, "SELECT w.rowid, c.document_id, -bm25(chunk_words, 2, 1.5, 1.5, 1)"
		                  " FROM chunk_words w JOIN chunks c ON c.id = w.rowid"
		                  " WHERE chunk_words MATCH ?1 ORDER BY 3 DESC, 1", err);
	if (q) {
		sqlite3_bind_text(q, 1, m.text.p, (int)m.text.len, SQLITE_TRANSIENT);
		rc = collect_hits(s, q, filter, k, hits, n, err);
	} else if (m.n_terms > 0) {
		rc = -1;
	}
	buf_free(&m.text);
	return rc;
}

static int collect_hits(struct store *s, sqlite3_stmt *q, const struct store_filter *filter, size_t k,
                        struct store_text_hit **hits, size_t *n, struct err *err)
{
	size_t cap = 0;
	struct gate gate;
	int rc = gate_make(&gate, s, filter, err);
	while (rc >= 0 && *n < k && (rc = db_step(s, q, err)) > 0) {
		if (!gate_passes(&gate, sqlite3_column_int64(q, 0), sqlite3_column_int64(q, 1)))
			continue;
		*hits = mem_grow(*hits, &cap, *n + 1, sizeof **hits);
		(*hits)[(*n)++] = (struct store_text_hit){ sqlite3_column_int64(q, 0),
			                                   sqlite3_column_int64(q, 1),
			                                   sqlite3_column_double(q, 2) };
	}
	sqlite3_reset(q);
	gate_free(&gate);
	if (rc < 0) {
		free(*hits);
		*hits = NULL;
		*n = 0;
		return -1;
	}
	return 0;
}
