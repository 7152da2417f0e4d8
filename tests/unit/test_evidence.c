#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/columns.h"
#include "base/utf8.h"
#include "query/evidence.h"
#include "query/snippet.h"

static void finds(const char *question, const char *passage, const char *sentence)
{
	size_t start = 0, end = 0;
	bool found = evidence_find(span_of(question), span_of(passage), &evidence_words, &start, &end);
	if (!sentence) {
		assert_false(found);
		return;
	}
	assert_true(found);
	assert_int_equal(end - start, strlen(sentence));
	assert_memory_equal(passage + start, sentence, end - start);
}

static void the_sentence_that_shares_most(void **state)
{
	(void)state;
	const char *passage = "The flat is on the second floor. A tenant must give three months' NOTICE. "
	                      "Pets are allowed in the flat.\n";
	finds("how much notice must tenants give", passage,
	      "A tenant must give three months' NOTICE.");
	finds("are pets allowed", passage, "Pets are allowed in the flat.");
	finds("quantum chromodynamics", passage, NULL);
	finds("the of is", "", NULL);
	finds("?!", passage, NULL);
	finds("", passage, NULL);
}

static void other_scripts(void **state)
{
	(void)state;
	finds("Kündigungsfrist der Mieterin",
	      "Die Miete ist am Ersten fällig. Die KÜNDIGUNGSFRIST beträgt drei Monate.",
	      "Die KÜNDIGUNGSFRIST beträgt drei Monate.");
	finds("退租需要提前通知", "房租每月一日支付。退租应提前三个月通知房东。", "退租应提前三个月通知房东。");
}

static size_t one_piece(const void *ctx, struct span text, uint32_t *ids, size_t max)
{
	(void)ctx;
	if (!text.len || !max)
		return 0;
	ids[0] = (unsigned char)text.p[0];
	return 1;
}

static double one(const void *ctx, uint32_t id)
{
	(void)ctx;
	(void)id;
	return 1;
}

static void pieces_may_come_from_elsewhere(void **state)
{
	(void)state;
	const struct evidence_pieces first_letters = { one_piece, one, NULL };
	size_t start, end;
	assert_true(evidence_find(span_of("B?"), span_of("Abc here. Bcd there."), &first_letters, &start,
	                          &end));
	assert_int_equal(start, 10);
	assert_int_equal(end, 20);
}

static void snippets_fit(void **state)
{
	(void)state;
	const char *text = "One two three.  Four\nfive six seven eight nine ten. Eleven twelve 十三十四十五"
	                   "十六十七十八 e\xCC\x81t\xC3\xA9 fin";
	struct span passage = span_of(text);
	for (size_t columns = 1; columns < 100; columns++) {
		for (size_t from = 0; from <= passage.len; from++) {
			if (from < passage.len && ((unsigned char)text[from] & 0xC0) == 0x80)
				continue;
			size_t to = utf8_floor(text, passage.len, from + 9 > passage.len ? passage.len : from + 9);
			struct snippet s = snippet_make(passage, from, to, columns);
			assert_true(columns_in((struct span){ s.text, s.len }) <= columns);
			assert_true(utf8_is_valid(s.text, s.len));
			assert_true(s.mark_start <= s.mark_end && s.mark_end <= s.len);
			snippet_free(&s);
		}
	}
}

static void snippets_hold_their_evidence(void **state)
{
	(void)state;
	char text[2000] = "";
	for (int i = 0; i < 60; i++)
		strcat(text, i == 40 ? "Here it  is. " : "Some other words. ");
	size_t at = (size_t)(strstr(text, "Here") - text);
	struct snippet s = snippet_make(span_of(text), at, at + 12, 80);
	assert_int_equal(s.mark_end - s.mark_start, 11);
	assert_memory_equal(s.text + s.mark_start, "Here it is.", 11);
	assert_true(s.cut_before && s.cut_after);
	assert_true(s.mark_start > 0);
	snippet_free(&s);
	s = snippet_make(span_of("  all\tof it \n"), 0, 0, 80);
	assert_string_equal(s.text, "all of it");
	assert_false(s.cut_before || s.cut_after);
	snippet_free(&s);
	s = snippet_make(span_of(""), 0, 0, 80);
	assert_int_equal(s.len, 0);
	snippet_free(&s);
	/* evidence at the very beginning, and the whole of a text */
	s = snippet_make(span_of("First it is."), 0, 12, 80);
	assert_int_equal(s.mark_start, 0);
	assert_int_equal(s.mark_end, 12);
	snippet_free(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_sentence_that_shares_most),
		cmocka_unit_test(other_scripts),
		cmocka_unit_test(pieces_may_come_from_elsewhere),
		cmocka_unit_test(snippets_fit),
		cmocka_unit_test(snippets_hold_their_evidence),
	};
	return cmocka_run_group_tests_name("evidence", tests, NULL, NULL);
}
