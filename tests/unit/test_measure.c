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
	struct measures none = measure_ranking(NULL, 0, judged, 1);
	near(none.ndcg_10 + none.map + none.recall_100, 0);
	near(measure_ranking(judged, 1, NULL, 0).map, 0);
	near(estimate_mean(NULL, 0).mean, 0);
	assert_true(isnan(estimate_mean(NULL, 0).error));
}

/* By hand: 1, 0, 0.5, 0.5 deviate by 0.5, -0.5, 0, 0: variance 0.5/3, over 4. */
static void means_and_their_errors(void **state)
{
	(void)state;
	double a[] = { 1, 0, 0.5, 0.5 }, b[] = { 0.5, 0, 0, 0.5 };
	struct estimate e = estimate_mean(a, 4);
	near(e.mean, 0.5);
	near(e.error, sqrt(0.5 / 3 / 4));
	/* differences 0.5, 0, 0.5, 0: deviations of 0.25 each */
	struct estimate d = estimate_difference(a, b, 4);
	near(d.mean, 0.25);
	near(d.error, sqrt(0.25 / 3 / 4));
	near(estimate_mean(a, 1).mean, 1);
	assert_true(isnan(estimate_mean(a, 1).error));
}

static void a_summary_keeps_the_measures_apart(void **state)
{
	(void)state;
	struct measures two[] = { { 1, 0.5, 0.25, 0.75, 0.1 }, { 0, 0.5, 0.75, 0.25, 0.3 } };
	struct summary s = measures_summary(two, 2);
	near(s.ndcg_10.mean, 0.5);
	near(s.ndcg_10.error, 0.5);
	near(s.mrr_10.mean, 0.5);
	near(s.mrr_10.error, 0);
	near(s.recall_10.mean, 0.5);
	near(s.recall_10.error, 0.25);
	near(s.recall_100.mean, 0.5);
	near(s.map.mean, 0.2);
	near(s.map.error, 0.1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_perfect_ranking_is_one),
		cmocka_unit_test(worked_example),
		cmocka_unit_test(depths_are_kept),
		cmocka_unit_test(nothing_is_zero),
		cmocka_unit_test(means_and_their_errors),
		cmocka_unit_test(a_summary_keeps_the_measures_apart),
	};
	return cmocka_run_group_tests_name("measure", tests, NULL, NULL);
}
