/* Codes of the vectors, kept in step with them: blocks of STORE_CODE_ROWS rows in groups
 * (store/quantise.h). A block's id has the generation of its centre in its upper half, so
 * that all can be made anew around another centre beside the old. */
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "store/db.h"

enum { GENERATION_SHIFT = 32, BLOCKS_PER_COMMIT = 64, MAX_GENERATION = 1 << 30 };
/* Of the rotation's signs: any number will do, always the same. */
#define SIGNS_SEED 0x616b696eu
static const char centre_name[] = "centre";

/* --- where ----------------------------------------------------------------------------- */

void codes_forget(struct store *s)
{
	free(s->centre);
	free(s->group);
	quantiser_free(s->quantiser);
	s->quantiser = NULL;
	s->centre = NULL;
	s->group = NULL;
}

static int generation(struct store *s, int64_t *value, struct err *err)
{
	*value = 0;
	if (db_int(s, "SELECT value FROM facts WHERE name = 'codes_generation'", value, err) < 0)
		return -1;
	if (*value < 0 || *value > MAX_GENERATION)
		*value = 0;
	return 0;
}

/* A centre that is damaged counts as none: then codes are others than they should be, which
 * akin doctor finds. */
static int load_quantiser(struct store *s, struct err *err)
{
	struct store_model model;
	char *bytes;
	size_t len;
	if (s->quantiser)
		return 0;
	if (store_model(s, &model, err) < 0 || generation(s, &s->generation, err) < 0 ||
	    store_derived_get(s, centre_name, &bytes, &len, err) < 0)
		return -1;
	if (bytes && model.dim && len == model.dim * sizeof(float))
		s->centre = (float *)(void *)bytes;
	else
		free(bytes);
	s->quantiser = quantiser_new(model.dim, SIGNS_SEED, s->centre);
	return 0;
}

int store_code_maker(struct store *s, const struct quantiser **quantiser, const float **centre,
                     struct err *err)
{
	if (load_quantiser(s, err) < 0)
		return -1;
	*quantiser = s->quantiser;
	*centre = s->centre;
	return 0;
}

size_t store_code_block_bytes(size_t dim)
{
	return STORE_CODE_ROWS / QUANTISE_GROUP_ROWS * quantise_group_bytes(dim);
}

static int64_t block_id(int64_t of_generation, int64_t block)
{
	return of_generation * ((int64_t)1 << GENERATION_SHIFT) + block;
}

int store_code_block(struct store *s, size_t block, void *groups, struct err *err)
{
	if (load_quantiser(s, err) < 0)
		return -1;
	int rc = blob_read(s, BLOB_CODES, block_id(s->generation, (int64_t)block), 0, groups,
	                   store_code_block_bytes(s->model.dim), err);
	if (rc == 0)
		return err_set(err, ERR_STORE, "index '%s' is damaged (a block of codes is missing); run: akin "
		               "doctor --repair", s->path);
	return rc < 0 ? -1 : 0;
}

/* --- one vector ------------------------------------------------------------------------- */

/* The group that was written last is kept, since rows mostly come in their order. */
static int load_group(struct store *s, int64_t group, int64_t block, size_t offset, size_t size,
                      struct err *err)
{
	if (s->group && s->group_at == group)
		return 0;
	if (!s->group)
		s->group = mem_alloc(1, size);
	s->group_at = group;
	int rc = blob_read(s, BLOB_CODES, block, offset, s->group, size, err);
	if (rc == 0)
		memset(s->group, 0, size);
	return rc < 0 ? -1 : 0;
}

int codes_put(struct store *s, int64_t id, const float *vector, struct err *err)
{
	if (load_quantiser(s, err) < 0)
		return -1;
	size_t dim = s->model.dim, size = quantise_group_bytes(dim);
	size_t row = (size_t)((id - 1) % STORE_CODE_ROWS);
	size_t offset = row / QUANTISE_GROUP_ROWS * size;
	int64_t block = block_id(s->generation, (id - 1) / STORE_CODE_ROWS);
	if (load_group(s, (id - 1) / QUANTISE_GROUP_ROWS, block, offset, size, err) < 0)
		return -1;
	quantise_put(s->quantiser, vector, row % QUANTISE_GROUP_ROWS, s->group);
	const struct blob_part part = { offset, s->group, size };
	return blob_write(s, BLOB_CODES, block, store_code_block_bytes(dim), &part, 1, err);
}

