/* Vectors: rows of float[dim] in blobs of STORE_BLOCK_ROWS, little-endian. */
#include <stdlib.h>

#include "base/buf.h"
#include "base/mem.h"
#include "store/db.h"

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "the file holds little-endian floats");

void vectors_close_block(struct store *s)
{
	sqlite3_blob_close(s->block);
	s->block = NULL;
	s->next_slot = 0;
}

static int dimension(struct store *s, size_t *dim, struct err *err)
{
	struct store_model model;
	if (store_model(s, &model, err) < 0)
		return -1;
	if (model.dim == 0)
		return err_set(err, ERR_STORE, "index '%s' does not say the dimension of its vectors", s->path);
	*dim = model.dim;
	return 0;
}

int64_t store_vector_find(struct store *s, const struct hash *key, struct err *err)
{
	sqlite3_stmt *q = db_prepare(s, "SELECT id FROM vectors WHERE key = ?1", err);
	if (!q)
		return -1;
	db_bind_hash(q, 1, key);
	int rc = db_step(s, q, err);
	if (rc <= 0)
		return rc;
	int64_t id = sqlite3_column_int64(q, 0);
	sqlite3_reset(q);
	return id;
}

/* The number that a statement without parameters gives, or 0. */
static int number(struct store *s, sqlite3_stmt *q, int64_t *value, struct err *err)
{
	*value = 0;
	int rc = q ? db_step(s, q, err) : -1;
	if (rc > 0) {
		*value = sqlite3_column_int64(q, 0);
		sqlite3_reset(q);
	}
	return rc < 0 ? -1 : 0;
}

/* A slot that was given up, or the one behind the last; looked for once in a
 * transaction when none is free. */
static int choose_slot(struct store *s, int64_t *id, bool *was_free, struct err *err)
{
	*id = s->next_slot;
	*was_free = false;
	if (*id > 0)
		return 0;
	if (number(s, db_prepare(s, "SELECT id FROM free_slots LIMIT 1", err), id, err) < 0)
		return -1;
	*was_free = *id > 0;
	if (*was_free)
		return 0;
	if (number(s, db_prepare(s, "SELECT max(id) FROM vectors", err), id, err) < 0)
		return -1;
	++*id;
	return 0;
}

/* Gives the slot to the key. 1, 0: the key has one already, -1. */
static int take_slot(struct store *s, int64_t id, bool was_free, const struct hash *key,
                     struct err *err)
{
	sqlite3_stmt *q = db_prepare(s, "INSERT INTO vectors VALUES(?1, ?2) ON CONFLICT(key) DO NOTHING",
	                             err);
	if (!q)
		return -1;
	sqlite3_bind_int64(q, 1, id);
	db_bind_hash(q, 2, key);
	if (db_step(s, q, err) < 0)
		return -1;
	if (sqlite3_changes(s->db) == 0)
		return 0;
	if (was_free) {
		q = db_prepare(s, "DELETE FROM free_slots WHERE id = ?1", err);
		if (!q)
			return -1;
		sqlite3_bind_int64(q, 1, id);
		if (db_step(s, q, err) < 0)
			return -1;
	}
	return 1;
}

static int open_block(struct store *s, int64_t block, size_t dim, struct err *err)
{
	if (s->block && s->block_id == block)
		return 0;
	vectors_close_block(s);
	sqlite3_stmt *q = db_prepare(s, "INSERT OR IGNORE INTO vector_blocks VALUES(?1, zeroblob(?2))", err);
	if (!q)
		return -1;
	sqlite3_bind_int64(q, 1, block);
	sqlite3_bind_int64(q, 2, (int64_t)(STORE_BLOCK_ROWS * dim * sizeof(float)));
	if (db_step(s, q, err) < 0)
		return -1;
	if (sqlite3_blob_open(s->db, "main", "vector_blocks", "rows", block, 1, &s->block) != SQLITE_OK)
		return db_fail(s, "write", err);
	s->block_id = block;
	return 0;
}

