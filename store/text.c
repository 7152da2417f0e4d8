/* Full text: an FTS5 table over the view chunk_texts (external content: the
 * words are stored once, in chunks). FTS5 must be told what it forgets. */
#include <stdlib.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "store/db.h"

static int for_document(struct store *s, sqlite3_stmt *q, int64_t doc_id, struct err *err)
{
	if (!q)
		return -1;
	sqlite3_bind_int64(q, 1, doc_id);
	return db_step(s, q, err);
}

int text_add_document(struct store *s, int64_t doc_id, struct err *err)
{
	sqlite3_stmt *q = db_prepare(s, "INSERT INTO chunk_words(rowid, title, heading, text)"
	                                " SELECT c.id, d.title, c.heading, c.text FROM chunks c"
	                                " JOIN documents d ON d.id = c.document_id"
	                                " WHERE c.document_id = ?1 ORDER BY c.seq", err);
	return for_document(s, q, doc_id, err);
}

int text_remove_document(struct store *s, int64_t doc_id, struct err *err)
{
	sqlite3_stmt *q = db_prepare(s, "INSERT INTO chunk_words(chunk_words, rowid, title, heading, text)"
	                                " SELECT 'delete', c.id, d.title, c.heading, c.text FROM chunks c"
	                                " JOIN documents d ON d.id = c.document_id"
	                                " WHERE c.document_id = ?1", err);
	return for_document(s, q, doc_id, err);
}

/* Any text becomes a query for any of its words: each is quoted, so that no
 * character of it is FTS5's syntax. */
static struct buf match_expression(struct span words)
{
	struct buf out = buf_new(1 << 16);
	bool within = false;
	for (size_t at = 0; at < words.len;) {
		uint32_t code;
		size_t len = utf8_decode(words.p + at, words.len - at, &code);
		bool is_ascii_word = (code >= '0' && code <= '9') || ((code | 32) >= 'a' && (code | 32) <= 'z');
		bool is_word = code < 0x80 ? is_ascii_word : code != UTF8_REPLACEMENT;
		if (out.len > 60000 && !is_word)
			break; /* a question is a question, not a book */
		if (is_word != within)
			buf_add_str(&out, within ? "\"" : out.len ? " OR \"" : "\"");
		if (is_word)
			buf_add(&out, words.p + at, len);
		within = is_word;
		at += len;
	}
	if (within)
		buf_add_str(&out, "\"");
	return out;
}

static int collect_hits(struct store *s, sqlite3_stmt *q, const struct store_filter *filter, size_t k,
                        struct store_text_hit **hits, size_t *n, struct err *err);

int store_text_search(struct store *s, struct span words, const struct store_filter *filter,
                      size_t k, struct store_text_hit **hits, size_t *n, struct err *err)
{
	*hits = NULL;
	*n = 0;
	struct buf match = match_expression(words);
	if (match.len == 0 || match.overflow) {
		bool too_long = match.overflow;
		buf_free(&match);
		return too_long ? err_set(err, ERR_LIMIT, "the question is too long (over 64 KB)") : 0;
	}
	sqlite3_stmt *q = db_prepare(s, "SELECT w.rowid, c.document_id, -bm25(chunk_words, 2, 1.5, 1), d.path"
	                                " FROM chunk_words w JOIN chunks c ON c.id = w.rowid"
	                                " JOIN documents d ON d.id = c.document_id"
	                                " WHERE chunk_words MATCH ?1 ORDER BY 3 DESC, 1", err);
	int rc = -1;
	if (q) {
		sqlite3_bind_text(q, 1, match.p, (int)match.len, SQLITE_TRANSIENT);
		rc = collect_hits(s, q, filter, k, hits, n, err);
	}
	buf_free(&match);
	return rc;
}

static bool path_is_below(struct span path, const char *top)
{
	size_t len = strlen(top);
	while (len > 0 && top[len - 1] == '/')
		len--;
	return path.len >= len && memcmp(path.p, top, len) == 0 &&
	       (path.len == len || path.p[len] == '/');
}

static bool passes(sqlite3_stmt *q, int path_column, const struct store_filter *filter)
{
	if (!filter || filter->n_paths == 0)
		return true;
	struct span path = { sqlite3_column_blob(q, path_column),
		             (size_t)sqlite3_column_bytes(q, path_column) };
	for (size_t i = 0; i < filter->n_paths; i++)
		if (path_is_below(path, filter->paths[i]))
			return true;
	return false;
}

static int collect_hits(struct store *s, sqlite3_stmt *q, const struct store_filter *filter, size_t k,
                        struct store_text_hit **hits, size_t *n, struct err *err)
{
	size_t cap = 0;
	int rc = 0;
	while (*n < k && (rc = db_step(s, q, err)) > 0) {
		if (!passes(q, 3, filter))
			continue;
		*hits = mem_grow(*hits, &cap, *n + 1, sizeof **hits);
		(*hits)[(*n)++] = (struct store_text_hit){ sqlite3_column_int64(q, 0),
			                                   sqlite3_column_int64(q, 1),
			                                   sqlite3_column_double(q, 2) };
	}
	sqlite3_reset(q);
	if (rc < 0) {
		free(*hits);
		*hits = NULL;
		*n = 0;
		return -1;
	}
	return 0;
}
