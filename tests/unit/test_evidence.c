#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/columns.h"
#include "base/utf8.h"
#include "query/evidence.h"
#include "query/snippet.h"

/* What is marked, with "|" between two ranges, is `wanted`; NULL: nothing. */
static void is_marked(const struct evidence *e, const char *passage, const char *wanted)
{
	char marked[4096] = "";
	for (size_t i = 0; i < e->n; i++)
		snprintf(marked + strlen(marked), sizeof marked - strlen(marked), "%s%.*s", i ? "|" : "",
		         (int)(e->ranges[i].end - e->ranges[i].start), passage + e->ranges[i].start);
	assert_string_equal(marked, wanted ? wanted : "");
	assert_int_equal(e->n > 0, wanted != NULL);
}

static void finds(const char *question, const char *passage, const char *wanted)
{
	struct evidence found;
	struct span text = span_of(passage);
	evidence_find(span_of(question), &text, 1, &found);
	is_marked(&found, passage, wanted);
}

static void the_sentence_that_shares_most(void **state)
{
	(void)state;
	const char *passage = "The flat is on the second floor. A tenant must give three months' NOTICE. "
	                      "Pets are allowed in the flat.\n";
	finds("how much notice must tenants give", passage,
	      "A tenant must give three months' NOTICE.");
	finds("are pets allowed", passage, "Pets are allowed in the flat.");
	finds("is a pet allowable", passage, "Pets are allowed in the flat.");
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
	/* few of the question's words are there, and fewer of the pairs between them */
	finds("药剂师被禁止开展什么行为", "药房早上八点开门。药剂师不能收取回扣。公园在街对面。",
	      "药剂师不能收取回扣。");
	finds("해지 통지 기간", "월세는 매월 초에 냅니다. 해지는 석 달 전에 통지해야 합니다.",
	      "해지는 석 달 전에 통지해야 합니다.");
}

#define FILLER                                                                                     \
	"Nobody knows who built the old mill by the river. Its wheel has not turned for years. "       \
	"Children play there in the long evenings. "

static void a_second_sentence(void **state)
{
	(void)state;
	finds("Which fee is charged for parking, and which penalty?",
	      FILLER "The parking fee is two euros. Birds sing. " FILLER
	             "The penalty for parking longer is charged at once. " FILLER,
	      "The parking fee is two euros.|The penalty for parking longer is charged at once.");
	/* two that follow one another are one range */
	finds("Which fee is charged for parking, and which penalty?",
	      FILLER FILLER "The parking fee is two euros.  The penalty for parking longer is "
	                    "charged at once. " FILLER,
	      "The parking fee is two euros.  The penalty for parking longer is charged at once.");
	/* one that says little is left out, and so is what would mark most of a passage */
	finds("Which fee is charged for parking, and which penalty?",
	      FILLER "The parking fee and the penalty are charged. " FILLER "Which is it? ",
	      "The parking fee and the penalty are charged.");
	finds("parking fee, parking penalty", "The parking fee is two euros. The parking penalty is nine.",
	      "The parking penalty is nine.");
}

/* A word that every passage has says little in each. */
static void words_are_weighed_by_the_passages(void **state)
{
	(void)state;
	const char *texts[] = {
		"The gearbox is in the cellar of the mill. The oil is changed in spring. Nobody was there.",
		"A gearbox needs care. The gearbox was made in 1910. This gearbox is loud. Gearbox!",
		"Whoever opens the gearbox finds a gearbox. The gearbox again. It is a gearbox.",
	};
	struct span passages[3];
	struct evidence found[3];
	for (size_t i = 0; i < 3; i++)
		passages[i] = span_of(texts[i]);
	evidence_find(span_of("gearbox oil"), passages, 3, found);
	is_marked(&found[0], texts[0], "The oil is changed in spring.");
	evidence_find(span_of("gearbox oil"), passages, 0, found);
}

