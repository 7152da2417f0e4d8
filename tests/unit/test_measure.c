#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "query/measure.h"

static void near(double a, double b)
{
	if (fabs(a - b) > 1e-12)
		fail_msg("%.15g is not %.15g", a, b);
}

static void a_perfect_ranking_is_one(void **state)
{
	(void)state;
	double ranked[] = { 3, 2, 1 }, judged[] = { 1, 3, 2 };
	struct measures m = measure_ranking(ranked, 3, judged, 3);
	near(m.ndcg_10, 1);
	near(m.mrr_10, 1);
	near(m.recall_10, 1);
	near(m.recall_100, 1);
	near(m.map, 1);
}

/* By hand: relevant ones at ranks 2 and 4 of three. */
static void worked_example(void **state)
{
	(void)state;
	double ranked[] = { 0, 1, 0, 2, 0 }, judged[] = { 1, 2, 1 };
	struct measures m = measure_ranking(ranked, 5, judged, 3);
	double dcg = 1 / log2(3) + 2 / log2(5), ideal = 2 + 1 / log2(3) + 1 / log2(4);
	near(m.ndcg_10, dcg / ideal);
	near(m.mrr_10, 0.5);
	near(m.recall_10, 2.0 / 3);
	near(m.map, (1.0 / 2 + 2.0 / 4) / 3);
}

static void depths_are_kept(void **state)
{
	(void)state;
	double ranked[120] = { 0 }, judged[] = { 1, 1, 1 };
	ranked[10] = ranked[99] = ranked[100] = 1;
	struct measures m = measure_ranking(ranked, 120, judged, 3);
	near(m.ndcg_10, 0);
	near(m.mrr_10, 0);
	near(m.recall_10, 0);
	near(m.recall_100, 2.0 / 3);
	near(m.map, (1.0 / 11 + 2.0 / 100 + 3.0 / 101) / 3);
}

static void nothing_is_zero(void **state)
{
	(void)state;
	double judged[] = { 1 };
	struct measures none = measure_ranking(NULL, 0, judged, 1), sum = { 0 };
	near(none.ndcg_10 + none.map + none.recall_100, 0);
	near(measure_ranking(judged, 1, NULL, 0).map, 0);
	struct measures one = measure_ranking(judged, 1, judged, 1);
	measures_add(&sum, &one);
	measures_add(&sum, &none);
	near(measures_mean(&sum, 2).ndcg_10, 0.5);
	near(measures_mean(&sum, 0).map, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_perfect_ranking_is_one),
		cmocka_unit_test(worked_example),
		cmocka_unit_test(depths_are_kept),
		cmocka_unit_test(nothing_is_zero),
	};
	return cmocka_run_group_tests_name("measure", tests, NULL, NULL);
}
