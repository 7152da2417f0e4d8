/* Looking for damage, and mending what can be derived from the rest. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "store/db.h"

struct check {
	struct store *s;
	bool repair;
	store_fault *fault;
	void *ctx;
	int n_faults;
	struct err *err;
};

static void report(struct check *c, const char *fmt, long long n, const char *mended)
{
	char line[512];
	int len = snprintf(line, sizeof line, fmt, n);
	if (len > 0 && (size_t)len < sizeof line && mended)
		snprintf(line + len, sizeof line - (size_t)len, "%s%s", c->repair ? "; mended: " : "; --repair: ",
		         mended);
	c->fault(c->ctx, line);
	c->n_faults++;
}

static int check_sqlite(struct check *c)
{
	sqlite3_stmt *q = db_prepare(c->s, "PRAGMA integrity_check(20)", c->err);
	if (!q)
		return -1;
	int rc;
	while ((rc = db_step(c->s, q, c->err)) > 0) {
		const char *line = (const char *)sqlite3_column_text(q, 0);
		if (line && strcmp(line, "ok") != 0) {
			c->fault(c->ctx, line);
			c->n_faults++;
		}
	}
	return rc;
}

/* A count that must be zero, and what to do when it is not. */
struct rule {
	const char *count, *sentence, *repair, *mended;
};
static const struct rule rules[] = {
	{ "SELECT count(*) FROM chunks WHERE document_id NOT IN (SELECT id FROM documents)",
	  "%lld chunks belong to no document",
	  "DELETE FROM chunks WHERE document_id NOT IN (SELECT id FROM documents)", "removed" },
	{ "SELECT count(*) FROM vectors v WHERE NOT EXISTS"
	  " (SELECT 1 FROM vector_rows WHERE id = (v.id - 1) / 64)",
	  "%lld vectors have no block",
	  "UPDATE chunks SET vector_id = NULL, failure = 'its vector was lost' WHERE vector_id IN"
	  " (SELECT id FROM vectors v WHERE NOT EXISTS"
	  " (SELECT 1 FROM vector_rows WHERE id = (v.id - 1) / 64));"
	  "DELETE FROM vectors WHERE NOT EXISTS"
	  " (SELECT 1 FROM vector_rows WHERE id = (vectors.id - 1) / 64)",
	  "forgotten; the next index run embeds their texts again" },
	{ "SELECT count(*) FROM chunks WHERE vector_id IS NOT NULL AND vector_id NOT IN (SELECT id FROM vectors)",
	  "%lld chunks name a vector that is not there",
	  "UPDATE chunks SET vector_id = NULL, failure = 'its vector was lost'"
	  " WHERE vector_id IS NOT NULL AND vector_id NOT IN (SELECT id FROM vectors)",
	  "the next index run embeds them again" },
	{ "SELECT count(*) FROM chunks WHERE vector_id IS NULL AND failure IS NULL",
	  "%lld chunks have neither a vector nor a reason",
	  "UPDATE chunks SET failure = 'not embedded' WHERE vector_id IS NULL AND failure IS NULL",
	  "the next index run embeds them" },
	{ "SELECT count(*) FROM vectors WHERE id IN (SELECT id FROM free_slots)",
	  "%lld slots are free and used at once",
	  "DELETE FROM free_slots WHERE id IN (SELECT id FROM vectors)", "no longer free" },
	{ "SELECT count(*) FROM documents d WHERE"
	  " n_chunks <> (SELECT count(*) FROM chunks WHERE document_id = d.id) OR"
	  " n_failed <> (SELECT count(*) FROM chunks WHERE document_id = d.id AND vector_id IS NULL)",
	  "%lld documents miscount their chunks",
	  "UPDATE documents SET n_chunks = (SELECT count(*) FROM chunks WHERE document_id = documents.id),"
	  " n_failed = (SELECT count(*) FROM chunks WHERE document_id = documents.id AND vector_id IS NULL)",
	  "counted anew" },
	{ "SELECT count(*) FROM chunks WHERE n_words <> akin_words(text)", "%lld chunks miscount their words",
	  "UPDATE chunks SET n_words = akin_words(text) WHERE n_words <> akin_words(text)", "counted anew" },
};

static int check_rules(struct check *c)
{
	for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) {
		int64_t n = 0;
		if (db_int(c->s, rules[i].count, &n, c->err) < 0)
			return -1;
		if (n == 0)
			continue;
		if (c->repair && db_exec(c->s, rules[i].repair, c->err) < 0)
			return -1;
		report(c, rules[i].sentence, (long long)n, rules[i].mended);
	}
	return 0;
}

static int check_text(struct check *c)
{
	/* rank 1 compares with the content, not only the structure */
	const char *sql = "INSERT INTO chunk_words(chunk_words, rank) VALUES('integrity-check', 1)";
	if (c->s->lock_fd < 0 || sqlite3_exec(c->s->db, sql, NULL, NULL, NULL) == SQLITE_OK)
		return 0; /* FTS5's check is a write statement: only doctor with --repair, or a writer, makes it */
	if (c->repair &&
	    db_exec(c->s, "INSERT INTO chunk_words(chunk_words) VALUES('rebuild')", c->err) < 0)
		return -1;
	report(c, "the full text does not agree with the chunks", 0, "built anew");
	return 0;
}