static void long_sentences_are_divided(void **state)
{
	(void)state;
	const char *lower =
		"the company was founded in a small town by two brothers who had been sailors. it bought "
		"a brewery in the following year and sold it again with a loss of nine million. after the "
		"strike all workers were given a share in the profits of their own department. the board "
		"met every second month in the hall above the harbour and nobody kept the minutes.";
	finds("what did the workers get after the strike", lower,
	      "after the strike all workers were given a share in the profits of their own department.");
	const char *table =
		"year | income from the sale of timber | income from the lease of land | all costs\n"
		"two thousand and one | eleven million | twelve million | thirteen million of francs\n"
		"two thousand and two | fourteen million | fifteen million | sixteen million of francs\n"
		"two thousand and six | seventeen million | eighteen million | nineteen million of francs\n";
	finds("lease income of the year: fifteen million?", table,
	      "year | income from the sale of timber | income from the lease of land | all costs|"
	      "two thousand and two | fourteen million | fifteen million | sixteen million of francs");
}

static void check_ranges(const struct evidence *e, struct span text)
{
	size_t last = 0;
	assert_true(e->n <= EVIDENCE_MAX);
	for (size_t i = 0; i < e->n; i++) {
		assert_true(i == 0 || e->ranges[i].start > last);
		assert_true(e->ranges[i].start < e->ranges[i].end && e->ranges[i].end <= text.len);
		assert_int_equal(utf8_floor(text.p, text.len, e->ranges[i].start), e->ranges[i].start);
		assert_int_equal(utf8_floor(text.p, text.len, e->ranges[i].end), e->ranges[i].end);
		last = e->ranges[i].end;
	}
}

/* Made of what decides where a sentence ends: any order, and far more than is looked at. */
static void any_text(void **state)
{
	(void)state;
	static const char *const pieces[] = { "a", "Fee ", ".", " ", "\n", "|", "é", "漢", "ก", ";",
		                                  "fine ", "\t", "five. six ", "!", "\xF0\x9F\x98\x80" };
	uint32_t random = 1;
	size_t n_found = 0;
	char *text = malloc(200000);
	for (size_t round = 0; round < 300; round++) {
		size_t len = 0, max = round == 0 ? 190000 : 900;
		while (len < max) {
			random = random * 1664525 + 1013904223;
			const char *piece = pieces[(random >> 16) % (sizeof pieces / sizeof *pieces)];
			memcpy(text + len, piece, strlen(piece));
			len += strlen(piece);
		}
		struct span passages[] = { { text, len }, { text, 0 }, { text, len } };
		struct evidence found[3];
		evidence_find((struct span){ text, len / 2 }, passages, 3, found);
		for (size_t i = 0; i < 3; i++)
			check_ranges(&found[i], passages[i]);
		assert_int_equal(found[1].n, 0);
		n_found += found[0].n > 0;
	}
	assert_true(n_found > 100);
	free(text);
}

/* [from, to) of text on boundaries of its characters. */
static struct evidence_range range_at(struct span text, size_t from, size_t to)
{
	return (struct evidence_range){ utf8_floor(text.p, text.len, from < text.len ? from : text.len),
		                            utf8_floor(text.p, text.len, to < text.len ? to : text.len) };
}

static void check_snippet(struct span passage, const struct evidence *e, size_t columns)
{
	struct snippet s = snippet_make(passage, e, columns);
	struct span text = { s.text, s.len };
	assert_true(columns_in(text) <= columns);
	assert_true(utf8_is_valid(s.text, s.len));
	assert_true(s.marks.n <= e->n);
	for (size_t i = 0; i < s.marks.n; i++)
		assert_true(s.marks.ranges[i].start < s.marks.ranges[i].end &&
		            s.marks.ranges[i].end <= s.len);
	snippet_free(&s);
}

