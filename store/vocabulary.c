/* Which terms the full text has. Full text of many segments is looked up in some 40 µs a
 * term, so terms that lie between two neighbouring terms of the index are passed over
 * together: of all words one letter away from a given one, that leaves every fourth. */
#include "store/db.h"

/* A table of SQLite's own over the index. It is a connection's, and gone with the
 * transaction that made it. "instance" gives a term without counting its passages. */
static int open_vocabulary(struct store *s, struct err *err)
{
	return db_exec(s, "CREATE VIRTUAL TABLE IF NOT EXISTS temp.vocabulary"
	                  " USING fts5vocab('main', 'chunk_words', 'instance')", err);
}

static int compare(struct span a, struct span b)
{
	size_t len = a.len < b.len ? a.len : b.len;
	int order = len ? memcmp(a.p, b.p, len) : 0;
	return order ? order : (a.len > b.len) - (a.len < b.len);
}

/* The index's first term that is not before terms[*at]; moves *at behind it. */
static int leap(sqlite3_stmt *q, const struct span *terms, size_t n, bool *has, size_t *at)
{
	struct span next = { (const char *)sqlite3_column_text(q, 0), (size_t)sqlite3_column_bytes(q, 0) };
	if (!next.p)
		return -1;
	int order = -1;
	while (*at < n && (order = compare(terms[*at], next)) < 0)
		*at += 1;
	if (*at < n && order == 0)
		has[(*at)++] = true;
	return 0;
}

int store_has_terms(struct store *s, const struct span *terms, size_t n, bool *has, struct err *err)
{
	size_t at = 0;
	int rc = 1;
	for (size_t i = 0; i < n; i++)
		has[i] = false;
	if (n == 0)
		return 0;
	if (open_vocabulary(s, err) < 0)
		return -1;
	sqlite3_stmt *q = db_prepare(s, "SELECT term FROM temp.vocabulary WHERE term >= ?1 LIMIT 1", err);
	if (!q)
		return -1;
	while (at < n && rc > 0) {
		sqlite3_reset(q);
		sqlite3_bind_text64(q, 1, terms[at].p, terms[at].len, SQLITE_STATIC, SQLITE_UTF8);
		rc = db_step(s, q, err);
		if (rc > 0 && leap(q, terms, n, has, &at) < 0)
			rc = db_fail(s, "read", err);
	}
	sqlite3_reset(q);
	sqlite3_clear_bindings(q);
	return rc < 0 ? -1 : 0;
}