struct bad_rows {
	size_t dim, n, cap;
	int64_t *ids;
};

static int find_bad_rows(void *ctx, int64_t first_id, size_t n, const float *rows)
{
	struct bad_rows *bad = ctx;
	for (size_t i = 0; i < n; i++) {
		double norm = 0;
		for (size_t d = 0; d < bad->dim; d++)
			norm += (double)rows[i * bad->dim + d] * (double)rows[i * bad->dim + d];
		if (isfinite(norm) && fabs(norm - 1) < 1e-3)
			continue;
		bad->ids = mem_grow(bad->ids, &bad->cap, bad->n + 1, sizeof *bad->ids);
		bad->ids[bad->n++] = first_id + (int64_t)i;
	}
	return 0;
}

static int check_slots(struct check *c)
{
	size_t n;
	if (slots_check(c->s, c->repair, &n, c->err) < 0)
		return -1;
	if (n)
		report(c, "%lld slots name other passages than use them", (long long)n, "named anew");
	return 0;
}

static int check_codes(struct check *c)
{
	size_t n;
	if (codes_check(c->s, c->repair, &n, c->err) < 0)
		return -1;
	if (n)
		report(c, "%lld codes are not those of their vectors", (long long)n, "made anew");
	return 0;
}

static int is_used(struct check *c, int64_t id)
{
	sqlite3_stmt *q = db_prepare(c->s, "SELECT 1 FROM vectors WHERE id = ?1", c->err);
	if (!q)
		return -1;
	sqlite3_bind_int64(q, 1, id);
	int rc = db_step(c->s, q, c->err);
	sqlite3_reset(q);
	return rc;
}

static int forget_vector(struct check *c, int64_t id)
{
	static const char *const steps[] = {
		("UPDATE documents SET n_failed = n_failed + 1 WHERE id IN"
		 " (SELECT document_id FROM chunks WHERE vector_id = ?1)"),
		"UPDATE chunks SET vector_id = NULL, failure = 'its vector was damaged' WHERE vector_id = ?1",
		"DELETE FROM vectors WHERE id = ?1",
	};
	for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
		sqlite3_stmt *q = db_prepare(c->s, steps[i], c->err);
		if (!q)
			return -1;
		sqlite3_bind_int64(q, 1, id);
		if (db_step(c->s, q, c->err) < 0)
			return -1;
	}
	return 0;
}

/* Rows cannot be read from a block that has not its length: it counts as lost. 1: there are some
 * still. */
static int check_lengths(struct check *c)
{
	char sql[160];
	int64_t n = 0;
	struct store_model model;
	if (store_model(c->s, &model, c->err) < 0)
		return -1;
	size_t size = STORE_BLOCK_ROWS * model.dim * (c->s->precision == STORE_F32 ? 4 : 2);
	snprintf(sql, sizeof sql, "SELECT count(*) FROM vector_rows WHERE length(bytes) <> %zu", size);
	if (db_int(c->s, sql, &n, c->err) < 0)
		return -1;
	if (n == 0)
		return 0;
	snprintf(sql, sizeof sql, "DELETE FROM vector_rows WHERE length(bytes) <> %zu", size);
	if (c->repair && db_exec(c->s, sql, c->err) < 0)
		return -1;
	report(c, "%lld blocks of vectors have the wrong length", (long long)n, "removed");
	return !c->repair;
}

static int check_vectors(struct check *c)
{
	struct store_model model;
	if (store_model(c->s, &model, c->err) < 0)
		return -1;
	struct bad_rows bad = { .dim = model.dim };
	int rc = store_vector_blocks(c->s, find_bad_rows, &bad, c->err);
	long long n = 0;
	for (size_t i = 0; i < bad.n && rc == 0; i++) {
		int used = is_used(c, bad.ids[i]);
		rc = used < 0 ? -1 : 0;
		n += used > 0;
		if (used > 0 && c->repair)
			rc = forget_vector(c, bad.ids[i]);
	}
	free(bad.ids);
	if (rc == 0 && n > 0)
		report(c, "%lld vectors are not of unit length", n,
		       "forgotten; the next index run embeds their texts again");
	return rc;
}

int store_check(struct store *s, bool repair, store_fault *fault, void *ctx, struct err *err)
{
	struct check c = { .s = s, .repair = repair, .fault = fault, .ctx = ctx, .err = err };
	if (check_sqlite(&c) < 0 || store_begin(s, err) < 0)
		return -1;
	int cut = check_lengths(&c);
	if (cut < 0 || (!cut && check_vectors(&c) < 0) || check_rules(&c) < 0 || check_slots(&c) < 0 ||
	    (!cut && check_codes(&c) < 0) || check_text(&c) < 0) {
		store_rollback(s);
		return -1;
	}
	if (!repair)
		store_rollback(s);
	else if (store_sample_refresh(s, true, err) < 0 || store_commit(s, err) < 0) {
		store_rollback(s);
		return -1;
	}
	return c.n_faults;
}
