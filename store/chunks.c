#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "store/db.h"

/* Sorted by slot, as the scan goes. */
static int compare_refs(const void *a, const void *b)
{
	const struct store_chunk_ref *x = a, *y = b;
	if (x->vector_id != y->vector_id)
		return x->vector_id < y->vector_id ? -1 : 1;
	return x->chunk_id < y->chunk_id ? -1 : x->chunk_id > y->chunk_id;
}

struct ref_list {
	struct store_chunk_ref *items;
	size_t n, cap;
};

static int add_refs(struct store *s, sqlite3_stmt *q, struct ref_list *list, struct err *err)
{
	int rc;
	while ((rc = db_step(s, q, err)) > 0) {
		list->items = mem_grow(list->items, &list->cap, list->n + 1, sizeof *list->items);
		list->items[list->n++] = (struct store_chunk_ref){ sqlite3_column_int64(q, 0),
			                                           sqlite3_column_int64(q, 1),
			                                           sqlite3_column_int64(q, 2),
			                                           (uint32_t)sqlite3_column_int64(q, 3) };
	}
	return rc;
}

static int refs_below(struct store *s, const char *path, struct ref_list *list, struct err *err)
{
	sqlite3_stmt *q = db_prepare(s, "SELECT c.id, c.document_id, c.vector_id, c.n_words FROM documents d"
	                                " JOIN chunks c ON c.document_id = d.id"
	                                " WHERE (d.path = ?1 OR (d.path >= ?2 AND d.path < ?3))"
	                                " AND c.vector_id IS NOT NULL", err);
	if (!q)
		return -1;
	db_bind_path(q, 1, path);
	db_bind_below(q, 2, path);
	return add_refs(s, q, list, err);
}

/* Paths may overlap: a chunk counts once. */
static size_t drop_repeated(struct store_chunk_ref *refs, size_t n)
{
	size_t kept = 0;
	for (size_t i = 0; i < n; i++)
		if (kept == 0 || refs[kept - 1].chunk_id != refs[i].chunk_id)
			refs[kept++] = refs[i];
	return kept;
}

int store_chunk_refs(struct store *s, const struct store_filter *filter,
                     struct store_chunk_ref **refs, size_t *n, struct err *err)
{
	struct ref_list list = { 0 };
	int rc = 0;
	if (!filter || filter->n_paths == 0) {
		/* answered by the index chunks_by_vector alone, in order */
		sqlite3_stmt *q = db_prepare(s, "SELECT id, document_id, vector_id, n_words FROM chunks"
		                                " WHERE vector_id IS NOT NULL ORDER BY vector_id", err);
		rc = q ? add_refs(s, q, &list, err) : -1;
	}
	for (size_t i = 0; filter && i < filter->n_paths && rc == 0; i++)
		rc = refs_below(s, filter->paths[i], &list, err);
	if (rc < 0) {
		free(list.items);
		list = (struct ref_list){ 0 };
	}
	if (list.n > 1)
		qsort(list.items, list.n, sizeof *list.items, compare_refs);
	*refs = list.items;
	*n = drop_repeated(list.items, list.n);
	return rc;
}

#define CHUNK_COLUMNS \
	"c.id, c.document_id, c.byte_start, c.byte_end, c.line_start, c.line_end, c.page, c.n_tokens," \
	" c.seq, c.heading, c.text, d.path, d.title, d.format, c.failure" \
	" FROM chunks c JOIN documents d ON d.id = c.document_id"

static void read_chunk(sqlite3_stmt *q, struct store_chunk *c)
{
	*c = (struct store_chunk){
		.id = sqlite3_column_int64(q, 0),
		.doc_id = sqlite3_column_int64(q, 1),
		.byte_start = (uint64_t)sqlite3_column_int64(q, 2),
		.byte_end = (uint64_t)sqlite3_column_int64(q, 3),
		.line_start = (uint32_t)sqlite3_column_int64(q, 4),
		.line_end = (uint32_t)sqlite3_column_int64(q, 5),
		.page = (uint32_t)sqlite3_column_int64(q, 6),
		.n_tokens = (uint32_t)sqlite3_column_int64(q, 7),
		.seq = (uint32_t)sqlite3_column_int64(q, 8),
		.heading = db_column_string(q, 9),
		.text = db_column_string(q, 10),
		.path = db_column_string(q, 11),
		.title = db_column_string(q, 12),
		.failure = db_column_string(q, 14),
	};
	if (!c->text)
		c->text = mem_strdup("");
	if (!c->path)
		c->path = mem_strdup("");
	c->text_len = (size_t)sqlite3_column_bytes(q, 10);
	const char *format = (const char *)sqlite3_column_text(q, 13);
	snprintf(c->format, sizeof c->format, "%s", format ? format : "");
}

int store_chunk(struct store *s, int64_t id, struct store_chunk *chunk, struct err *err)
{
	*chunk = (struct store_chunk){ 0 };
	sqlite3_stmt *q = db_prepare(s, "SELECT " CHUNK_COLUMNS " WHERE c.id = ?1", err);
	if (!q)
		return -1;
	sqlite3_bind_int64(q, 1, id);
	int rc = db_step(s, q, err);
	if (rc > 0) {
		read_chunk(q, chunk);
		sqlite3_reset(q);
	}
	return rc;
}

void store_chunk_free(struct store_chunk *chunk)
{
	free(chunk->heading);
	free(chunk->text);
	free(chunk->path);
	free(chunk->title);
	free(chunk->failure);
	*chunk = (struct store_chunk){ 0 };
}

int store_failed_chunks(struct store *s, store_chunk_visit *visit, void *ctx, struct err *err)
{
	sqlite3_stmt *q = db_prepare(s, "SELECT " CHUNK_COLUMNS
	                                " WHERE c.failure IS NOT NULL ORDER BY d.path, c.seq", err);
	if (!q)
		return -1;
	int rc;
	while ((rc = db_step(s, q, err)) > 0) {
		struct store_chunk chunk;
		read_chunk(q, &chunk);
		int stop = visit(ctx, &chunk);
		store_chunk_free(&chunk);
		if (stop) {
			sqlite3_reset(q);
			return stop;
		}
	}
	return rc;
}

int store_counts(struct store *s, struct store_counts *counts, struct err *err)
{
	*counts = (struct store_counts){ 0 };
	const struct {
		const char *sql;
		uint64_t *value;
	} facts[] = {
		{ "SELECT count(*) FROM documents", &counts->documents },
		{ "SELECT count(*) FROM chunks", &counts->chunks },
		{ "SELECT count(*) FROM chunks WHERE failure IS NOT NULL", &counts->failed_chunks },
		{ "SELECT count(*) FROM vectors", &counts->vectors },
		{ "SELECT count(*) FROM vectors v WHERE NOT EXISTS"
		  " (SELECT 1 FROM chunks WHERE vector_id = v.id)",
		  &counts->unused_vectors },
		{ "SELECT coalesce(sum(n_tokens), 0) FROM chunks", &counts->tokens },
		{ "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size",
		  &counts->file_bytes },
	};
	for (size_t i = 0; i < sizeof facts / sizeof *facts; i++) {
		int64_t value = 0;
		if (db_int(s, facts[i].sql, &value, err) < 0)
			return -1;
		*facts[i].value = (uint64_t)value;
	}
	return 0;
}
