#define _POSIX_C_SOURCE 200809L
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/mem.h"
#include "query/background.h"
#include "query/dense.h"
#include "query/estimate.h"
#include "query/settle.h"

/* More than one block of codes. Every eleventh passage could not be embedded. */
enum { DIM = 160, N = 5000, ASKED = 5, FAIL_EVERY = 11 };

static char path[64];

static double random_of(uint64_t *seed) /* xorshift64, in [-1, 1) */
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 7;
	*seed ^= *seed << 17;
	return (double)(*seed >> 11) / (double)(1ull << 52) - 1;
}

/* In a narrow cone around one direction, and nearer to one of 50 others. */
static void make_vector(uint64_t number, float *v)
{
	uint64_t own = (number + 1) * 0x9E3779B97F4A7C15u, shared = (number % 50 + 7) * 0xBF58476D1CE4E5B9u;
	double d[DIM], square = 0;
	for (size_t i = 0; i < DIM; i++) {
		d[i] = random_of(&own) + 0.8 * random_of(&shared) + (i < 8 ? 2 : 0);
		square += d[i] * d[i];
	}
	for (size_t i = 0; i < DIM; i++)
		v[i] = (float)(d[i] / sqrt(square));
}

static void remove_files(void)
{
	static const char *const ends[] = { "", "-wal", "-shm", ".lock" };
	for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
		char file[80];
		snprintf(file, sizeof file, "%s%s", path, ends[i]);
		unlink(file);
	}
}

static void put(struct store *s, size_t from, size_t to)
{
	struct err err = { 0 };
	assert_int_equal(store_begin(s, &err), 0);
	for (size_t i = from; i < to; i++) {
		char name[32];
		float v[DIM];
		make_vector(i, v);
		struct hash key = hash_bytes(&i, sizeof i);
		snprintf(name, sizeof name, "/d/%zu", i);
		struct store_chunk_in chunk = { .line_start = 1, .line_end = 1, .n_tokens = 1,
			                        .text = span_of("a text") };
		if (i % FAIL_EVERY)
			chunk.vector_id = store_vector_put(s, &key, v, &err);
		assert_true(chunk.vector_id >= 0);
		struct store_document doc = { .path = name, .format = "text", .language = "en" };
		assert_int_equal(store_document_put(s, &doc, &chunk, 1, &err), 0);
	}
	assert_int_equal(store_commit(s, &err), 0);
}

struct fixture {
	struct store *store;
	struct background background;
	struct store_chunk_ref *refs;
	size_t n;
	float questions[ASKED * DIM], *exact;
};

static int set_up(void **state)
{
	struct fixture *f = mem_zalloc(1, sizeof *f);
	struct err err = { 0 };
	snprintf(path, sizeof path, "/tmp/akin_estimate_%ld.db", (long)getpid());
	remove_files();
	f->store = store_open(path, STORE_CREATE, &err);
	assert_non_null(f->store);
	assert_int_equal(store_set_model(f->store, &(struct store_model){ "test/fake", DIM }, &err), 0);
	put(f->store, 0, N - 10);
	/* a host: nothing is embedded */
	struct embedder nobody = { .model = "test/fake", .host = "nowhere" };
	assert_int_equal(background_refresh(f->store, &nobody, &err), 0);
	put(f->store, N - 10, N);
	assert_int_equal(background_load(f->store, &f->background, &err), 1);
	struct store_filter all = { .failed_too = true };
	assert_int_equal(store_chunk_refs(f->store, &all, &f->refs, &f->n, &err), 0);
	assert_int_equal(f->n, N);
	for (size_t q = 0; q < ASKED; q++)
		make_vector(3 * q + 1000000, f->questions + q * DIM);
	f->exact = mem_floats(ASKED * f->n);
	assert_int_equal(dense_scores(f->store, &f->background, f->questions, ASKED, DIM, f->refs, f->n,
	                              f->exact, &err), 0);
	*state = f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;
	background_free(&f->background);
	store_close(f->store);
	free(f->refs);
	free(f->exact);
	free(f);
	remove_files();
	return 0;
}

static void estimates_keep_their_bounds(void **state)
{
	struct fixture *f = *state;
	struct err err = { 0 };
	struct estimates e;
	assert_int_equal(estimate_scores(f->store, &f->background, f->questions, ASKED, DIM, f->refs, f->n,
	                                 &e, &err), 1);
	for (size_t q = 0; q < ASKED; q++) {
		size_t beyond = 0;
		float most = estimate_most_error(&e, q);
		for (size_t i = 0; i < f->n; i++) {
			if (f->refs[i].vector_id == 0)
				continue;
			double off = (double)e.scores[q * f->n + i] - (double)f->exact[q * f->n + i];
			float error = estimate_error(&e, q, i, 0);
			assert_true(error > 0 && error <= most);
			beyond += fabs(off) > (double)error;
		}
		assert_true(beyond < N / 100);
	}
	assert_int_equal(e.n_outliers, 0);
	estimates_free(&e);
}

static void other_centres_are_refused(void **state)
{
	struct fixture *f = *state;
	struct err err = { 0 };
	struct estimates e;
	assert_int_equal(estimate_scores(f->store, NULL, f->questions, 1, DIM, f->refs, f->n, &e, &err), 0);
	f->background.mean[3] += 1e-3f;
	assert_int_equal(estimate_scores(f->store, &f->background, f->questions, 1, DIM, f->refs, f->n, &e,
	                                 &err), 0);
	f->background.mean[3] -= 1e-3f;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(estimates_keep_their_bounds),
		cmocka_unit_test(other_centres_are_refused),
	};
	return cmocka_run_group_tests_name("estimate", tests, set_up, tear_down);
}
