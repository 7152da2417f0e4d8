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
	const struct gate *gate;
	bool failed_too;
};

static int add_refs(struct store *s, sqlite3_stmt *q, struct ref_list *list, struct err *err)
{
	int rc;
	while ((rc = db_step(s, q, err)) > 0) {
		struct store_chunk_ref ref = {
			.chunk_id = sqlite3_column_int64(q, 0),
			.doc_id = sqlite3_column_int64(q, 1),
			.vector_id = sqlite3_column_int64(q, 2),
			.n_words = (uint32_t)sqlite3_column_int64(q, 3),
		};
		if ((ref.vector_id == 0 && !list->failed_too) ||
		    !gate_passes(list->gate, ref.chunk_id, ref.doc_id))
			continue;
		list->items = mem_grow(list->items, &list->cap, list->n + 1, sizeof *list->items);
		list->items[list->n++] = ref;
	}
	return rc;
}

static int refs_of_failed(struct store *s, struct ref_list *list, struct err *err)
{
	sqlite3_stmt *q = db_prepare(s, "SELECT id, document_id, vector_id, n_words FROM chunks"
	                                " WHERE vector_id IS NULL ORDER BY id", err);
	return q ? add_refs(s, q, list, err) : -1;
}

/* All that use a slot. */
static int refs_of_slot(struct store *s, int64_t id, struct ref_list *list, struct err *err)
{
	sqlite3_stmt *q = db_prepare(s, "SELECT id, document_id, vector_id, n_words FROM chunks"
	                                " WHERE vector_id = ?1 ORDER BY id", err);
	if (!q)
		return -1;
	sqlite3_bind_int64(q, 1, id);
	return add_refs(s, q, list, err);
}

static int add_slots(struct store *s, int64_t first, const struct slot *slots, struct ref_list *list,
                     struct err *err)
{
	list->items = mem_grow(list->items, &list->cap, list->n + SLOT_BLOCK_ROWS, sizeof *list->items);
	for (size_t i = 0; i < SLOT_BLOCK_ROWS; i++) {
		const struct slot *slot = &slots[i];
		if (!slot->chunk_id)
			continue;
		if (slot->words & SLOT_SHARED) {
			if (refs_of_slot(s, first + (int64_t)i, list, err) < 0)
				return -1;
			list->items = mem_grow(list->items, &list->cap, list->n + SLOT_BLOCK_ROWS,
			                       sizeof *list->items);
		} else if (gate_passes(list->gate, slot->chunk_id, slot->doc_id)) {
			list->items[list->n++] = (struct store_chunk_ref){
				slot->chunk_id, slot->doc_id, first + (int64_t)i, slot->words
			};
		}
	}
	return 0;
}

/* In order. */
static int refs_of_all(struct store *s, struct ref_list *list, struct err *err)
{
	int64_t last = vectors_last(s, err);
	if (last < 0 || (list->failed_too && refs_of_failed(s, list, err) < 0))
		return -1;
	struct slot *slots = mem_alloc(SLOT_BLOCK_ROWS, sizeof *slots);
	int rc = 0;
	for (int64_t first = 0; rc >= 0 && first < last; first += SLOT_BLOCK_ROWS) {
		rc = slots_read(s, first / SLOT_BLOCK_ROWS, slots, err);
		if (rc > 0)
			rc = add_slots(s, first + 1, slots, list, err);
	}
	free(slots);
	return rc < 0 ? -1 : 0;
}

static int refs_of_documents(struct store *s, struct ref_list *list, struct err *err)
{
	for (size_t i = 0; i < list->gate->n_documents; i++) {
		sqlite3_stmt *q = db_prepare(s, "SELECT id, document_id, vector_id, n_words FROM chunks"
		                                " WHERE document_id = ?1", err);
		if (!q)
			return -1;
		sqlite3_bind_int64(q, 1, list->gate->documents[i]);
		if (add_refs(s, q, list, err) < 0)
			return -1;
	}
	return 0;
}

static int refs_of_chunks(struct store *s, struct ref_list *list, struct err *err)
{
	for (size_t i = 0; i < list->gate->n_of_chunks; i++) {
		sqlite3_stmt *q = db_prepare(s, "SELECT id, document_id, vector_id, n_words FROM chunks"
		                                " WHERE id = ?1", err);
		if (!q)
			return -1;
		sqlite3_bind_int64(q, 1, list->gate->chunks[i]);
		if (add_refs(s, q, list, err) < 0)
			return -1;
	}
	return 0;
}

/* A row that is looked up costs as much as LOOKUP rows of the index in their order
 * (bench_select: 1.4 and 0.25 microseconds; more where the file is not in memory). */
enum { LOOKUP = 6 };

static int collect_refs(struct store *s, struct ref_list *list, struct err *err)
{
	int64_t last = 0; /* about as many as there are */
	const struct gate *g = list->gate;
	if (db_int(s, "SELECT max(id) FROM chunks", &last, err) < 0)
		return -1;
	uint64_t few = (uint64_t)last / LOOKUP;
	if (g->chunks && g->n_of_chunks <= few && (!g->by_document || g->n_of_chunks <= g->n_chunks))
		return refs_of_chunks(s, list, err);
	if (g->by_document && g->n_chunks <= few)
		return refs_of_documents(s, list, err);
	return refs_of_all(s, list, err);
}

static bool is_sorted(const struct ref_list *list)
{
	for (size_t i = 1; i < list->n; i++)
		if (compare_refs(&list->items[i - 1], &list->items[i]) > 0)
			return false;
	return true;
}

int store_chunk_refs(struct store *s, const struct store_filter *filter,
                     struct store_chunk_ref **refs, size_t *n, struct err *err)
{
	struct gate gate;
	struct ref_list list = { .gate = &gate, .failed_too = filter && filter->failed_too };
	int rc = gate_make(&gate, s, filter, err);
	if (rc == 0)
		rc = collect_refs(s, &list, err);
	gate_free(&gate);
	if (rc < 0) {
		free(list.items);
		list.items = NULL;
		list.n = 0;
	}
	if (!is_sorted(&list))
		qsort(list.items, list.n, sizeof *list.items, compare_refs);
	*refs = list.items;
	*n = list.n;
	return rc;
}

#define CHUNK_COLUMNS \
	"c.id, c.document_id, c.byte_start, c.byte_end, c.line_start, c.line_end, c.page, c.n_tokens," \
	" c.seq, c.heading, c.text, d.path, d.title, d.format, c.failure, d.author, d.date, d.derived," \
	" d.text_by" \
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
		.author = db_column_string(q, 15),
		.date = db_column_string(q, 16),
		.derived = sqlite3_column_int(q, 17) != 0,
		.text_by = db_column_string(q, 18),
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
	free(chunk->author);
	free(chunk->date);
	free(chunk->failure);
	free(chunk->text_by);
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
		{ "SELECT coalesce(sum(length(bytes)), 0) FROM code_blocks", &counts->code_bytes },
	};
	for (size_t i = 0; i < sizeof facts / sizeof *facts; i++) {
		int64_t value = 0;
		if (db_int(s, facts[i].sql, &value, err) < 0)
			return -1;
		*facts[i].value = (uint64_t)value;
	}
	return 0;
}
