/* What uses each slot, in blobs in the order of the slots: a search reads this instead of
 * a million rows of the table. */
#include <stdlib.h>

#include "base/mem.h"
#include "store/db.h"

static int64_t block_of(int64_t slot)
{
	return (slot - 1) / SLOT_BLOCK_ROWS;
}

int slots_read(struct store *s, int64_t block, struct slot *slots, struct err *err)
{
	return blob_read(s, BLOB_SLOTS, block, 0, slots, SLOT_BLOCK_ROWS * sizeof *slots, err);
}

static int write_slot(struct store *s, int64_t id, const struct slot *slot, struct err *err)
{
	struct blob_part part = { (size_t)((id - 1) % SLOT_BLOCK_ROWS) * sizeof *slot, slot, sizeof *slot };
	return blob_write(s, BLOB_SLOTS, block_of(id), SLOT_BLOCK_ROWS * sizeof *slot, &part, 1, err);
}

/* Of a row of chunks: vector_id, id, document_id, n_words. */
static int add_row(struct store *s, sqlite3_stmt *q, struct slot *slot, struct err *err)
{
	int64_t chunk = sqlite3_column_int64(q, 1), doc = sqlite3_column_int64(q, 2);
	int64_t n_words = sqlite3_column_int64(q, 3);
	if (slot->chunk_id) {
		slot->words |= SLOT_SHARED;
		return 0;
	}
	if (chunk < 1 || chunk > UINT32_MAX || doc < 1 || doc > UINT32_MAX)
		return err_set(err, ERR_LIMIT, "index '%s' has no numbers left for passages; make a new one",
		               s->path);
	if (n_words < 0 || n_words >= SLOT_SHARED)
		n_words = 0;
	*slot = (struct slot){ (uint32_t)chunk, (uint32_t)doc, (uint32_t)n_words };
	return 0;
}

int slots_refresh(struct store *s, int64_t id, struct err *err)
{
	sqlite3_stmt *q = db_prepare(s, "SELECT vector_id, id, document_id, n_words FROM chunks"
	                                " WHERE vector_id = ?1 ORDER BY id LIMIT 2", err);
	if (!q)
		return -1;
	struct slot slot = { 0 };
	sqlite3_bind_int64(q, 1, id);
	int rc;
	while ((rc = db_step(s, q, err)) > 0) {
		if (add_row(s, q, &slot, err) < 0) {
			sqlite3_reset(q);
			return -1;
		}
	}
	return rc < 0 ? -1 : write_slot(s, id, &slot, err);
}

int slots_of_document(struct store *s, int64_t doc_id, int64_t **ids, size_t *n, struct err *err)
{
	size_t cap = 0;
	*ids = NULL;
	*n = 0;
	sqlite3_stmt *q = db_prepare(s, "SELECT vector_id FROM chunks WHERE document_id = ?1"
	                                " AND vector_id IS NOT NULL", err);
	if (!q)
		return -1;
	sqlite3_bind_int64(q, 1, doc_id);
	int rc;
	while ((rc = db_step(s, q, err)) > 0) {
		*ids = mem_grow(*ids, &cap, *n + 1, sizeof **ids);
		(*ids)[(*n)++] = sqlite3_column_int64(q, 0);
	}
	return rc;
}

/* --- all of them ----------------------------------------------------------------------- */

struct walk {
	struct store *s;
	bool repair;
	size_t *n_wrong;
	struct slot wanted[SLOT_BLOCK_ROWS], found[SLOT_BLOCK_ROWS];
};

/* Compares a block with what it should be, and puts it right. */
static int settle(struct walk *w, int64_t block, struct err *err)
{
	size_t wrong = 0, length;
	int rc = blob_length(w->s, BLOB_SLOTS, block, &length, err);
	bool fits = rc > 0 && length == sizeof w->found;
	memset(w->found, 0, sizeof w->found);
	if (fits && slots_read(w->s, block, w->found, err) < 0)
		return -1;
	for (size_t i = 0; i < SLOT_BLOCK_ROWS; i++)
		wrong += memcmp(&w->wanted[i], &w->found[i], sizeof *w->wanted) != 0;
	wrong += rc > 0 && !fits;
	memset(&w->found, 0, sizeof w->found);
	*w->n_wrong += wrong;
	if (rc < 0 || !wrong || !w->repair)
		return rc < 0 ? -1 : 0;
	blobs_close(w->s);
	sqlite3_stmt *q = db_prepare(w->s, "INSERT OR REPLACE INTO slot_chunks VALUES(?1, ?2)", err);
	if (!q)
		return -1;
	sqlite3_bind_int64(q, 1, block);
	sqlite3_bind_blob64(q, 2, w->wanted, sizeof w->wanted, SQLITE_STATIC);
	return db_step(w->s, q, err);
}

static int settle_to(struct walk *w, int64_t *block, int64_t to, struct err *err)
{
	for (; *block < to; ++*block) {
		if (settle(w, *block, err) < 0)
			return -1;
		memset(w->wanted, 0, sizeof w->wanted);
	}
	return 0;
}

static int walk_slots(struct walk *w, struct err *err)
{
	int64_t last = vectors_last(w->s, err), block = 0;
	sqlite3_stmt *q = db_prepare(w->s, "SELECT vector_id, id, document_id, n_words FROM chunks"
	                                   " WHERE vector_id > 0 ORDER BY vector_id, id", err);
	if (last < 0 || !q)
		return -1;
	int rc, bad = 0;
	while (bad == 0 && (rc = db_step(w->s, q, err)) > 0) {
		int64_t id = sqlite3_column_int64(q, 0);
		if (id > last)
			break; /* names a vector that is not there: another rule's */
		bad = settle_to(w, &block, block_of(id), err);
		if (bad == 0)
			bad = add_row(w->s, q, &w->wanted[(id - 1) % SLOT_BLOCK_ROWS], err);
	}
	sqlite3_reset(q);
	return bad < 0 || rc < 0 ? -1 : settle_to(w, &block, last ? block_of(last) + 1 : 0, err);
}

int slots_check(struct store *s, bool repair, size_t *n_wrong, struct err *err)
{
	*n_wrong = 0;
	struct walk *w = mem_zalloc(1, sizeof *w);
	*w = (struct walk){ .s = s, .repair = repair, .n_wrong = n_wrong };
	int rc = walk_slots(w, err);
	free(w);
	return rc;
}
