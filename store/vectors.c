/* Vectors: rows of float16 or float32 [dim] in blobs of STORE_BLOCK_ROWS, little-endian. */
#include <stdlib.h>

#include "base/buf.h"
#include "base/f16.h"
#include "base/mem.h"
#include "store/db.h"

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "the file holds little-endian numbers");

static int read_model(struct store *s, struct store_model *model, struct err *err)
{
	if (store_model(s, model, err) < 0)
		return -1;
	if (model->dim == 0)
		return err_set(err, ERR_STORE, "index '%s' does not say the dimension of its vectors", s->path);
	return 0;
}

static size_t row_bytes(const struct store *s)
{
	return s->model.dim * (s->precision == STORE_F32 ? sizeof(float) : sizeof(uint16_t));
}

static void to_floats(const struct store *s, const void *rows, size_t n, float *out)
{
	if (s->precision == STORE_F32)
		memcpy(out, rows, n * s->model.dim * sizeof *out);
	else
		f32_from_f16(rows, n * s->model.dim, out);
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

int64_t vectors_last(struct store *s, struct err *err)
{
	int64_t last = 0;
	sqlite3_stmt *q = db_prepare(s, "SELECT max(id) FROM vectors", err);
	return number(s, q, &last, err) < 0 ? -1 : last;
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
	*id = vectors_last(s, err) + 1;
	return *id > 0 ? 0 : -1;
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

/* The code is of the vector as it is kept, so that it can be made again. */
static int write_row(struct store *s, int64_t id, const float *vector, struct err *err)
{
	size_t size = row_bytes(s), dim = s->model.dim;
	void *row = mem_alloc(1, size);
	float *kept = mem_floats(dim);
	if (s->precision == STORE_F32)
		memcpy(row, vector, size);
	else
		f16_from_f32(vector, dim, row);
	to_floats(s, row, 1, kept);
	struct blob_part part = { (size_t)((id - 1) % STORE_BLOCK_ROWS) * size, row, size };
	int rc = blob_write(s, BLOB_ROWS, (id - 1) / STORE_BLOCK_ROWS, STORE_BLOCK_ROWS * size, &part, 1, err);
	if (rc == 0)
		rc = codes_put(s, id, kept, err);
	free(kept);
	free(row);
	return rc;
}

int64_t store_vector_put(struct store *s, const struct hash *key, const float *vector,
                         struct err *err)
{
	struct store_model model;
	int64_t id;
	bool was_free;
	if (read_model(s, &model, err) < 0 || choose_slot(s, &id, &was_free, err) < 0)
		return -1;
	int rc = take_slot(s, id, was_free, key, err);
	if (rc <= 0)
		return rc < 0 ? -1 : store_vector_find(s, key, err);
	if (write_row(s, id, vector, err) < 0)
		return -1;
	if (s->in_transaction && !was_free)
		s->next_slot = id + 1;
	return id;
}

/* As they lie in the file. */
static int read_rows(struct store *s, int64_t first_id, size_t n, void *rows, struct err *err)
{
	if (first_id < 1)
		return 0;
	size_t size = row_bytes(s), at = (size_t)((first_id - 1) % STORE_BLOCK_ROWS);
	return blob_read(s, BLOB_ROWS, (first_id - 1) / STORE_BLOCK_ROWS, at * size, rows, n * size, err);
}

int store_vector_rows(struct store *s, int64_t first_id, size_t n, float *rows, struct err *err)
{
	struct store_model model;
	if (read_model(s, &model, err) < 0)
		return -1;
	void *bytes = mem_alloc(n, row_bytes(s));
	int rc = read_rows(s, first_id, n, bytes, err);
	if (rc > 0)
		to_floats(s, bytes, n, rows);
	free(bytes);
	return rc;
}

int store_vector_halves(struct store *s, int64_t first_id, size_t n, uint16_t *rows, struct err *err)
{
	struct store_model model;
	if (read_model(s, &model, err) < 0)
		return -1;
	return read_rows(s, first_id, n, rows, err);
}

int store_vector_get(struct store *s, int64_t id, float *vector, struct err *err)
{
	return store_vector_rows(s, id, 1, vector, err);
}

int store_last_vector(struct store *s, int64_t *id, struct err *err)
{
	*id = vectors_last(s, err);
	return *id < 0 ? -1 : 0;
}

static int visit_blocks(struct store *s, int64_t last, store_block_visit *visit, void *ctx, struct err *err)
{
	struct store_model model;
	if (read_model(s, &model, err) < 0)
		return -1;
	size_t size = STORE_BLOCK_ROWS * row_bytes(s);
	void *rows = mem_alloc(size, 1);
	float *floats = mem_floats(STORE_BLOCK_ROWS * model.dim);
	int rc = 0;
	for (int64_t first = 1; rc == 0 && first <= last; first += STORE_BLOCK_ROWS) {
		size_t n = last - first < STORE_BLOCK_ROWS ? (size_t)(last - first + 1) : STORE_BLOCK_ROWS;
		rc = blob_read(s, BLOB_ROWS, (first - 1) / STORE_BLOCK_ROWS, 0, rows, size, err);
		if (rc > 0) {
			to_floats(s, rows, n, floats);
			rc = visit(ctx, first, n, floats);
		}
	}
	free(rows);
	free(floats);
	return rc;
}

int store_vector_blocks(struct store *s, store_block_visit *visit, void *ctx, struct err *err)
{
	bool own = !s->in_transaction;
	if (own && db_exec(s, "BEGIN", err) < 0)
		return -1;
	s->in_transaction = true;
	int64_t last = vectors_last(s, err);
	int rc = last > 0 ? visit_blocks(s, last, visit, ctx, err) : (int)last;
	if (own)
		store_rollback(s);
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
	blobs_close(s); /* SQLite drops no table while one is read */
	int rc = db_exec(s, buf_span(&sql).p, err);
	buf_free(&sql);
	return rc;
}

static void akin_f16(sqlite3_context *ctx, int n_args, sqlite3_value **args)
{
	(void)n_args;
	size_t n = (size_t)sqlite3_value_bytes(args[0]) / sizeof(float);
	const void *p = sqlite3_value_blob(args[0]);
	float *floats = mem_floats(n); /* a blob's bytes need not be aligned */
	uint16_t *half = mem_alloc(n, sizeof *half);
	if (n)
		memcpy(floats, p, n * sizeof *floats);
	f16_from_f32(floats, n, half);
	sqlite3_result_blob64(ctx, half, n * sizeof *half, free);
	free(floats);
}

int vectors_register(struct store *s, struct err *err)
{
	if (sqlite3_create_function_v2(s->db, "akin_f16", 1, SQLITE_UTF8 | SQLITE_DIRECTONLY, NULL, akin_f16,
	                               NULL, NULL, NULL) != SQLITE_OK)
		return db_fail(s, "open", err);
	return 0;
}
