/* The general questions, and how well a model knows a language. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "models/models.h"
#include "query/cohort.h"
#include "query/familiarity.h"

static void questions_by_language(void **state)
{
	(void)state;
	struct span texts[COHORT_MAX];
	static const char *const languages[] = { "en", "de", "fr", "es", "it", "pt", "nl", "pl",
		                                 "ru", "zh", "ja", "ko", "th", "ar", "hi" };
	size_t all = 0;
	for (size_t i = 0; i < sizeof languages / sizeof *languages; i++) {
		size_t n = cohort_questions(languages[i], texts);
		assert_true(n >= 2 * COHORT_NEAREST);
		all += n;
	}
	assert_true(all <= COHORT_MAX); /* an index may have all of them */
	assert_int_equal(cohort_questions("", texts), 0);
	assert_int_equal(cohort_questions("tlh", texts), 0);
}

static void nearest_of_the_cohort(void **state)
{
	(void)state;
	const float cohort[] = { 1, 0, 0, 1, 0.6f, 0.8f, -1, 0, 0.8f, 0.6f, 0.8f, -0.6f, 0.28f, 0.96f };
	const float question[] = { 1, 0 };
	assert_true(fabs(cohort_nearness(cohort, 7, 2, question) - (1 + 0.8 + 0.8 + 0.6 + 0.28) / 5) < 1e-6);
	assert_true(fabs(cohort_nearness(cohort, 2, 2, question) - 0.5) < 1e-6);
	assert_true(fabs(cohort_nearness(cohort, 0, 2, question)) < 1e-9);
}

/* --- familiarity ---------------------------------------------------------------------------- */

/* An embedder whose pieces are two letters long; x stands for what it has no piece for. */
static struct embed_pieces pairs(const void *self, struct span text)
{
	size_t length = *(const size_t *)self;
	struct embed_pieces p = { .n = text.len / length };
	for (size_t i = 0; i < text.len; i++)
		p.n_unknown += text.p[i] == 'x';
	return p;
}

static double familiarity(size_t piece, const char *text)
{
	static const struct embedder_ops ops = { .pieces = pairs };
	const struct embedder e = { .ops = &ops, .self = &piece };
	struct span span = span_of(text);
	return familiarity_of(&e, &span, 1);
}

static void by_length_and_unknown_pieces(void **state)
{
	(void)state;
	assert_true(fabs(familiarity(4, "abcd efg") - 1) < 1e-9);
	assert_true(fabs(familiarity(3, "abcdef") - 0.25) < 1e-9); /* (.4 / .8)² */
	assert_true(fabs(familiarity(2, "abcdef") - FAMILIARITY_LEAST) < 1e-9);
	assert_true(fabs(familiarity(4, "xbcdefgh") - 0.25) < 1e-9); /* one of two */
	assert_true(fabs(familiarity(4, "xbcdxfgh") - FAMILIARITY_LEAST) < 1e-9);
	/* stops and digits say nothing; a Chinese character says as much as four letters */
	assert_true(fabs(familiarity(4, "1,2;3. abcd (!)") - 1) < 1e-9);
	assert_true(fabs(familiarity(3, "\u4e2d\u6587") - 1) < 1e-9);
	assert_true(fabs(familiarity(4, "") - 1) < 1e-9);
}

static void a_server_tells_nothing(void **state)
{
	(void)state;
	static const struct embedder_ops ops = { 0 };
	const struct embedder e = { .ops = &ops };
	struct span text = span_of("whatever");
	assert_true(fabs(familiarity_of(&e, &text, 1) - 1) < 1e-9);
}

static void the_embedded_model_knows_these(void **state)
{
	(void)state;
	struct err err = { 0 };
	struct span texts[COHORT_MAX];
	struct model_options options = { .models_dir = "data/models" };
	struct embedder *e = model_open(MODEL_LOCAL_DEFAULT, &options, &err);
	if (!e)
		skip();
	static const char *const languages[] = { "en", "de", "fr", "es", "it", "pt", "nl",
		                                 "pl", "ru", "zh", "ja", "ko", "th", "hi" };
	for (size_t i = 0; i < sizeof languages / sizeof *languages; i++) {
		size_t n = cohort_questions(languages[i], texts);
		double f = familiarity_of(e, texts, n);
		assert_true(f > 0.6);
	}
	embedder_close(e);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(questions_by_language),
		cmocka_unit_test(nearest_of_the_cohort),
		cmocka_unit_test(by_length_and_unknown_pieces),
		cmocka_unit_test(a_server_tells_nothing),
		cmocka_unit_test(the_embedded_model_knows_these),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
