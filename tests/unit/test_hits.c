#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "query/hits.h"
#include "query/matches.h"
#include "query/rank.h"

/* --- folding --------------------------------------------------------------------------------- */

static const char *const texts[] = {
	['a'] = "The heron stands in the reeds from dawn until the first boats come by.",
	['A'] = "The Heron stands in the reeds,\nfrom dawn until the first boats come by!",
	['b'] = "Give three months of notice in writing before you leave the flat.",
	['B'] = "Give three months of notice in writing before you leave the flat.",
	['c'] = "Mix flour and water, and let the dough rest overnight under a cloth.",
};

/* A hit for each letter of texts, at the path /LETTERPLACE. */
static struct hits hits_of(const char *letters)
{
	struct hits hits = { .n = strlen(letters) };
	hits.items = mem_zalloc(hits.n, sizeof *hits.items);
	for (size_t i = 0; i < hits.n; i++) {
		struct hit *h = &hits.items[i];
		char path[24];
		snprintf(path, sizeof path, "/%c%zu", letters[i], i);
		h->path = mem_strdup(path);
		h->text = mem_strdup(texts[(unsigned char)letters[i]]);
		h->text_len = strlen(h->text);
		h->score = (double)(100 - i);
	}
	return hits;
}

/* What is left, "RANK:PATH+PATH …", the paths of what is folded behind the +. */
static void assert_folded(const char *letters, size_t k, const char *wanted, size_t n_folded)
{
	char line[256] = "";
	size_t len = 0;
	struct hits hits = hits_of(letters);
	hits_fold(&hits, k);
	for (size_t i = 0; i < hits.n; i++) {
		const struct hit *h = &hits.items[i];
		len += (size_t)snprintf(line + len, sizeof line - len, "%s%zu:%s", i ? " " : "", h->rank, h->path);
		for (size_t j = 0; j < h->n_also; j++)
			len += (size_t)snprintf(line + len, sizeof line - len, "+%s", h->also[j]);
		assert_true(i == 0 || hits.items[i - 1].score > h->score);
		assert_int_equal(h->text_len, strlen(h->text));
	}
	assert_string_equal(line, wanted);
	assert_int_equal(hits.n_folded, n_folded);
	hits_free(&hits);
}

static void what_says_the_same_is_folded(void **state)
{
	(void)state;
	assert_folded("", 5, "", 0);
	assert_folded("abc", 5, "1:/a0 2:/b1 3:/c2", 0);
	assert_folded("abAcB", 5, "1:/a0+/A2 2:/b1+/B4 3:/c3", 2);
	assert_folded("aaaa", 5, "1:/a0+/a1+/a2+/a3", 3);
	assert_folded("cBbaA", 5, "1:/c0 2:/B1+/b2 3:/a3+/A4", 2);
}

static void k_hits_are_kept(void **state)
{
	(void)state;
	assert_folded("abc", 2, "1:/a0 2:/b1", 0);
	assert_folded("abc", 0, "", 0);
	/* copies take no place, and are told of though they come behind the last place */
	assert_folded("aAb", 2, "1:/a0+/A1 2:/b2", 1);
	assert_folded("abcA", 2, "1:/a0+/A3 2:/b1", 1);
	/* a copy of what has no place has none either, and is not of another hit */
	assert_folded("abBc", 1, "1:/a0", 0);
	assert_folded("acbBA", 1, "1:/a0+/A4", 1);
}

/* --- scores ---------------------------------------------------------------------------------- */

static const struct search_options hybrid = { .mode = SEARCH_HYBRID, .min_score = NAN };

static struct ranker ranker_of(const struct search_options *opt, bool has_background)
{
	struct ranker r = { .opt = opt, .model.dim = 8 };
	if (has_background)
		r.background = (struct background){ .dim = 8, .n_cohort = 1, .pair_mean = 0.2,
			                            .pair_deviation = 0.1 };
	return r;
}

/* One pair in two, in a hundred, in ten thousand. */
static void scores_by_hand(void **state)
{
	(void)state;
	static const double over[] = { 0, 2.3263479, 3.7190165 }, wanted[] = { 1.50515, 10, 20 };
	struct ranker r = ranker_of(&hybrid, true);
	struct ranked ranked = { .level = -0.5 };
	for (size_t i = 0; i < 3; i++) {
		assert_true(fabs(rank_score(&r, &ranked, 0.5 + over[i]) - wanted[i]) < 1e-4);
	}
}

static void a_score_rises_with_what_is_ranked_by(void **state)
{
	(void)state;
	static const double levels[] = { 0, -3, 40 };
	for (size_t i = 0; i < sizeof levels / sizeof *levels; i++) {
		struct ranker r = ranker_of(&hybrid, true);
		struct ranked ranked = { .level = levels[i] };
		double before = 0;
		for (double fused = -50; fused < 200; fused += 0.25) {
			double score = rank_score(&r, &ranked, fused);
			assert_true(score >= before && score <= 100);
			assert_false(signbit(score)); /* no "-0.0" on the screen */
			before = score;
		}
	}
}

/* Cosines .5 and .3, pairs of .2 on average with a deviation of .1: the best is three deviations
 * above them, one above the general questions, which are two above. */