/* --- all of them ------------------------------------------------------------------------- */

/* What a block of n rows should be. */
static int encode_block(struct store *s, const struct quantiser *q, int64_t block, size_t n, float *rows,
                        char *out, struct err *err)
{
	size_t dim = s->model.dim;
	memset(out, 0, store_code_block_bytes(dim));
	for (size_t row = 0; row < n; row++) {
		size_t at = row % STORE_BLOCK_ROWS, left = n - row;
		if (at == 0) {
			size_t some = left < STORE_BLOCK_ROWS ? left : STORE_BLOCK_ROWS;
			memset(rows, 0, some * dim * sizeof *rows); /* where the block is missing */
			if (store_vector_rows(s, block * STORE_CODE_ROWS + (int64_t)row + 1, some, rows, err) < 0)
				return -1;
		}
		quantise_put(q, rows + at * dim, row % QUANTISE_GROUP_ROWS,
		             out + row / QUANTISE_GROUP_ROWS * quantise_group_bytes(dim));
	}
	return 0;
}

static int put_block(struct store *s, int64_t id, const char *groups, struct err *err)
{
	blobs_close(s);
	s->group_at = -1;
	sqlite3_stmt *q = db_prepare(s, "INSERT OR REPLACE INTO code_blocks VALUES(?1, ?2)", err);
	if (!q)
		return -1;
	sqlite3_bind_int64(q, 1, id);
	sqlite3_bind_blob64(q, 2, groups, store_code_block_bytes(s->model.dim), SQLITE_STATIC);
	return db_step(s, q, err);
}

/* Of n rows; behind them lies what was given up. */
static size_t n_different(size_t dim, const char *a, const char *b, size_t n)
{
	size_t n_bytes = quantise_group_bytes(dim) / QUANTISE_GROUP_ROWS - sizeof(float), wrong = 0;
	for (size_t row = 0; row < n; row++) {
		size_t at = row % QUANTISE_GROUP_ROWS;
		size_t group = row / QUANTISE_GROUP_ROWS * quantise_group_bytes(dim);
		float x = quantise_factor(a + group, dim, at), y = quantise_factor(b + group, dim, at);
		bool differs = memcmp(&x, &y, sizeof x) != 0;
		for (size_t i = 0; i < n_bytes && !differs; i++)
			differs = a[group + i * QUANTISE_GROUP_ROWS + at] != b[group + i * QUANTISE_GROUP_ROWS + at];
		wrong += differs;
	}
	return wrong;
}

/* 1: some rows differ; all of them where the block has not its length. */
static int compare_block(struct store *s, int64_t id, const char *wanted, size_t n, char *found,
                         size_t *n_wrong, struct err *err)
{
	size_t length = 0, size = store_code_block_bytes(s->model.dim), wrong = n;
	if (blob_length(s, BLOB_CODES, id, &length, err) < 0)
		return -1;
	if (length == size) {
		if (blob_read(s, BLOB_CODES, id, 0, found, size, err) < 0)
			return -1;
		wrong = n_different(s->model.dim, found, wanted, n);
	}
	*n_wrong += wrong;
	return wrong > 0;
}

struct walk {
	const struct quantiser *quantiser;
	int64_t generation;
	bool compares, writes, commits; /* commits: every BLOCKS_PER_COMMIT */
	size_t n_wrong;
};

static int visit_block(struct store *s, struct walk *w, int64_t block, size_t n, float *rows,
                       char *wanted, char *found, struct err *err)
{
	int64_t id = block_id(w->generation, block);
	if (encode_block(s, w->quantiser, block, n, rows, wanted, err) < 0)
		return -1;
	int rc = w->compares ? compare_block(s, id, wanted, n, found, &w->n_wrong, err) : 1;
	if (rc <= 0 || !w->writes)
		return rc < 0 ? -1 : 0;
	if (put_block(s, id, wanted, err) < 0)
		return -1;
	bool due = w->commits && block % BLOCKS_PER_COMMIT == BLOCKS_PER_COMMIT - 1;
	return due && (store_commit(s, err) < 0 || store_begin(s, err) < 0) ? -1 : 0;
}

