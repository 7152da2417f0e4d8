#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "query/tune.h"

enum { WEIGHTS = 3, N = 20, STANDARD = 1 };

static void near(double a, double b)
{
	if (!(fabs(a - b) < 1e-12))
		fail_msg("%.15g is not %.15g", a, b);
}

static void fill(double values[WEIGHTS][N], double low, double standard, double high)
{
	for (size_t i = 0; i < N; i++) {
		values[0][i] = low;
		values[1][i] = standard;
		values[2][i] = high;
	}
}

static void a_weight_that_is_better_everywhere_pays(void **state)
{
	(void)state;
	double v[WEIGHTS][N];
	fill(v, 0.25, 0.5, 0.75);
	struct tuning t = tune_weights(v[0], WEIGHTS, N, STANDARD);
	assert_int_equal(t.chosen, 2);
	for (size_t f = 0; f < TUNE_FOLDS; f++)
		assert_int_equal(t.by_fold[f], 2);
	near(t.held_out.mean, 0.75);
	near(t.standard.mean, 0.5);
	near(t.gain.mean, 0.25);
	near(t.gain.error, 0);
	assert_true(t.pays);
}

static void of_equals_the_default_stays(void **state)
{
	(void)state;
	double v[WEIGHTS][N];
	fill(v, 0.1, 0.1, 0.1);
	struct tuning t = tune_weights(v[0], WEIGHTS, N, STANDARD);
	assert_int_equal(t.chosen, STANDARD);
	near(t.gain.mean, 0);
	assert_false(t.pays);
	/* two that are better, and as near: the lower */
	fill(v, 0.3, 0.1, 0.3);
	assert_int_equal(tune_weights(v[0], WEIGHTS, N, STANDARD).chosen, 0);
	/* the default at the end of the row: the nearer one wins */
	assert_int_equal(tune_weights(v[0], WEIGHTS, N, 0).chosen, 0);
	fill(v, 0.1, 0.3, 0.3);
	assert_int_equal(tune_weights(v[0], WEIGHTS, N, 0).chosen, 1);
}

/* One question alone speaks for weight 0: its own fold does not hear it, and the others
 * gain nothing by it. */
static void what_one_question_chose_is_not_its_gain(void **state)
{
	(void)state;
	double v[WEIGHTS][N];
	fill(v, 0.5, 0.5, 0.25);
	v[0][0] = 1;
	struct tuning t = tune_weights(v[0], WEIGHTS, N, STANDARD);
	assert_int_equal(t.chosen, 0);
	assert_int_equal(t.by_fold[0], STANDARD);
	for (size_t f = 1; f < TUNE_FOLDS; f++)
		assert_int_equal(t.by_fold[f], 0);
	near(t.held_out.mean, 0.5);
	near(t.gain.mean, 0);
	assert_false(t.pays);
}

/* Of every fold's four questions two gain 1 and one loses 1 at weight 2: by hand, the mean
 * is 5/20 and the squared deviations are 10 * 0.75^2 + 5 * 0.25^2 + 5 * 1.25^2 = 13.75. */
static void a_gain_has_an_error(void **state)
{
	(void)state;
	double v[WEIGHTS][N];
	fill(v, 0, 0, 0);
	for (size_t i = 0; i < N; i++) {
		v[1][i] = i / 5 == 2;
		v[2][i] = i / 5 < 2;
	}
	struct tuning t = tune_weights(v[0], WEIGHTS, N, STANDARD);
	assert_int_equal(t.chosen, 2);
	near(t.gain.mean, 0.25);
	near(t.gain.error, sqrt(13.75 / 19 / 20));
	assert_true(t.pays);
}

/* As above, but one more gains than loses in two folds only. */
static void a_gain_within_its_error_does_not_pay(void **state)
{
	(void)state;
	double v[WEIGHTS][N];
	fill(v, 0, 0, 0);
	for (size_t i = 0; i < N; i++) {
		v[1][i] = i / 5 == 2;
		v[2][i] = i / 5 == 1 || i == 0 || i == 1;
	}
	struct tuning t = tune_weights(v[0], WEIGHTS, N, STANDARD);
	assert_int_equal(t.chosen, 2);
	assert_true(t.gain.mean < t.gain.error);
	assert_false(t.pays);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_weight_that_is_better_everywhere_pays),
		cmocka_unit_test(of_equals_the_default_stays),
		cmocka_unit_test(what_one_question_chose_is_not_its_gain),
		cmocka_unit_test(a_gain_has_an_error),
		cmocka_unit_test(a_gain_within_its_error_does_not_pay),
	};
	return cmocka_run_group_tests_name("tune", tests, NULL, NULL);
}
