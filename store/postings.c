/* Postings: every chunk with a term, read within FTS5. An auxiliary function is called
 * for one row and has FTS5 run the whole query (xQueryPhrase), which is several times
 * faster than a row of SQL for each. */
#include <stdlib.h>

#include "base/buf.h"
#include "base/mem.h"
#include "store/db.h"

enum { N_COLUMNS = 4, TEXT_COLUMN = 3, MATCH_MAX = 1 << 16 };

struct collector {
	float weights[N_COLUMNS];
	struct store_posting *items;
	size_t n, cap, max;
};

static int collect(const Fts5ExtensionApi *api, Fts5Context *fts, void *ctx)
{
	struct collector *c = ctx;
	Fts5PhraseIter at;
	int column, position;
	float tf = 0;
	int rc = api->xPhraseFirst(fts, 0, &at, &column, &position);
	if (rc != SQLITE_OK)
		return rc;
	while (column >= 0) {
		tf += column < N_COLUMNS ? c->weights[column] : 0;
		api->xPhraseNext(fts, &at, &column, &position);
	}
	c->items = mem_grow(c->items, &c->cap, c->n + 1, sizeof *c->items);
	c->items[c->n++] = (struct store_posting){ api->xRowid(fts), tf };
	return c->n == c->max ? SQLITE_DONE : SQLITE_OK;
}

static void akin_postings(const Fts5ExtensionApi *api, Fts5Context *fts, sqlite3_context *result,
                          int n_args, sqlite3_value **args)
{
	struct collector *c = n_args == 1 ? sqlite3_value_pointer(args[0], "akin_postings") : NULL;
	int rc = c ? api->xQueryPhrase(fts, 0, c, collect) : SQLITE_MISUSE;
	if (rc != SQLITE_OK)
		sqlite3_result_error_code(result, rc);
}

/* The words of all texts: FTS5 keeps the sum. */
static void akin_total(const Fts5ExtensionApi *api, Fts5Context *fts, sqlite3_context *result,
                       int n_args, sqlite3_value **args)
{
	(void)args;
	sqlite3_int64 n_words = 0, n_rows = 0;
	int rc = api->xColumnTotalSize(fts, TEXT_COLUMN, &n_words);
	if (rc == SQLITE_OK)
		rc = api->xRowCount(fts, &n_rows);
	if (rc != SQLITE_OK)
		sqlite3_result_error_code(result, rc);
	else
		sqlite3_result_int64(result, n_args == 0 ? n_rows : n_words);
}

int postings_register(struct store *s, fts5_api *api, struct err *err)
{
	if (api->xCreateFunction(api, "akin_postings", NULL, akin_postings, NULL) != SQLITE_OK ||
	    api->xCreateFunction(api, "akin_total", NULL, akin_total, NULL) != SQLITE_OK)
		return db_fail(s, "open", err);
	return 0;
}

/* One string of FTS5's: the terms with a mark between them. A term that was none (it
 * holds what the string is made of) finds nothing. */
static int match_terms(const struct span *terms, size_t n, struct buf *match)
{
	buf_add_byte(match, '"');
	for (size_t i = 0; i < n; i++) {
		if (memchr(terms[i].p, '"', terms[i].len) || memchr(terms[i].p, TEXT_MARK, terms[i].len) ||
		    memchr(terms[i].p, '\0', terms[i].len))
			return -1;
		if (i)
			buf_add_byte(match, TEXT_MARK);
		buf_add_span(match, terms[i]);
	}
	buf_add_byte(match, '"');
	return match->overflow ? -1 : 0;
}

static int run(struct store *s, const struct buf *match, struct collector *c, struct err *err)
{
	sqlite3_stmt *q = db_prepare(s, "SELECT akin_postings(chunk_words, ?2) FROM chunk_words"
	                                " WHERE chunk_words MATCH ?1 LIMIT 1", err);
	if (!q)
		return -1;
	sqlite3_bind_text(q, 1, match->p, (int)match->len, SQLITE_STATIC);
	sqlite3_bind_pointer(q, 2, c, "akin_postings", NULL);
	int rc = db_step(s, q, err);
	sqlite3_reset(q);
	sqlite3_clear_bindings(q);
	return rc < 0 ? -1 : 0;
}

int store_phrase_postings(struct store *s, const struct span *terms, size_t n_terms,
                          const struct store_column_weights *w, size_t max,
                          struct store_posting **items, size_t *n, struct err *err)
{
	struct collector c = { .weights = { w->title, w->heading, w->name, w->text }, .max = max };
	struct buf match = buf_new(MATCH_MAX);
	int rc = 0;
	if (n_terms > 0 && match_terms(terms, n_terms, &match) == 0)
		rc = run(s, &match, &c, err);
	buf_free(&match);
	if (rc < 0) {
		free(c.items);
		c = (struct collector){ .n = 0 };
	}
	*items = c.items;
	*n = c.n;
	return rc;
}

int store_postings(struct store *s, struct span term, const struct store_column_weights *w,
                   size_t max, struct store_posting **items, size_t *n, struct err *err)
{
	return store_phrase_postings(s, &term, 1, w, max, items, n, err);
}

int store_words_total(struct store *s, uint64_t *n_chunks, uint64_t *n_words, struct err *err)
{
	*n_chunks = *n_words = 0;
	sqlite3_stmt *q = db_prepare(s, "SELECT akin_total(chunk_words), akin_total(chunk_words, 1)"
	                                " FROM chunk_words LIMIT 1", err);
	int rc = q ? db_step(s, q, err) : -1;
	if (rc > 0) {
		*n_chunks = (uint64_t)sqlite3_column_int64(q, 0);
		*n_words = (uint64_t)sqlite3_column_int64(q, 1);
		sqlite3_reset(q);
	}
	return rc < 0 ? -1 : 0;
}
