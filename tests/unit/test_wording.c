#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "query/wording.h"

static void joined(const char *text, const char *expected)
{
	struct wording w = wording_of(span_of(text));
	struct buf out = buf_new(1000);
	wording_join(&w, &out);
	assert_string_equal(buf_span(&out).p, expected);
	buf_free(&out);
	wording_free(&w);
}

static void words_have_no_punctuation_at_their_ends(void **state)
{
	(void)state;
	joined("  The \"quick\", brown-ish fox (1.5 m)!\n", "The quick brown-ish fox 1.5 m");
	joined("\xe2\x80\x9eGr\xc3\xbc\xc3\x9f Gott\xe2\x80\x9c \xe2\x80\x93 sagt er",
	       "Gr\xc3\xbc\xc3\x9f Gott sagt er");
	joined("--option -word path:here a\"b c: d", "option word c d");
	joined("... -- !", "");
	joined("", "");
}

static void unspaced_text_stays_together(void **state)
{
	(void)state;
	struct wording w = wording_of(span_of("\xe4\xb8\xad\xe6\x96\x87\xe6\x90\x9c\xe7\xb4\xa2\xe3\x80\x82"));
	assert_true(w.unspaced);
	assert_int_equal(w.n, 4);
	wording_free(&w);
	joined("\xe4\xb8\xad\xe6\x96\x87\xe6\x90\x9c\xe7\xb4\xa2\xe3\x80\x82",
	       "\xe4\xb8\xad\xe6\x96\x87\xe6\x90\x9c\xe7\xb4\xa2");
	struct wording thai = wording_of(span_of("\xe0\xb8\xa0\xe0\xb8\xb2\xe0\xb8\xa9\xe0\xb8\xb2"
	                                         "\xe0\xb9\x84\xe0\xb8\x97\xe0\xb8\xa2"));
	assert_true(thai.unspaced);
	wording_free(&thai);
	struct wording korean = wording_of(span_of("\xed\x95\x9c\xea\xb5\xad \xec\x96\xb4"));
	assert_false(korean.unspaced);
	assert_int_equal(korean.n, 2);
	wording_free(&korean);
}

static void keys_fold_ascii_case(void **state)
{
	(void)state;
	assert_true(wording_key(span_of("Lease Terms")) == wording_key(span_of("lease terms")));
	assert_true(wording_key(span_of("lease")) != wording_key(span_of("leash")));
	char lower[600], upper[600];
	memset(lower, 'x', sizeof lower);
	memset(upper, 'X', sizeof upper);
	assert_true(wording_key((struct span){ lower, 600 }) == wording_key((struct span){ upper, 600 }));
}

static void headings(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		bool fits;
	} cases[] = {
		{ "How to bleed the radiators", true },
		{ "Notice periods", true },
		{ "Introduction", false },
		{ "See Also", false },
		{ "Table of contents", false },
		{ "Chapter 3", false },
		{ "2024-05-01 v1.2", false },
		{ "one two three four five six seven eight nine ten eleven twelve", true },
		{ "one two three four five six seven eight nine ten eleven twelve thirteen", false },
		{ "\xe4\xb8\xad\xe6\x96\x87\xe6\x90\x9c\xe7\xb4\xa2", true },
		{ "\xe4\xb8\xad\xe6\x96\x87", false },
		{ "", false },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		if (wording_heading_fits(span_of(cases[i].text)) != cases[i].fits)
			fail_msg("'%s' should be %d", cases[i].text, cases[i].fits);
}

static void sentences(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		bool fits;
	} cases[] = {
		{ "The tenant must give three months of notice before moving out.", true },
		{ "Seven words are one word too few.", false },
		{ "See https://example.org for all that the tenant has to know about it.", false },
		{ "for (i = 0; i < n; i++) { sum += a[i] * b[i]; } return sum;", false },
		{ "A title that is followed\n\nby a paragraph of the text is none.", false },
		{ "", false },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		if (wording_sentence_fits(span_of(cases[i].text)) != cases[i].fits)
			fail_msg("'%s' should be %d", cases[i].text, cases[i].fits);
}

/* Of ten words the two rarest and the four commonest go; of equal ones the last is the
 * rarer. */
static void a_sentence_is_shortened(void **state)
{
	(void)state;
	struct wording w = wording_of(span_of("the tenant must give three months of notice before moving"));
	const uint32_t frequency[] = { 90, 2, 40, 20, 9, 8, 80, 2, 30, 1 };
	wording_shorten(&w, frequency);
	struct buf out = buf_new(1000);
	wording_join(&w, &out);
	assert_string_equal(buf_span(&out).p, "tenant give three months");
	buf_free(&out);
	wording_free(&w);
	struct wording one = wording_of(span_of("alone"));
	wording_shorten(&one, frequency);
	assert_int_equal(one.n, 1);
	wording_free(&one);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words_have_no_punctuation_at_their_ends),
		cmocka_unit_test(unspaced_text_stays_together),
		cmocka_unit_test(keys_fold_ascii_case),
		cmocka_unit_test(headings),
		cmocka_unit_test(sentences),
		cmocka_unit_test(a_sentence_is_shortened),
	};
	return cmocka_run_group_tests_name("wording", tests, NULL, NULL);
}