int64_t store_vector_put(struct store *s, const struct hash *key, const float *vector,
                         struct err *err)
{
	size_t dim;
	int64_t id;
	bool was_free;
	if (dimension(s, &dim, err) < 0 || choose_slot(s, &id, &was_free, err) < 0)
		return -1;
	int rc = take_slot(s, id, was_free, key, err);
	if (rc <= 0)
		return rc < 0 ? -1 : store_vector_find(s, key, err);
	if (open_block(s, (id - 1) / STORE_BLOCK_ROWS, dim, err) < 0)
		return -1;
	size_t row = (size_t)((id - 1) % STORE_BLOCK_ROWS), size = dim * sizeof(float);
	if (sqlite3_blob_write(s->block, vector, (int)size, (int)(row * size)) != SQLITE_OK)
		return db_fail(s, "write", err);
	if (s->in_transaction && !was_free)
		s->next_slot = id + 1;
	return id;
}

int store_vector_get(struct store *s, int64_t id, float *vector, struct err *err)
{
	size_t dim;
	if (dimension(s, &dim, err) < 0)
		return -1;
	if (id < 1)
		return 0;
	sqlite3_blob *blob = NULL;
	int rc = sqlite3_blob_open(s->db, "main", "vector_blocks", "rows", (id - 1) / STORE_BLOCK_ROWS, 0,
	                           &blob);
	if (rc == SQLITE_OK) {
		size_t size = dim * sizeof(float);
		rc = sqlite3_blob_read(blob, vector, (int)size,
		                       (int)((size_t)((id - 1) % STORE_BLOCK_ROWS) * size));
	}
	sqlite3_blob_close(blob);
	if (rc == SQLITE_ERROR)
		return 0; /* no such block */
	return rc == SQLITE_OK ? 1 : db_fail(s, "read", err);
}

int store_vector_blocks(struct store *s, store_block_visit *visit, void *ctx, struct err *err)
{
	int64_t last = 0;
	if (db_int(s, "SELECT max(id) FROM vectors", &last, err) < 0)
		return -1;
	size_t dim = 0;
	if (last == 0)
		return 0;
	if (dimension(s, &dim, err) < 0)
		return -1;
	sqlite3_stmt *q = db_prepare(s, "SELECT id, rows FROM vector_blocks ORDER BY id", err);
	if (!q)
		return -1;
	int rc;
	while ((rc = db_step(s, q, err)) > 0) {
		int64_t first = sqlite3_column_int64(q, 0) * STORE_BLOCK_ROWS + 1;
		const void *rows = sqlite3_column_blob(q, 1);
		if (!rows || (size_t)sqlite3_column_bytes(q, 1) != STORE_BLOCK_ROWS * dim * sizeof(float)) {
			sqlite3_reset(q);
			return err_set(err, ERR_STORE,
			               "index '%s' is damaged (a block of vectors has the wrong length); run: "
			               "akin doctor --repair",
			               s->path);
		}
		if (first > last)
			continue;
		int64_t n = last - first + 1;
		int stop = visit(ctx, first, n < STORE_BLOCK_ROWS ? (size_t)n : STORE_BLOCK_ROWS, rows);
		if (stop) {
			sqlite3_reset(q);
			return stop;
		}
	}
	return rc;
}

int store_vectors_prune(struct store *s, uint64_t keep, struct err *err)
{
	static const char unused[] = "SELECT id FROM vectors v WHERE NOT EXISTS"
	                             " (SELECT 1 FROM chunks WHERE vector_id = v.id)";
	struct buf sql = buf_new(1024);
	buf_printf(&sql,
	           "CREATE TEMP TABLE dropped AS %s ORDER BY id DESC LIMIT -1 OFFSET %llu;"
	           "DELETE FROM vectors WHERE id IN (SELECT id FROM dropped);"
	           "INSERT OR IGNORE INTO free_slots SELECT id FROM dropped;"
	           "DROP TABLE dropped",
	           unused, (unsigned long long)keep);
	vectors_close_block(s); /* SQLite drops no table while one is read */
	int rc = db_exec(s, buf_span(&sql).p, err);
	buf_free(&sql);
	return rc;
}
