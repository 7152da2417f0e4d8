#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/mem.h"
#include "query/duplicates.h"

#define MAX_TEXTS 4

struct group_case {
	const char *what;
	const char *texts[MAX_TEXTS];
	size_t expected[MAX_TEXTS];
};

#define LICENCE \
	"Permission is hereby granted, free of charge, to any person obtaining a copy of this software " \
	"and associated documentation files, to deal in the software without restriction, including " \
	"without limitation the rights to use, copy, modify, merge, publish, distribute and sell copies."
#define CHINESE "猫坐在垫子上看着窗外的鸟儿飞来飞去直到太阳下山才回到屋子里面睡觉"
#define THAI "แมวนั่งอยู่บนเสื่อและมองดูนกที่บินไปมาอยู่นอกหน้าต่างจนพระอาทิตย์ตกดิน"

static const struct group_case cases[] = {
	{ "the same", { LICENCE, "Something else altogether.", LICENCE }, { 0, 1, 0 } },
	{ "but for case, white space and punctuation",
	  { "The tenant must give three months of notice, in writing.",
	    "the  Tenant must\ngive three months of notice in writing!" },
	  { 0, 0 } },
	{ "but for a word at the end", { "Copyright 2019 Ann Author. " LICENCE,
	                                 "Copyright 2024 Somebody Else. " LICENCE },
	  { 0, 0 } },
	{ "one that is within an earlier one", { "Before it. " LICENCE " And a good deal behind it, too.",
	                                         LICENCE },
	  { 0, 0 } },
	{ "one that holds an earlier one and much more",
	  { "Mix flour, water and salt and let the dough rest overnight.",
	    "Mix flour, water and salt and let the dough rest overnight. In the morning fold it four times, "
	    "shape two loaves, and bake them on a hot stone for forty minutes until they sound hollow." },
	  { 0, 1 } },
	{ "the same words in another order",
	  { "the dog bit the man in the park near the lake on a sunday",
	    "on a sunday near the lake in the park the man bit the dog" },
	  { 0, 1 } },
	{ "one topic, other words",
	  { "The tenant gives three months of notice before moving out of the flat.",
	    "Before moving out of the house, the tenant gives notice three months ahead." },
	  { 0, 1 } },
	{ "no chain: the third resembles the second, which is folded, and not the first",
	  { LICENCE " One two three four five six.", LICENCE, LICENCE " Seven eight nine ten eleven." },
	  { 0, 0, 2 } },
	{ "Chinese", { CHINESE "。", "今天天气很好我们去公园散步看花听音乐然后回家吃晚饭", CHINESE },
	  { 0, 1, 0 } },
	{ "Thai", { THAI, "ราคาน้ำมันลดลงอย่างต่อเนื่องในช่วงสามเดือนที่ผ่านมา", THAI " " }, { 0, 1, 0 } },
	{ "few words", { "Yes.", "no", "yes", "Yes, we do" }, { 0, 1, 0, 3 } },
	{ "no words", { "---", "***", "---", "" }, { 0, 1, 0, 3 } },
	{ "empty ones", { "", "a b c d e f", "" }, { 0, 1, 0 } },
	{ "broken UTF-8", { "\xFF\xFE one two three four", "\xFF\xFE one two three four", "\xC3" },
	  { 0, 0, 2 } },
};

static void the_best_stands_for_the_others(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct span texts[MAX_TEXTS];
		size_t n = 0, found[MAX_TEXTS];
		for (; n < MAX_TEXTS && cases[i].texts[n]; n++)
			texts[n] = span_of(cases[i].texts[n]);
		duplicates_find(texts, n, found);
		for (size_t j = 0; j < n; j++)
			if (found[j] != cases[i].expected[j])
				fail_msg("%s: text %zu: %zu, expected %zu", cases[i].what, j, found[j],
				         cases[i].expected[j]);
	}
	duplicates_find(NULL, 0, NULL);
}

/* --- against the definition, by brute force ---------------------------------------- */

enum { N_WORDS = 60, N_TEXTS = 40 };

static uint32_t seed = 12345;

static uint32_t random_below(uint32_t n)
{
	seed = seed * 1664525u + 1013904223u;
	return (uint32_t)((uint64_t)seed * n >> 32);
}

static size_t different(uint32_t words[N_WORDS][4], size_t n, size_t i)
{
	for (size_t j = 0; j < i && j < n; j++)
		if (memcmp(words[j], words[i], sizeof words[i]) == 0)
			return 0;
	return 1;
}

static size_t shingles_of(const uint32_t *text, uint32_t out[N_WORDS][4])
{
	size_t n = 0;
	for (size_t i = 0; i + 4 <= N_WORDS; i++) {
		memcpy(out[n], text + i, 4 * sizeof *text);
		n += different(out, n, n);
	}
	return n;
}

static size_t shared(const uint32_t *a, const uint32_t *b, size_t *n_a, size_t *n_b)
{
	uint32_t x[N_WORDS][4], y[N_WORDS][4];
	size_t both = 0;
	*n_a = shingles_of(a, x);
	*n_b = shingles_of(b, y);
	for (size_t i = 0; i < *n_a; i++)
		for (size_t j = 0; j < *n_b; j++)
			both += memcmp(x[i], y[j], sizeof x[i]) == 0;
	return both;
}

/* Texts of 60 words out of 30, each a copy of an earlier one with some changed. */
static void make_texts(uint32_t words[N_TEXTS][N_WORDS], struct buf *texts)
{
	for (size_t t = 0; t < N_TEXTS; t++) {
		size_t from = t > 3 ? random_below((uint32_t)t) : t;
		uint32_t changes = t > 3 ? random_below(7) : N_WORDS;
		for (size_t i = 0; i < N_WORDS; i++)
			words[t][i] = changes == N_WORDS ? random_below(30) : words[from][i];
		for (uint32_t i = 0; changes < N_WORDS && i < changes; i++)
			words[t][random_below(N_WORDS)] = random_below(30);
		texts[t] = buf_new(4096);
		for (size_t i = 0; i < N_WORDS; i++)
			buf_printf(&texts[t], "w%u ", (unsigned)words[t][i]);
	}
}

static void as_the_definition_says(void **state)
{
	(void)state;
	size_t n_folded = 0;
	for (int round = 0; round < 20; round++) {
		uint32_t words[N_TEXTS][N_WORDS];
		struct buf texts[N_TEXTS];
		struct span spans[N_TEXTS];
		size_t found[N_TEXTS];
		make_texts(words, texts);
		for (size_t i = 0; i < N_TEXTS; i++)
			spans[i] = buf_span(&texts[i]);
		duplicates_find(spans, N_TEXTS, found);
		for (size_t i = 0; i < N_TEXTS; i++) {
			size_t expected = i;
			for (size_t j = 0; j < i && expected == i; j++) {
				size_t a, b, both = shared(words[i], words[j], &a, &b);
				bool same = (double)both >= DUPLICATES_RESEMBLANCE * (double)(a + b - both) ||
				            (double)both >= DUPLICATES_CONTAINMENT * (double)a;
				if (found[j] == j && same)
					expected = j;
			}
			assert_int_equal(found[i], expected);
			n_folded += found[i] != i;
		}
		for (size_t i = 0; i < N_TEXTS; i++)
			buf_free(&texts[i]);
	}
	assert_in_range(n_folded, 50, 700); /* the cases are neither all alike nor all different */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_best_stands_for_the_others),
		cmocka_unit_test(as_the_definition_says),
	};
	return cmocka_run_group_tests_name("duplicates", tests, NULL, NULL);
}
