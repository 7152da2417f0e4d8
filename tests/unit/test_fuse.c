#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "query/fuse.h"

static void assert_near(double a, double b)
{
	assert_true(fabs(a - b) < 1e-6);
}

#define WEIGHT(w) (struct fuse_weights){ .lexical = w, .familiarity = 1 }

/* Dense .2 .4 .9: mean .5, deviation sqrt(.26 / 3), best z .4 / .29439 over sqrt(2 ln 3), and its root. */
static void values_by_hand(void **state)
{
	(void)state;
	const float dense[] = { 0.2f, 0.4f, 0.9f }, lexical[] = { 4, 0, 1 };
	const struct fuse_lexical evidence = { .ideal = 10, .known = 5, .best = 4 };
	float out[3];
	struct fuse_spread s = fuse_scores(dense, lexical, 3, &evidence, &WEIGHT(2), out);
	assert_near(s.mean, 0.5);
	assert_near(s.deviation, 0.29439203);
	assert_near(s.contrast, 0.95741088);
	assert_near(s.lexical_scale, 0.19624113); /* 2 · (5/10 / .8)² / 10^.6 */
	assert_near((double)out[0], -0.19068441);
	assert_near((double)out[1], -0.32521631);
	assert_near((double)out[2], 1.49710635);
}

static void one_side_alone(void **state)
{
	(void)state;
	const float dense[] = { 0.2f, 0.4f, 0.9f }, lexical[] = { 4, 0, 1 };
	const struct fuse_lexical evidence = { .ideal = 10, .known = 10, .best = 4 };
	float out[3];
	struct fuse_spread s = fuse_scores(dense, NULL, 3, &evidence, &WEIGHT(2), out);
	assert_near(s.lexical_scale, 0);
	assert_near((double)out[0], -0.97564892);
	assert_near((double)out[2], 1.30086522);
	s = fuse_scores(NULL, lexical, 3, &evidence, &WEIGHT(2), out);
	assert_near(s.contrast, 1);
	assert_near(s.lexical_scale, 0.50237729); /* 2 / 10^.6 */
	assert_near((double)out[0], 2.00950915);
	assert_near((double)out[1], 0);
}

/* In a language that the model does not know, its part is that much smaller. */
static void an_unfamiliar_language(void **state)
{
	(void)state;
	const float dense[] = { 0.2f, 0.4f, 0.9f }, lexical[] = { 4, 0, 1 };
	const struct fuse_lexical evidence = { .ideal = 10, .known = 5, .best = 4 };
	const struct fuse_weights weights = { .lexical = 2, .familiarity = 0.25 };
	float out[3];
	struct fuse_spread s = fuse_scores(dense, lexical, 3, &evidence, &weights, out);
	assert_near(s.contrast, 0.25 * 0.95741088);
	assert_near(s.lexical_scale, 0.19624113);
	assert_near((double)out[0], 0.25 * -0.97564892 + 4 * 0.19624113);
	assert_near((double)out[2], 0.25 * 1.30086522 + 0.19624113);
}

static void out_may_be_an_input(void **state)
{
	(void)state;
	const float dense[] = { 0.2f, 0.4f, 0.9f }, lexical[] = { 4, 0, 1 };
	const struct fuse_lexical evidence = { .ideal = 10, .known = 5, .best = 4 };
	float wanted[3], a[] = { 0.2f, 0.4f, 0.9f }, b[] = { 4, 0, 1 };
	fuse_scores(dense, lexical, 3, &evidence, &WEIGHT(2), wanted);
	fuse_scores(a, lexical, 3, &evidence, &WEIGHT(2), a);
	fuse_scores(dense, b, 3, &evidence, &WEIGHT(2), b);
	assert_memory_equal(a, wanted, sizeof a);
	assert_memory_equal(b, wanted, sizeof b);
}

