/* Tables of large blobs, (id, bytes): rows of fixed length that are read and written in
 * place, so that a blob is never written anew. */
#include "store/db.h"

/* db_prepare knows a statement by its literal. */
static const struct {
	const char *name, *insert;
} tables[N_BLOB_TABLES] = {
	[BLOB_ROWS] = { "vector_rows", "INSERT INTO vector_rows VALUES(?1, zeroblob(?2))" },
	[BLOB_CODES] = { "code_blocks", "INSERT INTO code_blocks VALUES(?1, zeroblob(?2))" },
	[BLOB_SLOTS] = { "slot_chunks", "INSERT INTO slot_chunks VALUES(?1, zeroblob(?2))" },
};

static void close_one(struct open_blob *b)
{
	sqlite3_blob_close(b->blob);
	*b = (struct open_blob){ 0 };
}

void blobs_close(struct store *s)
{
	for (size_t i = 0; i < N_BLOB_TABLES; i++)
		close_one(&s->blobs[i]);
}

/* 1: open, 0: there is no such row, -1. */
static int open_at(struct store *s, enum blob_table table, int64_t row, bool writes, struct err *err)
{
	struct open_blob *b = &s->blobs[table];
	int rc;
	if (b->blob && b->row == row && (b->writes || !writes))
		return 1;
	if (b->blob && b->writes == writes) {
		rc = sqlite3_blob_reopen(b->blob, row);
	} else {
		close_one(b);
		rc = sqlite3_blob_open(s->db, "main", tables[table].name, "bytes", row, writes, &b->blob);
	}
	b->row = row;
	b->writes = writes;
	if (rc == SQLITE_OK)
		return 1;
	close_one(b);
	return rc == SQLITE_ERROR ? 0 : db_fail(s, writes ? "write" : "read", err);
}

static int wrong_length(struct store *s, enum blob_table table, int64_t row, struct err *err)
{
	return err_set(err, ERR_STORE, "index '%s' is damaged (block %lld of %s has the wrong length); run: "
	               "akin doctor --repair", s->path, (long long)row, tables[table].name);
}

int blob_read(struct store *s, enum blob_table table, int64_t row, size_t offset, void *to, size_t n,
              struct err *err)
{
	struct open_blob *b = &s->blobs[table];
	int rc = open_at(s, table, row, false, err);
	if (rc > 0 && offset + n > (size_t)sqlite3_blob_bytes(b->blob))
		rc = wrong_length(s, table, row, err);
	if (rc > 0 && sqlite3_blob_read(b->blob, to, (int)n, (int)offset) != SQLITE_OK)
		rc = db_fail(s, "read", err);
	if (!s->in_transaction) /* one that is open keeps a reader's state */
		close_one(b);
	return rc;
}

int blob_length(struct store *s, enum blob_table table, int64_t row, size_t *length, struct err *err)
{
	int rc = open_at(s, table, row, false, err);
	*length = rc > 0 ? (size_t)sqlite3_blob_bytes(s->blobs[table].blob) : 0;
	if (!s->in_transaction)
		close_one(&s->blobs[table]);
	return rc;
}

static int create(struct store *s, enum blob_table table, int64_t row, size_t length, struct err *err)
{
	sqlite3_stmt *q = db_prepare(s, tables[table].insert, err);
	if (!q)
		return -1;
	sqlite3_bind_int64(q, 1, row);
	sqlite3_bind_int64(q, 2, (int64_t)length);
	if (db_step(s, q, err) < 0)
		return -1;
	return open_at(s, table, row, true, err);
}

int blob_write(struct store *s, enum blob_table table, int64_t row, size_t length,
               const struct blob_part *parts, size_t n_parts, struct err *err)
{
	struct open_blob *b = &s->blobs[table];
	int rc = open_at(s, table, row, true, err);
	if (rc == 0)
		rc = create(s, table, row, length, err);
	if (rc > 0 && (size_t)sqlite3_blob_bytes(b->blob) != length)
		rc = wrong_length(s, table, row, err);
	for (size_t i = 0; rc > 0 && i < n_parts; i++)
		if (sqlite3_blob_write(b->blob, parts[i].p, (int)parts[i].len, (int)parts[i].offset) != SQLITE_OK)
			rc = db_fail(s, "write", err);
	if (!s->in_transaction)
		close_one(b);
	return rc > 0 ? 0 : -1;
}