static void snippets_fit(void **state)
{
	(void)state;
	const char *text = "One two three.  Four\nfive six seven eight nine ten. Eleven twelve 十三十四十五"
	                   "十六十七十八 e\xCC\x81t\xC3\xA9 fin; and so on until the line is a long one";
	struct span passage = span_of(text);
	for (size_t columns = 1; columns < 130; columns++)
		for (size_t from = 0; from <= passage.len; from++) {
			struct evidence e = { .n = 1 };
			e.ranges[0] = range_at(passage, from, from + 9);
			check_snippet(passage, &e, columns);
			for (size_t apart = 10; apart < 110; apart += 25) {
				e.n = 2;
				e.ranges[1] = range_at(passage, from + apart, from + apart + 7);
				check_snippet(passage, &e, columns);
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
	struct evidence e = { .ranges = { { at, at + 12 } }, .n = 1 };
	struct snippet s = snippet_make(span_of(text), &e, 80);
	is_marked(&s.marks, s.text, "Here it is.");
	assert_true(s.cut_before && s.cut_after);
	assert_true(s.marks.ranges[0].start > 0);
	snippet_free(&s);
	s = snippet_make(span_of("  all\tof it \n"), NULL, 80);
	assert_string_equal(s.text, "all of it");
	assert_false(s.cut_before || s.cut_after);
	snippet_free(&s);
	s = snippet_make(span_of(""), NULL, 80);
	assert_int_equal(s.len, 0);
	snippet_free(&s);
	/* evidence at the very beginning, and the whole of a text */
	e.ranges[0] = (struct evidence_range){ 0, 12 };
	s = snippet_make(span_of("First it is."), &e, 80);
	is_marked(&s.marks, s.text, "First it is.");
	snippet_free(&s);
}

static void snippets_of_two_pieces(void **state)
{
	(void)state;
	char text[2000] = "";
	for (int i = 0; i < 60; i++)
		strcat(text, i == 20 ? "Here it is. " : i == 40 ? "There it was. " : "Some other words. ");
	size_t a = (size_t)(strstr(text, "Here") - text), b = (size_t)(strstr(text, "There") - text);
	struct evidence e = { .ranges = { { a, a + 11 }, { b, b + 13 } }, .n = 2 };
	struct snippet s = snippet_make(span_of(text), &e, 80);
	is_marked(&s.marks, s.text, "Here it is.|There it was.");
	const char *gap = strstr(s.text, " … ");
	assert_non_null(gap);
	assert_true((size_t)(gap - s.text) == s.marks.ranges[0].end);
	assert_true(s.marks.ranges[1].start == s.marks.ranges[0].end + strlen(" … "));
	assert_true(s.cut_before && s.cut_after && columns_in(span_of(s.text)) > 60);
	snippet_free(&s);
	/* near enough for one piece */
	s = snippet_make(span_of(text + a - 18), &(struct evidence){ { { 18, 29 }, { 53, 58 } }, 2 }, 80);
	is_marked(&s.marks, s.text, "Here it is.|other");
	assert_null(strstr(s.text, "…"));
	snippet_free(&s);
	/* both longer than half of the room */
	e = (struct evidence){ { { 0, 300 }, { 400, 700 } }, 2 };
	s = snippet_make(span_of(text), &e, 80);
	assert_int_equal(s.marks.n, 2);
	assert_true(s.marks.ranges[0].end > 20 && s.len - s.marks.ranges[1].start > 20);
	snippet_free(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_sentence_that_shares_most),
		cmocka_unit_test(other_scripts),
		cmocka_unit_test(a_second_sentence),
		cmocka_unit_test(words_are_weighed_by_the_passages),
		cmocka_unit_test(long_sentences_are_divided),
		cmocka_unit_test(any_text),
		cmocka_unit_test(snippets_fit),
		cmocka_unit_test(snippets_hold_their_evidence),
		cmocka_unit_test(snippets_of_two_pieces),
	};
	return cmocka_run_group_tests_name("evidence", tests, NULL, NULL);
}
