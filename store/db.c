#include "store/db.h"

#include <stdlib.h>

#include "base/mem.h"

int db_fail(struct store *s, const char *doing, struct err *err)
{
	const char *why = sqlite3_errmsg(s->db);
	switch (sqlite3_errcode(s->db)) {
	case SQLITE_NOTADB:
		return err_set(err, ERR_STORE, "'%s' is not an akin index (it is no SQLite file)", s->path);
	case SQLITE_CORRUPT:
		return err_set(err, ERR_STORE,
		               "index '%s' is damaged (%s); try: akin doctor --repair, or remove it and "
		               "index again",
		               s->path, why);
	case SQLITE_FULL:
		return err_set(err, ERR_STORE,
		               "no room on the disk for index '%s'; what was committed is kept: free some "
		               "space and run again",
		               s->path);
	case SQLITE_READONLY:
	case SQLITE_PERM:
		return err_set(err, ERR_STORE, "index '%s' is not writable (%s)", s->path, why);
	case SQLITE_CANTOPEN:
		return err_set(err, ERR_STORE, "cannot open index '%s' (%s)", s->path, why);
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return err_set(err, ERR_BUSY, "index '%s' is in use by another program (%s)", s->path, why);
	default:
		return err_set(err, ERR_STORE, "cannot %s index '%s' (%s)", doing, s->path, why);
	}
}

sqlite3_stmt *db_prepare(struct store *s, const char *sql, struct err *err)
{
	for (size_t i = 0; i < s->n_statements; i++) {
		if (s->statements[i].sql != sql)
			continue;
		sqlite3_reset(s->statements[i].stmt);
		sqlite3_clear_bindings(s->statements[i].stmt);
		return s->statements[i].stmt;
	}
	if (s->n_statements == sizeof s->statements / sizeof *s->statements) {
		err_set(err, ERR_STORE, "too many kinds of statements on one index");
		return NULL;
	}
	sqlite3_stmt *stmt = NULL;
	if (sqlite3_prepare_v3(s->db, sql, -1, SQLITE_PREPARE_PERSISTENT, &stmt, NULL) != SQLITE_OK) {
		db_fail(s, "read", err);
		return NULL;
	}
	s->statements[s->n_statements++] = (struct statement){ sql, stmt };
	return stmt;
}

int db_step(struct store *s, sqlite3_stmt *stmt, struct err *err)
{
	int rc = sqlite3_step(stmt);
	if (rc == SQLITE_ROW)
		return 1;
	if (rc == SQLITE_DONE) {
		sqlite3_reset(stmt);
		return 0;
	}
	db_fail(s, sqlite3_stmt_readonly(stmt) ? "read" : "write", err);
	sqlite3_reset(stmt);
	return -1;
}

int db_exec(struct store *s, const char *sql, struct err *err)
{
	if (sqlite3_exec(s->db, sql, NULL, NULL, NULL) != SQLITE_OK)
		return db_fail(s, "change", err);
	return 0;
}

int db_int(struct store *s, const char *sql, int64_t *value, struct err *err)
{
	sqlite3_stmt *stmt = NULL;
	if (sqlite3_prepare_v2(s->db, sql, -1, &stmt, NULL) != SQLITE_OK)
		return db_fail(s, "read", err);
	int rc = sqlite3_step(stmt);
	if (rc == SQLITE_ROW)
		*value = sqlite3_column_int64(stmt, 0);
	else if (rc != SQLITE_DONE)
		db_fail(s, "read", err);
	sqlite3_finalize(stmt);
	return rc == SQLITE_ROW || rc == SQLITE_DONE ? 0 : -1;
}

void db_bind_hash(sqlite3_stmt *stmt, int at, const struct hash *hash)
{
	sqlite3_bind_blob(stmt, at, hash->b, sizeof hash->b, SQLITE_TRANSIENT);
}

void db_bind_path(sqlite3_stmt *stmt, int at, const char *path)
{
	sqlite3_bind_blob(stmt, at, path, (int)strlen(path), SQLITE_TRANSIENT);
}

void db_bind_text(sqlite3_stmt *stmt, int at, const char *text)
{
	sqlite3_bind_text(stmt, at, text, -1, SQLITE_STATIC);
}

void db_bind_below(sqlite3_stmt *stmt, int at, const char *path)
{
	size_t len = strlen(path);
	char *bound = mem_alloc(len + 2, 1);
	memcpy(bound, path, len);
	if (len == 0 || bound[len - 1] != '/')
		bound[len++] = '/';
	sqlite3_bind_blob(stmt, at, bound, (int)len, SQLITE_TRANSIENT);
	bound[len - 1] = '/' + 1;
	sqlite3_bind_blob(stmt, at + 1, bound, (int)len, SQLITE_TRANSIENT);
	free(bound);
}

char *db_column_string(sqlite3_stmt *stmt, int column)
{
	if (sqlite3_column_type(stmt, column) == SQLITE_NULL)
		return NULL;
	const void *p = sqlite3_column_blob(stmt, column);
	return mem_strndup(p ? p : "", (size_t)sqlite3_column_bytes(stmt, column));
}

struct hash db_column_hash(sqlite3_stmt *stmt, int column)
{
	struct hash hash = { { 0 } };
	const void *p = sqlite3_column_blob(stmt, column);
	if (p && sqlite3_column_bytes(stmt, column) == (int)sizeof hash.b)
		memcpy(hash.b, p, sizeof hash.b);
	return hash;
}
