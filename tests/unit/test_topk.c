#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "query/topk.h"

enum { N = 400, K_MAX = 30 };

static uint64_t seed = 88172645463325252u;

static uint64_t next(void) /* xorshift64 */
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return seed;
}

static int best_first(const void *a, const void *b)
{
	const struct scored *x = a, *y = b;
	if (x->score != y->score)
		return x->score < y->score ? 1 : -1;
	return (x->id > y->id) - (x->id < y->id);
}

/* The slow way: sort all, take in order unless the group is full. */
static size_t reference(struct scored *all, size_t n, size_t k, size_t per_group, struct scored *out)
{
	qsort(all, n, sizeof *all, best_first);
	size_t kept = 0;
	for (size_t i = 0; i < n && kept < k; i++) {
		size_t same = 0;
		for (size_t j = 0; j < kept; j++)
			same += out[j].group == all[i].group;
		if (!per_group || same < per_group)
			out[kept++] = all[i];
	}
	return kept;
}

static void equals_sorting_everything(void **state)
{
	(void)state;
	for (int round = 0; round < 600; round++) {
		struct scored all[N], want[N];
		size_t n = next() % N, k = next() % K_MAX, per_group = next() % 4;
		uint64_t groups = 1 + next() % 40, scores = 1 + next() % 50; /* few: many ties */
		struct topk t;
		topk_init(&t, k, per_group);
		for (size_t i = 0; i < n; i++) {
			all[i] = (struct scored){ (double)(next() % scores), (int64_t)i,
				                  (int64_t)(next() % groups) };
			topk_push(&t, all[i].score, all[i].id, all[i].group);
		}
		topk_sort(&t);
		size_t n_want = reference(all, n, k, per_group, want);
		assert_int_equal(t.n, n_want);
		for (size_t i = 0; i < n_want; i++)
			assert_int_equal(t.items[i].id, want[i].id);
		topk_free(&t);
	}
}

static void the_order_of_pushing_is_nothing(void **state)
{
	(void)state;
	int64_t first[5];
	for (int turn = 0; turn < 2; turn++) {
		struct topk t;
		topk_init(&t, 5, 1);
		for (int64_t i = 0; i < 100; i++) {
			int64_t id = turn ? 99 - i : i;
			topk_push(&t, 0.5, id, id / 3);
		}
		topk_sort(&t);
		for (int i = 0; i < 5; i++) {
			if (turn)
				assert_int_equal(t.items[i].id, first[i]);
			first[i] = t.items[i].id;
		}
		topk_free(&t);
	}
	assert_int_equal(first[0], 0);
	assert_int_equal(first[1], 3);
}

static void nan_and_nothing(void **state)
{
	(void)state;
	struct topk t;
	topk_init(&t, 3, 0);
	topk_push(&t, NAN, 1, 1);
	assert_int_equal(t.n, 0);
	topk_push(&t, -INFINITY, 2, 1);
	assert_int_equal(t.n, 1);
	topk_free(&t);
	topk_init(&t, 0, 0);
	topk_push(&t, 1, 1, 1);
	assert_int_equal(t.n, 0);
	topk_sort(&t);
	topk_free(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(equals_sorting_everything),
		cmocka_unit_test(the_order_of_pushing_is_nothing),
		cmocka_unit_test(nan_and_nothing),
	};
	return cmocka_run_group_tests_name("topk", tests, NULL, NULL);
}
