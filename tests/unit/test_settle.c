#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "query/settle.h"

enum { N = 3000, DOCUMENTS = 400, K = 20 };

struct fixture {
	struct store_chunk_ref refs[N];
	float exact[N], dense[N], errors[N], lexical[N];
	uint32_t outliers[3];
};

static double random_of(uint64_t *seed) /* xorshift64, in [-1, 1) */
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 7;
	*seed ^= *seed << 17;
	return (double)(*seed >> 11) / (double)(1ull << 52) - 1;
}

static float error(const void *ctx, size_t place, float score)
{
	(void)score;
	return ((const struct fixture *)ctx)->errors[place];
}

static int exact(const void *ctx, int64_t vector_id, float *score, struct err *err)
{
	(void)err;
	*score = ((const struct fixture *)ctx)->exact[vector_id - 1];
	return 0;
}

static void make(struct fixture *f, uint64_t seed)
{
	for (size_t i = 0; i < N; i++) {
		f->refs[i] = (struct store_chunk_ref){ .chunk_id = (int64_t)i + 1, .vector_id = (int64_t)i + 1,
			                               .doc_id = (int64_t)(i * 7919 % DOCUMENTS) };
		f->exact[i] = (float)(0.5 * random_of(&seed));
		f->errors[i] = 0.02f + 0.03f * (float)fabs(random_of(&seed));
		f->dense[i] = f->exact[i] + f->errors[i] * (float)random_of(&seed);
		double words = random_of(&seed);
		f->lexical[i] = words > 0.9 ? (float)(10 * words) : 0;
	}
	for (size_t i = 0; i < 3; i++) { /* of whose scores nothing is known */
		f->outliers[i] = (uint32_t)(i * 1000 + 3);
		f->dense[f->outliers[i]] = -0.4f;
		f->exact[f->outliers[i]] = 0.5f;
		f->errors[f->outliers[i]] = 2;
	}
}

static void check_order(struct fixture *f, const struct settle_by *by, const float *lexical)
{
	struct err err = { 0 };
	struct topk wanted, found;
	struct settling s = { .refs = f->refs, .n = N, .dense = f->dense, .lexical = lexical,
		              .most_error = 0.05f, .outliers = f->outliers, .n_outliers = 3,
		              .error = error, .exact = exact, .ctx = f,
		              .is_exact = mem_zalloc(N / 8 + 1, 1) };
	topk_init(&wanted, by->k, by->per_doc);
	for (size_t i = 0; i < N; i++) {
		double words = lexical ? by->lexical * (double)lexical[i] : 0;
		topk_push(&wanted, by->dense * (double)f->exact[i] + fmin(words, by->most), (int64_t)i,
		          f->refs[i].doc_id);
	}
	topk_sort(&wanted);
	assert_int_equal(settle(&s, by, &found, &err), 0);
	assert_int_equal(found.n, wanted.n);
	for (size_t i = 0; i < wanted.n; i++) {
		assert_int_equal(found.items[i].id, wanted.items[i].id);
		assert_true(fabs(found.items[i].score - wanted.items[i].score) < 1e-9);
		assert_true(f->dense[found.items[i].id] == f->exact[found.items[i].id]);
	}
	assert_true(s.n_exact >= wanted.n && (by->k > K || s.n_exact < N / 4));
	topk_free(&wanted);
	topk_free(&found);
	free(s.is_exact);
}

/* By meaning, with words, with words up to a bound, one a document, more than there are. */
static void the_best_are_those_of_exact_scores(void **state)
{
	(void)state;
	static const struct settle_by orders[] = {
		{ .dense = 1, .k = 1 },
		{ .dense = 3, .k = K },
		{ .dense = 2, .k = K, .per_doc = 1 },
		{ .dense = 2, .k = K, .per_doc = 3 },
		{ .dense = 2, .lexical = 0.1, .most = INFINITY, .k = K, .per_doc = 1 },
		{ .dense = 1, .lexical = 0.3, .most = 1, .k = 1 },
		{ .dense = 1, .k = 2 * DOCUMENTS, .per_doc = 1 },
		{ .dense = 1, .k = 2 * N },
	};
	struct fixture *f = mem_alloc(1, sizeof *f);
	for (size_t i = 0; i < sizeof orders / sizeof *orders; i++) {
		make(f, 88172645463325252u + i);
		check_order(f, &orders[i], orders[i].lexical > 0 ? f->lexical : NULL);
	}
	free(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_best_are_those_of_exact_scores),
	};
	return cmocka_run_group_tests_name("settle", tests, NULL, NULL);
}
