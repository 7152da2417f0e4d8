/* What an index knows of itself: its model, its ranking, its roots. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "store/db.h"

enum { MAX_WEIGHT = 1000 };

int store_model(struct store *s, struct store_model *model, struct err *err)
{
	if (!s->model.name[0]) {
		sqlite3_stmt *q = db_prepare(s, "SELECT (SELECT value FROM facts WHERE name='model'),"
		                                "(SELECT value FROM facts WHERE name='dim'),"
		                                "(SELECT value FROM facts WHERE name='precision')", err);
		if (!q || db_step(s, q, err) < 0)
			return -1;
		const char *name = (const char *)sqlite3_column_text(q, 0);
		int64_t dim = sqlite3_column_int64(q, 1);
		snprintf(s->model.name, sizeof s->model.name, "%s", name ? name : "");
		s->model.dim = dim > 0 && dim <= 65536 ? (size_t)dim : 0;
		const char *precision = (const char *)sqlite3_column_text(q, 2);
		s->precision = precision && strcmp(precision, "f32") == 0 ? STORE_F32 : STORE_F16;
		sqlite3_reset(q);
	}
	*model = s->model;
	return 0;
}

int store_set_model(struct store *s, const struct store_model *model, struct err *err)
{
	sqlite3_stmt *q = db_prepare(s, "INSERT OR REPLACE INTO facts VALUES('model', ?1), ('dim', ?2)", err);
	if (!q)
		return -1;
	db_bind_text(q, 1, model->name);
	sqlite3_bind_int64(q, 2, (int64_t)model->dim);
	if (db_step(s, q, err) < 0)
		return -1;
	s->model = *model;
	return 0;
}

int store_precision(struct store *s, enum store_precision *precision, struct err *err)
{
	struct store_model model;
	if (store_model(s, &model, err) < 0)
		return -1;
	*precision = s->precision;
	return 0;
}

int store_set_precision(struct store *s, enum store_precision precision, struct err *err)
{
	enum store_precision old;
	if (store_precision(s, &old, err) < 0)
		return -1;
	if (old == precision)
		return 0;
	int64_t last = vectors_last(s, err);
	if (last != 0)
		return last < 0 ? -1
		                : err_set(err, ERR_USAGE, "the vectors of index '%s' are %s; for others make "
		                          "another index with --db", s->path, old == STORE_F32 ? "f32" : "f16");
	sqlite3_stmt *q = db_prepare(s, "INSERT OR REPLACE INTO facts VALUES('precision', ?1)", err);
	if (!q)
		return -1;
	db_bind_text(q, 1, precision == STORE_F32 ? "f32" : "f16");
	if (db_step(s, q, err) < 0)
		return -1;
	s->precision = precision;
	return 0;
}

int store_ranking(struct store *s, struct store_ranking *ranking, struct err *err)
{
	*ranking = (struct store_ranking){ 0 };
	sqlite3_stmt *q = db_prepare(s, "SELECT (SELECT value FROM facts WHERE name='lexical_weight'),"
	                                "(SELECT value FROM facts WHERE name='tuned_questions')", err);
	if (!q || db_step(s, q, err) < 0)
		return -1;
	double weight = sqlite3_column_double(q, 0);
	int64_t n = sqlite3_column_int64(q, 1);
	bool is_number = sqlite3_column_type(q, 0) == SQLITE_FLOAT;
	sqlite3_reset(q);
	if (!n)
		return 0;
	if (!is_number || !(weight >= 0 && weight <= MAX_WEIGHT) || n < 0 || n > UINT32_MAX)
		return err_set(err, ERR_STORE, "the tuned weight in '%s' is damaged; run: akin eval --untune",
		               s->path);
	*ranking = (struct store_ranking){ weight, (uint32_t)n };
	return 0;
}

int store_set_ranking(struct store *s, const struct store_ranking *ranking, struct err *err)
{
	if (ranking->n_questions == 0)
		return db_exec(s, "DELETE FROM facts WHERE name IN ('lexical_weight', 'tuned_questions')", err);
	if (!(ranking->lexical_weight >= 0 && ranking->lexical_weight <= MAX_WEIGHT))
		return err_set(err, ERR_LIMIT, "a weight of %g is not within 0 and %d", ranking->lexical_weight,
		               (int)MAX_WEIGHT);
	sqlite3_stmt *q = db_prepare(s, "INSERT OR REPLACE INTO facts"
	                                " VALUES('lexical_weight', ?1), ('tuned_questions', ?2)", err);
	if (!q)
		return -1;
	sqlite3_bind_double(q, 1, ranking->lexical_weight);
	sqlite3_bind_int64(q, 2, ranking->n_questions);
	return db_step(s, q, err);
}

int store_roots(struct store *s, struct store_roots *roots, struct err *err)
{
	*roots = (struct store_roots){ 0 };
	sqlite3_stmt *q = db_prepare(s, "SELECT path, flags, max_file_bytes FROM roots ORDER BY path", err);
	if (!q)
		return -1;
	size_t cap = 0;
	int rc;
	while ((rc = db_step(s, q, err)) > 0) {
		roots->items = mem_grow(roots->items, &cap, roots->n + 1, sizeof *roots->items);
		roots->items[roots->n++] = (struct store_root){
			.path = db_column_string(q, 0),
			.flags = (uint32_t)sqlite3_column_int64(q, 1),
			.max_file_bytes = (uint64_t)sqlite3_column_int64(q, 2),
		};
	}
	if (rc < 0)
		store_roots_free(roots);
	return rc;
}

void store_roots_free(struct store_roots *roots)
{
	for (size_t i = 0; i < roots->n; i++)
		free(roots->items[i].path);
	free(roots->items);
	*roots = (struct store_roots){ 0 };
}

int store_root_put(struct store *s, const struct store_root *root, struct err *err)
{
	sqlite3_stmt *q = db_prepare(s, "INSERT OR REPLACE INTO roots VALUES(?1, ?2, ?3)", err);
	if (!q)
		return -1;
	db_bind_path(q, 1, root->path);
	sqlite3_bind_int64(q, 2, root->flags);
	sqlite3_bind_int64(q, 3, (int64_t)root->max_file_bytes);
	return db_step(s, q, err);
}

int store_root_delete(struct store *s, const char *path, struct err *err)
{
	sqlite3_stmt *q = db_prepare(s, "DELETE FROM roots WHERE path = ?1", err);
	if (!q)
		return -1;
	db_bind_path(q, 1, path);
	return db_step(s, q, err);
}

enum { MAX_DERIVED_BYTES = 16 << 20 };

int store_derived_get(struct store *s, const char *name, char **bytes, size_t *len, struct err *err)
{
	*bytes = NULL;
	*len = 0;
	sqlite3_stmt *q = db_prepare(s, "SELECT value FROM facts WHERE name = 'derived:' || ?1"
	                                " AND typeof(value) = 'blob'", err);
	if (!q)
		return -1;
	db_bind_text(q, 1, name);
	int rc = db_step(s, q, err);
	if (rc <= 0)
		return rc;
	size_t size = (size_t)sqlite3_column_bytes(q, 0);
	if (size <= MAX_DERIVED_BYTES) {
		*bytes = mem_alloc(size + 1, 1);
		if (size) /* SQLite gives NULL for an empty blob */
			memcpy(*bytes, sqlite3_column_blob(q, 0), size);
		*len = size;
	}
	sqlite3_reset(q);
	return *bytes != NULL;
}

int store_derived_put(struct store *s, const char *name, struct span bytes, struct err *err)
{
	sqlite3_stmt *q = db_prepare(s, "INSERT OR REPLACE INTO facts VALUES('derived:' || ?1, ?2)", err);
	if (!q)
		return -1;
	db_bind_text(q, 1, name);
	sqlite3_bind_blob64(q, 2, bytes.p, bytes.len, SQLITE_TRANSIENT);
	return db_step(s, q, err);
}
