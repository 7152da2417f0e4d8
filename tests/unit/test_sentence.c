#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>
#include <pthread.h>

#include "base/boundaries.h"
#include "base/buf.h"
#include "base/sentence.h"

/* The text without its bars must be cut where the bars stand. */
static void assert_cut(const char *marked)
{
	struct buf text = buf_new(10000), got = buf_new(10000);
	for (const char *p = marked; *p; p++)
		if (*p != '|')
			buf_add_byte(&text, *p);
	size_t *ends, n = sentence_ends(buf_span(&text), &ends), from = 0;
	for (size_t i = 0; i < n; i++) {
		buf_add(&got, text.p + from, ends[i] - from);
		if (i + 1 < n)
			buf_add_byte(&got, '|');
		from = ends[i];
	}
	assert_int_equal(from, text.len);
	assert_string_equal(got.p ? got.p : "", marked);
	free(ends);
	buf_free(&text);
	buf_free(&got);
}

static void sentences_end_where_readers_say(void **state)
{
	(void)state;
	static const char *const cases[] = {
		"One.",
		"One. |Two! |Three? |Four",
		"  Leading and trailing space.  ",
		"It costs 3.50 euros, e.g. in Berlin. |Dr. Smith and J. R. Jones agree, cf. Fig. 3.",
		"Das gilt z. B. für Nr. 5, d. h. ab dem 3. Oktober. |Danach nicht.",
		"He said \"Stop!\" and left. |\"Really?\" |(Yes.) |So it is.",
		"1. First thing. |2. Second thing.",
		"In 1990. |Then more.",
		"The answer is no. |He left. |See no. 5 there.",
		"See Prof. Müller. |Vitamin is good, etc. |The end.",
		"Is iPhone 5.1 good? |See www.example.com for more. |Done.",
		"A line that was wrapped by an editor because it\nwas too long goes on. |And another.",
		"Short line\n|Another line\n|- item",
		"A paragraph without a stop\n\n|Another one",
		"The following:\n|One thing",
		"今天天气很好。|我们去公园吧！|“好的。”|他说。",
		"これは文です。|次の文です。",
		"Привет, мир. |А. С. Пушкин родился в 1799 г. в Москве. |Да.",
		"Wait… what? |Yes...",
		"यह एक वाक्य है। |दूसरा वाक्य।",
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		assert_cut(cases[i]);
}

static void thai_is_cut_at_spaces(void **state)
{
	(void)state;
	assert_cut("สัญญาเช่าฉบับนี้ทำขึ้นระหว่างผู้ให้เช่าและผู้เช่าเพื่อใช้เป็นที่อยู่อาศัย |"
	           "ผู้เช่าตกลงชำระค่าเช่าทุกวันที่ 5 ของเดือนให้แก่ผู้ให้เช่าโดยการโอนเงิน |"
	           "หากผิดนัด");
}

static void an_empty_text_has_no_sentence(void **state)
{
	(void)state;
	size_t *ends;
	assert_int_equal(sentence_ends((struct span){ "", 0 }, &ends), 0);
	free(ends);
	assert_int_equal(sentence_ends((struct span){ " \n\n ", 4 }, &ends), 1);
	assert_int_equal(ends[0], 4);
	free(ends);
}

static void a_long_text_is_covered(void **state)
{
	(void)state;
	struct buf b = buf_new((size_t)64 << 20);
	while (b.len < (size_t)20 << 20)
		buf_add_str(&b, "A sentence stands here. ");
	size_t *ends, n = sentence_ends(buf_span(&b), &ends);
	assert_int_equal(n, b.len / 24);
	for (size_t i = 0; i < n; i++)
		assert_int_equal(ends[i], (i + 1) * 24);
	free(ends);
	buf_free(&b);
}

static void *cut_again_and_again(void *arg)
{
	(void)arg;
	for (int i = 0; i < 200; i++) {
		size_t *ends;
		if (sentence_ends(span_of("One. Two. Three."), &ends) != 3)
			abort();
		free(ends);
		if (boundary_ends(BOUNDARY_LINE, span_of("some words"), &ends) != 2)
			abort();
		free(ends);
	}
	return NULL;
}

static void threads_may_cut_at_once(void **state)
{
	(void)state;
	pthread_t threads[8];
	for (size_t i = 0; i < 8; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, cut_again_and_again, NULL), 0);
	for (size_t i = 0; i < 8; i++)
		pthread_join(threads[i], NULL);
}

static void graphemes_stay_whole(void **state)
{
	(void)state;
	size_t *ends, n = boundary_ends(BOUNDARY_GRAPHEME, span_of("e\xCC\x81x👩‍👩‍👧"), &ends);
	assert_int_equal(n, 3);
	assert_int_equal(ends[0], 3);
	assert_int_equal(ends[1], 4);
	free(ends);
}

static void white_space_is_trimmed(void **state)
{
	(void)state;
	struct span t = trim_white_space(span_of("\xE3\x80\x80 a b\xC2\xA0\n"));
	assert_int_equal(t.len, 3);
	assert_memory_equal(t.p, "a b", 3);
	assert_int_equal(leading_white_space(span_of("\xE2\x80\x83\tx")), 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sentences_end_where_readers_say),
		cmocka_unit_test(thai_is_cut_at_spaces),
		cmocka_unit_test(an_empty_text_has_no_sentence),
		cmocka_unit_test(a_long_text_is_covered),
		cmocka_unit_test(threads_may_cut_at_once),
		cmocka_unit_test(graphemes_stay_whole),
		cmocka_unit_test(white_space_is_trimmed),
	};
	return cmocka_run_group_tests_name("sentence", tests, NULL, NULL);
}