static int walk_blocks(struct store *s, struct walk *w, struct err *err)
{
	int64_t last = vectors_last(s, err);
	size_t dim = s->model.dim;
	if (last <= 0 || dim == 0)
		return (int)last;
	float *rows = mem_floats(STORE_BLOCK_ROWS * dim);
	char *wanted = mem_alloc(1, store_code_block_bytes(dim));
	char *found = mem_alloc(1, store_code_block_bytes(dim));
	int rc = 0;
	for (int64_t block = 0; rc == 0 && block * STORE_CODE_ROWS < last; block++) {
		int64_t left = last - block * STORE_CODE_ROWS;
		rc = visit_block(s, w, block, left < STORE_CODE_ROWS ? (size_t)left : STORE_CODE_ROWS, rows,
		                 wanted, found, err);
	}
	free(wanted);
	free(found);
	free(rows);
	return rc;
}

int codes_check(struct store *s, bool repair, size_t *n_wrong, struct err *err)
{
	*n_wrong = 0;
	if (load_quantiser(s, err) < 0)
		return -1;
	struct walk w = { .quantiser = s->quantiser, .generation = s->generation, .compares = true,
		          .writes = repair };
	int rc = walk_blocks(s, &w, err);
	*n_wrong = w.n_wrong;
	return rc;
}

/* --- another centre ------------------------------------------------------------------------ */

static bool same_centre(const struct store *s, const float *centre)
{
	return s->centre && memcmp(s->centre, centre, s->model.dim * sizeof *centre) == 0;
}

/* Blocks that are of no use: what a run that was killed has left, or the old ones. */
static int drop_others(struct store *s, struct err *err)
{
	char sql[160];
	int64_t secure = 0;
	if (load_quantiser(s, err) < 0)
		return -1;
	snprintf(sql, sizeof sql, "DELETE FROM code_blocks WHERE id < %lld OR id >= %lld",
	         (long long)block_id(s->generation, 0), (long long)block_id(s->generation + 1, 0));
	blobs_close(s);
	/* codes tell nothing that the vectors do not: no zeros need to be written over them */
	if (db_int(s, "PRAGMA secure_delete", &secure, err) < 0 ||
	    db_exec(s, "PRAGMA secure_delete=OFF", err) < 0)
		return -1;
	int rc = db_exec(s, sql, err);
	if (secure)
		db_exec(s, secure == 1 ? "PRAGMA secure_delete=ON" : "PRAGMA secure_delete=FAST", err);
	return rc;
}

int store_codes_prepare(struct store *s, const float *centre, struct err *err)
{
	if (load_quantiser(s, err) < 0)
		return -1;
	if (same_centre(s, centre))
		return 0;
	int rc = drop_others(s, err);
	if (rc < 0 || store_begin(s, err) < 0)
		return -1;
	struct quantiser *q = quantiser_new(s->model.dim, SIGNS_SEED, centre);
	struct walk w = { .quantiser = q, .generation = s->generation + 1, .writes = true, .commits = true };
	rc = walk_blocks(s, &w, err);
	quantiser_free(q);
	if (rc == 0)
		return store_commit(s, err) < 0 ? -1 : 1;
	store_rollback(s);
	return -1;
}

int store_codes_switch(struct store *s, const float *centre, struct err *err)
{
	if (load_quantiser(s, err) < 0)
		return -1;
	struct span bytes = { (const char *)centre, s->model.dim * sizeof *centre };
	sqlite3_stmt *q = db_prepare(s, "INSERT OR REPLACE INTO facts VALUES('codes_generation', ?1)", err);
	if (!q)
		return -1;
	sqlite3_bind_int64(q, 1, s->generation + 1);
	if (db_step(s, q, err) < 0)
		return -1;
	codes_forget(s);
	return store_derived_put(s, centre_name, bytes, err);
}

int store_codes_clean(struct store *s, struct err *err)
{
	return drop_others(s, err);
}