static void the_level_by_hand(void **state)
{
	(void)state;
	struct err err = { 0 };
	struct search_options dense_only = { .mode = SEARCH_DENSE, .min_score = NAN };
	struct ranker r = ranker_of(&dense_only, true);
	struct ranked ranked;
	struct store_chunk_ref refs[2] = { { .vector_id = 1 }, { .vector_id = 2 } };
	r.refs = refs;
	r.n_refs = 2;
	r.weights = (struct fuse_weights){ .lexical = 1, .familiarity = 1 };
	struct dense_answer dense = { .scores = mem_floats(2), .level = 2, .mean = 0.4, .variance = 0.01 };
	dense.scores[0] = 0.3f;
	dense.scores[1] = 0.5f;
	assert_int_equal(rank_question(&r, (struct span){ "x", 1 }, &dense, 2, 0, &ranked, &err), 0);
	assert_int_equal(ranked.best.items[0].id, 1);
	double best = ranked.best.items[0].score, other = ranked.best.items[1].score;
	assert_true(fabs(ranked.level + best - 3) < 1e-5);
	/* as near as the general questions is just what a hit must have */
	assert_true(fabs(rank_score(&r, &ranked, best - 1) - 8.215) < 1e-3);
	assert_true(SEARCH_LEAST_SCORE < 8.215 && SEARCH_LEAST_SCORE > 8.1);
	/* the other follows by what it is behind */
	assert_true(fabs(ranked.level + other - (3 - (best - other))) < 1e-5);
	ranked_free(&ranked);
	/* a model that hardly knows the language denies little */
	r.weights.familiarity = 0.1;
	dense = (struct dense_answer){ .scores = mem_floats(2), .level = 12, .mean = 0.4, .variance = 0.01 };
	dense.scores[0] = 0.3f;
	dense.scores[1] = 0.5f;
	assert_int_equal(rank_question(&r, (struct span){ "x", 1 }, &dense, 2, 0, &ranked, &err), 0);
	assert_true(fabs(ranked.level + ranked.best.items[0].score - 1.1) < 1e-4); /* 2 + .1 · (3 - 12) */
	ranked_free(&ranked);
}

static void scores_of_other_kinds(void **state)
{
	(void)state;
	const struct search_options lexical = { .mode = SEARCH_LEXICAL, .min_score = NAN },
	                            by_ranks = { .fusion = FUSION_RANKS, .min_score = NAN };
	struct ranked ranked = { .evidence = { .ideal = 40 }, .spread = { .contrast = 1 } };
	struct ranker r = ranker_of(&lexical, true);
	assert_true(fabs(rank_score(&r, &ranked, 10) - 25) < 1e-9);
	assert_true(fabs(rank_score(&r, &ranked, 50) - 100) < 1e-9);
	ranked.evidence.ideal = 0;
	assert_true(fabs(rank_score(&r, &ranked, 0)) < 1e-9);
	r = ranker_of(&by_ranks, true);
	assert_true(fabs(rank_score(&r, &ranked, 1 / 61.0) - 1 / 61.0) < 1e-9);
}

static void the_least_score(void **state)
{
	(void)state;
	struct search_options opt = hybrid;
	struct ranker r = ranker_of(&opt, true);
	assert_true(fabs(rank_least_score(&r) - SEARCH_LEAST_SCORE) < 1e-9);
	r.background.n_cohort = 0; /* of a server's model: nothing is refused */
	assert_true(rank_least_score(&r) <= 0);
	r = ranker_of(&opt, false);
	assert_true(rank_least_score(&r) <= 0);
	r = ranker_of(&opt, true);
	opt.mode = SEARCH_LEXICAL;
	assert_true(rank_least_score(&r) <= 0);
	opt.mode = SEARCH_HYBRID;
	opt.fusion = FUSION_RANKS;
	assert_true(rank_least_score(&r) <= 0);
	opt.min_score = 7.5;
	assert_true(fabs(rank_least_score(&r) - 7.5) < 1e-9);
}

/* --- matches --------------------------------------------------------------------------------- */

/* The words, "WORD|WORD …", in the order of the question. */
static void assert_matches(const char *question, const char *text, const char *heading, const char *wanted)
{
	const char *const languages[] = { "en" };
	struct span of[] = { span_of(text), span_of(heading) };
	char line[256] = "", **words;
	size_t n = matches_find(span_of(question), of, 2, languages, 1, &words);
	for (size_t i = 0; i < n; i++) {
		snprintf(line + strlen(line), sizeof line - strlen(line), "%s%s", i ? "|" : "", words[i]);
		free(words[i]);
	}
	free(words);
	assert_string_equal(line, wanted);
}

static void words_that_a_passage_has(void **state)
{
	(void)state;
	assert_matches("", "", "", "");
	assert_matches("heron", "", "", "");
	assert_matches("a lantern for Herons", "heron by heron", "Lanterns", "lantern|Herons");
	assert_matches("heron Heron", "a heron", "", "heron");
	assert_matches("café", "cafe", "", "café");
	assert_matches("parse_http_date", "parseHTTPDate()", "", "parse|parse_http_date|http|date");
	assert_matches("http_date", "a date by http", "", "http|date");
	assert_matches("京大", "北京大学", "", "京大");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_says_the_same_is_folded),
		cmocka_unit_test(k_hits_are_kept),
		cmocka_unit_test(scores_by_hand),
		cmocka_unit_test(a_score_rises_with_what_is_ranked_by),
		cmocka_unit_test(the_level_by_hand),
		cmocka_unit_test(scores_of_other_kinds),
		cmocka_unit_test(the_least_score),
		cmocka_unit_test(words_that_a_passage_has),
	};
	return cmocka_run_group_tests_name("hits", tests, NULL, NULL);
}
