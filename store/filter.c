/* What passes a filter. Documents are asked first, each once: chunks are many. */
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "store/db.h"

/* A row as the test sees it: nothing of it is copied but strings, into buffers that
 * serve them all, since there may be a million documents. */
struct reading {
	sqlite3_stmt *q;
	struct buf path, title, author, date;
	struct store_document doc;
};

static char *string(sqlite3_stmt *q, int column, struct buf *to)
{
	const void *p = sqlite3_column_blob(q, column);
	buf_clear(to);
	buf_add(to, p ? p : "", p ? (size_t)sqlite3_column_bytes(q, column) : 0);
	return to->p;
}

static char *string_or_null(sqlite3_stmt *q, int column, struct buf *to)
{
	return sqlite3_column_type(q, column) == SQLITE_NULL ? NULL : string(q, column, to);
}

static void read_row(struct reading *r)
{
	sqlite3_stmt *q = r->q;
	r->doc = (struct store_document){
		.id = sqlite3_column_int64(q, 0),
		.n_chunks = (uint32_t)sqlite3_column_int64(q, 1),
		.path = string(q, 2, &r->path),
		.size = (uint64_t)sqlite3_column_int64(q, 3),
		.mtime_ns = sqlite3_column_int64(q, 4),
		.title = string_or_null(q, 5, &r->title),
		.author = string_or_null(q, 8, &r->author),
		.date = string_or_null(q, 9, &r->date),
		.derived = sqlite3_column_int(q, 10) != 0,
	};
	const char *format = (const char *)sqlite3_column_text(q, 6);
	const char *language = (const char *)sqlite3_column_text(q, 7);
	strncpy(r->doc.format, format ? format : "", sizeof r->doc.format - 1);
	strncpy(r->doc.language, language ? language : "", sizeof r->doc.language - 1);
}

#define COLUMNS "id, n_chunks, path, size, mtime_ns, title, format, language, author, date, derived"

/* Asks for each row of q, which is about COLUMNS. */
static int collect(struct store *s, struct gate *g, const struct store_filter *f, sqlite3_stmt *q,
                   size_t *cap, struct err *err)
{
	struct reading r = { .q = q, .path = buf_new(SIZE_MAX / 4), .title = buf_new(SIZE_MAX / 4),
		             .author = buf_new(SIZE_MAX / 4), .date = buf_new(SIZE_MAX / 4) };
	int rc;
	while ((rc = db_step(s, q, err)) > 0) {
		if (f->passes)
			read_row(&r);
		if (f->passes && !f->passes(f->passes_ctx, &r.doc))
			continue;
		g->documents = mem_grow(g->documents, cap, g->n_documents + 1, sizeof *g->documents);
		g->documents[g->n_documents++] = sqlite3_column_int64(q, 0);
		g->n_chunks += (uint64_t)sqlite3_column_int64(q, 1);
	}
	buf_free(&r.path);
	buf_free(&r.title);
	buf_free(&r.author);
	buf_free(&r.date);
	return rc;
}

static int collect_all(struct store *s, struct gate *g, const struct store_filter *f, struct err *err)
{
	size_t cap = 0;
	sqlite3_stmt *q = NULL;
	if (f->n_paths == 0) {
		q = db_prepare(s, "SELECT " COLUMNS " FROM documents", err);
		return q ? collect(s, g, f, q, &cap, err) : -1;
	}
	int rc = 0;
	for (size_t i = 0; i < f->n_paths && rc == 0; i++) {
		q = db_prepare(s, "SELECT " COLUMNS " FROM documents"
		                  " WHERE path = ?1 OR (path >= ?2 AND path < ?3)", err);
		if (!q)
			return -1;
		db_bind_path(q, 1, f->paths[i]);
		db_bind_below(q, 2, f->paths[i]);
		rc = collect(s, g, f, q, &cap, err);
	}
	return rc;
}

static int by_id(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
	return (x > y) - (x < y);
}

static bool has(const int64_t *ids, size_t n, int64_t id)
{
	return n && bsearch(&id, ids, n, sizeof *ids, by_id);
}

/* Paths may overlap: a document counts once. */
static size_t drop_repeated(int64_t *ids, size_t n)
{
	size_t kept = 0;
	for (size_t i = 0; i < n; i++)
		if (kept == 0 || ids[kept - 1] != ids[i])
			ids[kept++] = ids[i];
	return kept;
}

int gate_make(struct gate *g, struct store *s, const struct store_filter *f, struct err *err)
{
	*g = (struct gate){ .by_document = f && (f->n_paths || f->passes) };
	if (f) {
		g->chunks = f->chunks;
		g->n_of_chunks = f->n_chunks;
	}
	int rc = g->by_document ? collect_all(s, g, f, err) : 0;
	if (g->n_documents > 1)
		qsort(g->documents, g->n_documents, sizeof *g->documents, by_id);
	g->n_documents = drop_repeated(g->documents, g->n_documents);
	return rc;
}

void gate_free(struct gate *g)
{
	free(g->documents);
	g->documents = NULL;
}

bool gate_passes(const struct gate *g, int64_t chunk_id, int64_t doc_id)
{
	return (!g->by_document || has(g->documents, g->n_documents, doc_id)) &&
	       (!g->chunks || has(g->chunks, g->n_of_chunks, chunk_id));
}
