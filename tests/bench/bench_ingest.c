/* bench_ingest: how fast the store takes $AKIN_BENCH_VECTORS vectors (default 100,000) of 1,024
 * numbers, their codes included, on $TMPDIR or /tmp, while another process reads: each state that
 * it sees must be one that was committed, and the codes those of the vectors. */
#define _XOPEN_SOURCE 700
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "store/quantise.h"
#include "store/store.h"
#include "tests/support/synthetic.h"

enum { DIM = 1024, POOL = 4096, PER_COMMIT = 10000, CHECKED = 50 };

static int die(const struct err *err)
{
	fprintf(stderr, "bench_ingest: %s\n", err->text);
	return 2;
}

/* --- the reader ---------------------------------------------------------------------------- */

/* Whether the code in a row of a block is that of the vector. */
static bool is_code_of(const struct quantiser *q, const float *vector, const char *block, size_t row)
{
	size_t size = quantise_group_bytes(DIM), at = row % QUANTISE_GROUP_ROWS;
	const char *found = block + row / QUANTISE_GROUP_ROWS * size;
	char *wanted = mem_zalloc(1, size);
	quantise_put(q, vector, at, wanted);
	bool same = true;
	for (size_t i = 0; i < DIM / 8; i++)
		same = same && found[i * QUANTISE_GROUP_ROWS + at] == wanted[i * QUANTISE_GROUP_ROWS + at];
	float a = quantise_factor(found, DIM, at), b = quantise_factor(wanted, DIM, at);
	free(wanted);
	return same && memcmp(&a, &b, sizeof a) == 0;
}

static int check_codes(struct store *s, int64_t last, struct err *err)
{
	const struct quantiser *q;
	const float *centre;
	char *block = mem_alloc(1, store_code_block_bytes(DIM));
	float vector[DIM];
	int rc = store_code_maker(s, &q, &centre, err);
	for (int64_t i = 0; i < CHECKED && rc == 0; i++) {
		int64_t id = last - i * last / CHECKED;
		if (store_vector_get(s, id, vector, err) != 1 ||
		    store_code_block(s, (size_t)(id - 1) / STORE_CODE_ROWS, block, err) < 0)
			rc = -1;
		else if (!is_code_of(q, vector, block, (size_t)(id - 1) % STORE_CODE_ROWS))
			rc = err_set(err, ERR_STORE, "the code of vector %lld is not its own", (long long)id);
	}
	free(block);
	return rc;
}

static int see_state(struct store *s, int64_t *last, struct err *err)
{
	if (store_begin(s, err) < 0)
		return -1;
	int rc = store_last_vector(s, last, err);
	if (rc == 0 && *last % PER_COMMIT != 0)
		rc = err_set(err, ERR_STORE, "%lld vectors are no state that was committed", (long long)*last);
	if (rc == 0 && *last > 0)
		rc = check_codes(s, *last, err);
	store_rollback(s);
	return rc;
}

/* Ends when all n are there; says how many states it saw through the pipe. */
static int read_beside(const char *path, int64_t n, int to)
{
	struct err err = { 0 };
	struct store *s = store_open(path, STORE_READ, &err);
	int64_t last = 0, before = -1, n_states = 0;
	int rc = s ? 0 : -1;
	while (rc == 0 && last < n) {
		rc = see_state(s, &last, &err);
		n_states += last != before;
		before = last;
		clock_sleep_ms(50);
	}
	store_close(s);
	if (rc < 0)
		return die(&err);
	return write(to, &n_states, sizeof n_states) == sizeof n_states ? 0 : 2;
}

/* --- the writer ------------------------------------------------------------------------------ */

static int put_all(struct store *s, int64_t n, const float *pool, struct err *err)
{
	for (int64_t i = 0; i < n; i++) {
		struct hash key = hash_bytes(&i, sizeof i);
		if (i % PER_COMMIT == 0 && store_begin(s, err) < 0)
			return -1;
		if (store_vector_put(s, &key, pool + i % POOL * DIM, err) < 0)
			return -1;
		if (i % PER_COMMIT == PER_COMMIT - 1 && store_commit(s, err) < 0)
			return -1;
	}
	return 0;
}

static double processor_seconds(void)
{
	struct rusage r;
	getrusage(RUSAGE_SELF, &r);
	return (double)(r.ru_utime.tv_sec + r.ru_stime.tv_sec) +
	       (double)(r.ru_utime.tv_usec + r.ru_stime.tv_usec) / 1e6;
}

static struct store *new_index(const char *path, struct err *err)
{
	struct store_model model = { "made-up/vectors", DIM };
	struct store *s = store_open(path, STORE_CREATE, err);
	if (s && store_begin(s, err) == 0 && store_set_model(s, &model, err) == 0 &&
	    store_commit(s, err) == 0)
		return s;
	store_close(s);
	return NULL;
}

static int measure(const char *path, int64_t n, const float *pool, struct err *err)
{
	int ends[2], status = 2;
	int64_t n_states = 0;
	struct store *s = new_index(path, err);
	store_close(s); /* a connection does not go through a fork */
	if (!s || pipe(ends) != 0)
		return -1;
	pid_t reader = fork();
	if (reader == 0)
		_exit(read_beside(path, n, ends[1]));
	double start = clock_seconds(), processor = processor_seconds();
	s = store_open(path, STORE_MODIFY, err);
	int rc = s ? put_all(s, n, pool, err) : -1;
	double took = clock_seconds() - start, worked = processor_seconds() - processor;
	if (rc < 0)
		kill(reader, SIGTERM);
	waitpid(reader, &status, 0);
	if (rc == 0 && (status != 0 || read(ends[0], &n_states, sizeof n_states) != sizeof n_states))
		rc = err_set(err, ERR_STORE, "the reader saw a wrong state");
	store_close(s);
	close(ends[0]);
	close(ends[1]);
	if (rc == 0) {
		printf("vectors\t%.0f\ta second\t%.0f in a second of processor time; %lld of them\n",
		       (double)n / took, (double)n / worked, (long long)n);
		printf("a reader beside\t%lld\tstates\tof %lld that were committed, each whole\n",
		       (long long)n_states, (long long)(n / PER_COMMIT));
	}
	return rc;
}

int main(void)
{
	struct err err = { 0 };
	const char *vectors = getenv("AKIN_BENCH_VECTORS"), *tmp = getenv("TMPDIR");
	int64_t n = (vectors ? strtoll(vectors, NULL, 10) : 100000) / PER_COMMIT * PER_COMMIT;
	char folder[4096], path[4200];
	snprintf(folder, sizeof folder, "%s/akin-ingest-XXXXXX", tmp ? tmp : "/tmp");
	if (!mkdtemp(folder))
		return 2;
	snprintf(path, sizeof path, "%s/akin.db", folder);
	struct synthetic s = synthetic_new(SYNTHETIC_HARD, DIM, 1);
	float *pool = mem_floats((size_t)POOL * DIM);
	for (size_t i = 0; i < POOL; i++)
		synthetic_vector(&s, i, pool + i * DIM);
	synthetic_free(&s);
	int rc = measure(path, n, pool, &err);
	free(pool);
	static const char *const ends[] = { "", "-wal", "-shm", ".lock" };
	for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
		snprintf(path, sizeof path, "%s/akin.db%s", folder, ends[i]);
		unlink(path);
	}
	rmdir(folder);
	return rc < 0 ? die(&err) : 0;
}
