/* Vectors of questions, so that a repeated search needs no network. A table of a
 * bounded number of rows; the oldest goes first. */
#include <stdio.h>

#include "base/mem.h"
#include "store/db.h"

enum { QUESTIONS_KEPT = 1000 };

int store_query_vector_get(struct store *s, const struct hash *key, size_t dim, float *vector)
{
	/* a file of the first version that nobody has written since has no such table */
	sqlite3_stmt *q = db_prepare(s, "SELECT vector FROM query_vectors WHERE key = ?1", NULL);
	if (!q)
		return 0;
	db_bind_hash(q, 1, key);
	if (db_step(s, q, NULL) <= 0)
		return 0;
	const void *found = sqlite3_column_blob(q, 0);
	bool fits = found && (size_t)sqlite3_column_bytes(q, 0) == dim * sizeof(float);
	if (fits)
		memcpy(vector, found, dim * sizeof(float));
	sqlite3_reset(q);
	return fits;
}

static int put(sqlite3 *db, const struct hash *key, size_t dim, const float *vector)
{
	sqlite3_stmt *q = NULL;
	if (sqlite3_prepare_v2(db, "INSERT OR REPLACE INTO query_vectors(key, vector) VALUES(?1, ?2)", -1,
	                       &q, NULL) != SQLITE_OK)
		return -1;
	db_bind_hash(q, 1, key);
	sqlite3_bind_blob64(q, 2, vector, dim * sizeof(float), SQLITE_STATIC);
	int rc = sqlite3_step(q);
	sqlite3_finalize(q);
	if (rc != SQLITE_DONE)
		return -1;
	char forget[160];
	snprintf(forget, sizeof forget, "DELETE FROM query_vectors WHERE id <="
	         " (SELECT max(id) FROM query_vectors) - %d", (int)QUESTIONS_KEPT);
	return sqlite3_exec(db, forget, NULL, NULL, NULL) == SQLITE_OK ? 0 : -1;
}

void store_query_vector_put(struct store *s, const struct hash *key, size_t dim, const float *vector)
{
	sqlite3 *db = NULL;
	/* a connection of its own that waits for nobody: SQLite's own lock is held for
	 * the one row, and whoever writes the index waits for that */
	if (sqlite3_open_v2(s->path, &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL) == SQLITE_OK) {
		sqlite3_busy_timeout(db, 0);
		sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
		sqlite3_exec(db, "PRAGMA trusted_schema=OFF; PRAGMA synchronous=OFF;"
		                 "PRAGMA wal_autocheckpoint=0", NULL, NULL, NULL);
		sqlite3_db_config(db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
		if (sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL) == SQLITE_OK)
			sqlite3_exec(db, put(db, key, dim, vector) == 0 ? "COMMIT" : "ROLLBACK", NULL, NULL, NULL);
	}
	sqlite3_close(db);
}
