/* Token estimates against what servers count. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>

#include "models/remote/token_ratio.h"

static void nothing_is_known_at_first(void **state)
{
	(void)state;
	struct token_ratio r = { 0 };
	assert_true(token_ratio(&r) == 1);
	token_ratio_add(&r, 1000, 0); /* LM Studio says 0 */
	token_ratio_add(&r, 0, 1000);
	assert_true(token_ratio(&r) == 1);
}

static void a_few_replies_teach_it(void **state)
{
	(void)state;
	static const double truths[] = { 0.4, 0.8, 1, 1.3, 2.5, 6 };
	for (size_t t = 0; t < sizeof truths / sizeof *truths; t++) {
		struct token_ratio r = { 0 };
		for (int i = 0; i < 5; i++)
			token_ratio_add(&r, 6000, (uint64_t)(6000 * truths[t]));
		assert_true(fabs(token_ratio(&r) / truths[t] - 1) < 0.05);
	}
}

static void one_short_text_teaches_little(void **state)
{
	(void)state;
	struct token_ratio r = { 0 };
	token_ratio_add(&r, 2, 10);
	assert_true(token_ratio(&r) < 1.05);
}

static void another_language_is_noticed(void **state)
{
	(void)state;
	struct token_ratio r = { 0 };
	for (int i = 0; i < 1000; i++)
		token_ratio_add(&r, 6000, 5000);
	for (int i = 0; i < 200; i++)
		token_ratio_add(&r, 6000, 12000);
	assert_true(token_ratio(&r) > 1.8);
}

static void no_number_of_a_server_is_believed_without_limit(void **state)
{
	(void)state;
	struct token_ratio r = { 0 };
	token_ratio_add(&r, 6000, UINT64_MAX);
	assert_true(token_ratio(&r) <= 8);
	for (int i = 0; i < 500; i++)
		token_ratio_add(&r, 6000, 6000);
	assert_true(fabs(token_ratio(&r) - 1) < 0.1);
	struct token_ratio low = { 0 };
	for (int i = 0; i < 100; i++)
		token_ratio_add(&low, 6000, 1); /* one that counts requests */
	assert_true(token_ratio(&low) >= 0.125);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_is_known_at_first),
		cmocka_unit_test(a_few_replies_teach_it),
		cmocka_unit_test(one_short_text_teaches_little),
		cmocka_unit_test(another_language_is_noticed),
		cmocka_unit_test(no_number_of_a_server_is_believed_without_limit),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