/* A model to which all passages are alike says nothing: the words alone decide. */
static void a_blind_dense_side_is_silent(void **state)
{
	(void)state;
	enum { N = 1000 };
	float dense[N], lexical[N] = { 0 }, out[N];
	const struct fuse_lexical evidence = { .ideal = 9, .known = 9, .best = 4 };
	for (size_t i = 0; i < N; i++)
		dense[i] = i % 3 ? 0.83f : nextafterf(0.83f, 1); /* the last bit is rounding */
	lexical[700] = 4;
	struct fuse_spread s = fuse_scores(dense, lexical, N, &evidence, &WEIGHT(3), out);
	assert_near(s.contrast, 0);
	assert_true(s.deviation > 0 && isfinite(s.deviation));
	for (size_t i = 0; i < N; i++)
		assert_near((double)out[i], i == 700 ? 3.21096625 : 0); /* 3 / 9^.6 · 4 */
	/* and with no evidence of either side all are equal */
	s = fuse_scores(dense, NULL, N, &evidence, &WEIGHT(3), out);
	for (size_t i = 0; i < N; i++)
		assert_near((double)out[i], 0);
}

static void no_evidence_of_words(void **state)
{
	(void)state;
	const float dense[] = { 0.2f, 0.4f, 0.9f }, lexical[] = { 0, 0, 0 };
	static const struct fuse_lexical cases[] = {
		{ .ideal = 0, .known = 0, .best = 0 },  /* a question without words */
		{ .ideal = 10, .known = 0, .best = 0 }, /* none of them known */
		{ .ideal = 10, .known = 5, .best = 0 }, /* none among the passages */
	};
	float wanted[3], out[3];
	fuse_scores(dense, NULL, 3, &cases[0], &WEIGHT(2), wanted);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct fuse_spread s = fuse_scores(dense, lexical, 3, &cases[i], &WEIGHT(2), out);
		assert_near(s.lexical_scale, 0);
		assert_memory_equal(out, wanted, sizeof out);
	}
}

static void few_passages(void **state)
{
	(void)state;
	const struct fuse_lexical evidence = { .ideal = 4, .known = 4, .best = 1 };
	const float dense[] = { 0.9f, 0.5f }, lexical[] = { 0, 1 };
	float out[2] = { 7, 7 };
	struct fuse_spread s = fuse_scores(dense, lexical, 0, &evidence, &WEIGHT(1), out);
	assert_near((double)out[0], 7);
	assert_true(s.deviation > 0 && s.contrast > 0);
	s = fuse_scores(dense, lexical, 1, &evidence, &WEIGHT(1), out);
	assert_near((double)out[0], 0);
	s = fuse_scores(dense, lexical, 2, &evidence, &WEIGHT(1), out);
	assert_near(s.contrast, 1); /* ln 1 and ln 2 are no measure of chance */
	assert_near((double)out[0], 1);
	assert_near((double)out[1], -0.56472472); /* -1 + 1 / 4^.6 */
}

static void ranks(void **state)
{
	(void)state;
	/* dense: c, then a and d by their place; b has no rank. lexical: d, b. */
	const float dense[] = { 0.3f, -0.1f, 0.8f, 0.3f, 0 }, lexical[] = { 0, 1, 0, 5, 0 };
	float out[5];
	fuse_ranks(dense, lexical, 5, out);
	assert_near((double)out[0], 1 / 62.0);
	assert_near((double)out[1], 1 / 62.0);
	assert_near((double)out[2], 1 / 61.0);
	assert_near((double)out[3], 1 / 63.0 + 1 / 61.0);
	assert_near((double)out[4], 0);
	fuse_ranks(dense, lexical, 1, out);
	assert_near((double)out[0], 1 / 61.0);
	out[0] = 7;
	fuse_ranks(NULL, NULL, 0, out);
	assert_near((double)out[0], 7);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values_by_hand),
		cmocka_unit_test(one_side_alone),
		cmocka_unit_test(an_unfamiliar_language),
		cmocka_unit_test(out_may_be_an_input),
		cmocka_unit_test(a_blind_dense_side_is_silent),
		cmocka_unit_test(no_evidence_of_words),
		cmocka_unit_test(few_passages),
		cmocka_unit_test(ranks),
	};
	return cmocka_run_group_tests_name("fuse", tests, NULL, NULL);
}
