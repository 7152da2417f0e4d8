#define _XOPEN_SOURCE 700
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/mem.h"
#include "query/lexical.h"
#include "query/spelling.h"
#include "store/store.h"

static char folder[128];
static struct err err;

static int make_folder(void **state)
{
	(void)state;
	snprintf(folder, sizeof folder, "%s/test_spelling_XXXXXX",
	         getenv("TMPDIR") ? getenv("TMPDIR") : "/tmp");
	return mkdtemp(folder) ? 0 : -1;
}

static int remove_folder(void **state)
{
	(void)state;
	char command[256];
	snprintf(command, sizeof command, "rm -rf '%s'", folder);
	return system(command);
}

/* --- neighbours ---------------------------------------------------------------------------- */

static size_t n_neighbours(const char *word)
{
	struct spelling_word *words;
	size_t n = spelling_neighbours(span_of(word), &words);
	for (size_t i = 1; i < n; i++)
		assert_true(strcmp(words[i - 1].text, words[i].text) < 0);
	for (size_t i = 0; i < n; i++) {
		assert_int_equal(strlen(words[i].text), words[i].len);
		assert_string_not_equal(words[i].text, word);
	}
	free(words);
	return n;
}

/* How `word` becomes `other`; -1: it is no neighbour. */
static int error_to(const char *word, const char *other)
{
	struct spelling_word *words;
	size_t n = spelling_neighbours(span_of(word), &words);
	int error = -1;
	for (size_t i = 0; i < n; i++)
		if (strcmp(words[i].text, other) == 0)
			error = (int)words[i].error;
	free(words);
	return error;
}

static void each_error_is_tried(void **state)
{
	(void)state;
	/* of n different letters: n - 1 shorter, n - 1 exchanged, 25 (n - 1) replaced, 26 n longer
	 * of which the n - 1 that double a letter but the first come up twice */
	assert_int_equal(n_neighbours("house"), 4 + 4 + 25 * 4 + 26 * 5 - 4);
	assert_int_equal(n_neighbours("abcdefghijklmnopqrstuvwx"), 23 + 23 + 25 * 23 + 26 * 24 - 23);
	/* of five equal letters: one shorter, none exchanged, and a sixth one only once */
	assert_int_equal(n_neighbours("aaaaa"), 1 + 25 * 4 + 25 * 5 + 1);
	assert_int_equal(error_to("recieve", "receive"), SPELLING_EXCHANGED);
	assert_int_equal(error_to("adress", "address"), SPELLING_LEFT_OUT);
	assert_int_equal(error_to("untill", "until"), SPELLING_TOO_MANY);
	assert_int_equal(error_to("seperate", "separate"), SPELLING_WRONG);
	assert_int_equal(error_to("ohuse", "house"), SPELLING_EXCHANGED);
	assert_int_equal(error_to("qhouse", "house"), -1); /* the first letter stays */
	assert_int_equal(error_to("ouses", "houses"), -1);
	assert_int_equal(error_to("merlin", "berlin"), -1);
	assert_int_equal(error_to("house", "houses"), SPELLING_LEFT_OUT);
	assert_int_equal(error_to("house", "mouses"), -1);
	assert_int_equal(error_to("huose", "hosue"), -1);
}

static void letters_are_of_the_words_alphabet(void **state)
{
	(void)state;
	assert_int_equal(error_to("молко", "молоко"), SPELLING_LEFT_OUT);
	assert_int_equal(error_to("милоко", "молоко"), SPELLING_WRONG);
	assert_int_equal(error_to("украина", "україна"), SPELLING_WRONG);
	assert_int_equal(error_to("молоко", "молokо"), -1);
	assert_int_equal(error_to("θαλασα", "θαλασσα"), SPELLING_LEFT_OUT);
	assert_int_equal(n_neighbours("молокa"), 0); /* the last is Latin */
	assert_int_equal(n_neighbours("utf8x"), 0);
	assert_int_equal(n_neighbours("e-mail"), 0);
	assert_int_equal(n_neighbours("House"), 0);  /* terms are folded */
	assert_int_equal(n_neighbours("中華人民共和国"), 0);
	assert_int_equal(n_neighbours("ประเทศ"), 0);
	assert_int_equal(n_neighbours("abc\xff" "de"), 0);
	assert_int_equal(n_neighbours(""), 0);
}

static void words_too_short_or_long_have_none(void **state)
{
	(void)state;
	assert_int_equal(n_neighbours("hous"), 0);
	assert_int_equal(n_neighbours("мол"), 0); /* letters, not bytes */
	assert_true(n_neighbours("молок") > 0);
	assert_int_equal(n_neighbours("abcdefghijklmnopqrstuvwxy"), 0);
	/* the longest, of two bytes a letter */
	assert_true(n_neighbours("абвгдежзиклмнопрстуфхцчш") > 0);
}

/* --- with an index -------------------------------------------------------------------------- */

static void put(struct store *s, const char *path, const char *text)
{
	char copy[160];
	snprintf(copy, sizeof copy, "%s", path);
	struct store_chunk_in chunk = { .byte_end = strlen(text), .line_start = 1, .line_end = 1,
		                        .text = span_of(text), .failure = "not now" };
	struct store_document doc = { .path = copy, .format = "text", .language = "en" };
	assert_int_equal(store_document_put(s, &doc, &chunk, 1, &err), 0);
}

/* Each in a document of its own, in one transaction which is left open. */
static struct store *create(const char *const *texts, size_t n)
{
	static int number;
	char path[160];
	snprintf(path, sizeof path, "%s/%d.db", folder, number++);
	struct store *s = store_open(path, STORE_CREATE, &err);
	assert_non_null(s);
	assert_int_equal(store_begin(s, &err), 0);
	for (size_t i = 0; i < n; i++) {
		snprintf(path, sizeof path, "/%zu", i);
		put(s, path, texts[i]);
	}
	assert_int_equal(store_commit(s, &err), 0);
	assert_int_equal(store_begin(s, &err), 0);
	return s;
}

static const char *taken_for(struct store *s, const char *word)
{
	static struct spelling_word best;
	int found = spelling_find(s, span_of(word), &best, &err);
	assert_true(found >= 0);
	return found ? best.text : "";
}

static void terms_of_the_index_are_told(void **state)
{
	(void)state;
	const char *const texts[] = { "received letters", "a letter, a heron", "zebra" };
	const char *const asked[] = { "\x01letter", "\x01zebra", "aaa", "heron", "heron", "herons", "letter",
		                      "letters", "receive", "received", "zebra", "zebras", "\xff" };
	enum { N = sizeof asked / sizeof *asked };
	const bool there[N] = { true, false, false, true, true, false, true,
		                true, false, true, true, false, false };
	struct span terms[N];
	bool has[N];
	struct store *s = create(texts, 3);
	for (size_t i = 0; i < N; i++)
		terms[i] = span_of(asked[i]);
	for (int again = 0; again < 2; again++) { /* the second in a transaction of its own */
		assert_int_equal(store_has_terms(s, terms, N, has, &err), 0);
		assert_memory_equal(has, there, sizeof has);
		store_rollback(s);
		assert_int_equal(store_begin(s, &err), 0);
	}
	assert_int_equal(store_document_delete(s, 2, &err), 0);
	assert_int_equal(store_has_terms(s, terms, N, has, &err), 0);
	assert_false(has[3] || has[4] || has[6]); /* heron, letter */
	assert_true(has[7]);
	assert_int_equal(store_has_terms(s, terms, 0, has, &err), 0);
	store_rollback(s);
	store_close(s);
}

static void the_word_of_most_passages_is_taken(void **state)
{
	(void)state;
	const char *const texts[] = { "receive it", "they received it", "relieve and relieve, deceive",
		                      "relieve or revive", "die Häuser", "a stork, a stark" };
	struct store *s = create(texts, sizeof texts / sizeof *texts);
	assert_string_equal(taken_for(s, "recieve"), "relieve"); /* two have it, once each is enough */
	assert_string_equal(taken_for(s, "receeive"), "receive");
	assert_string_equal(taken_for(s, "received"), "receive"); /* what is there is not looked at */
	assert_string_equal(taken_for(s, "receivede"), "received");
	assert_string_equal(taken_for(s, "hausers"), "hauser");
	/* of equals the likelier error: two exchanged before one wrong, left out before too many */
	assert_string_equal(taken_for(s, "satrk"), "stark");
	assert_string_equal(taken_for(s, "strok"), "stork");
	assert_string_equal(taken_for(s, "sterk"), "stark"); /* both wrong: the first */
	assert_string_equal(taken_for(s, "receving"), "");   /* a stem is not enough */
	assert_string_equal(taken_for(s, "xyzzy"), "");
	assert_string_equal(taken_for(s, "r\"ceive"), "");
	store_rollback(s);
	store_close(s);
}

/* --- in a question --------------------------------------------------------------------------- */

struct asked {
	float scores[8];
	struct fuse_lexical evidence;
	struct lexical_words words;
	char taken[128]; /* "WORD>TAKEN WORD>TAKEN" */
};

static void ask(struct store *s, const char *question, struct asked *a)
{
	struct store_chunk_ref *refs;
	size_t n, len = 0;
	const struct store_filter all = { .failed_too = true };
	assert_int_equal(store_chunk_refs(s, &all, &refs, &n, &err), 0);
	assert_in_range(n, 1, 8);
	struct lexical *l = lexical_open(s, refs, n, &err);
	assert_non_null(l);
	float by_ref[8] = { 0 };
	assert_int_equal(lexical_scores(l, span_of(question), by_ref, &a->evidence, &a->words, &err), 0);
	memset(a->scores, 0, sizeof a->scores);
	for (size_t i = 0; i < n; i++)
		a->scores[refs[i].chunk_id - 1] = by_ref[i];
	a->taken[0] = '\0';
	for (size_t i = 0; i < a->words.n; i++)
		if (a->words.items[i].taken_for)
			len += (size_t)snprintf(a->taken + len, sizeof a->taken - len, "%s%s>%s", len ? " " : "",
			                        a->words.items[i].text, a->words.items[i].taken_for);
	lexical_words_free(&a->words);
	lexical_close(l);
	free(refs);
}

static const char *const lines[] = { "receive the invoice", "received again", "a heron in the reeds",
	                             "bread and butter", "water", "flour and water" };

static void a_misspelt_word_counts_half(void **state)
{
	(void)state;
	struct store *s = create(lines, 6);
	struct asked right, wrong;
	ask(s, "receive", &right);
	ask(s, "recieve", &wrong);
	assert_string_equal(right.taken, "");
	assert_string_equal(wrong.taken, "recieve>receive");
	assert_true(right.scores[0] > right.scores[1] && right.scores[1] > 0); /* by its stem */
	for (size_t i = 0; i < 6; i++)
		assert_float_equal(wrong.scores[i], LEXICAL_TAKEN * (double)right.scores[i], 1e-5);
	assert_float_equal(wrong.evidence.ideal, right.evidence.ideal, 1e-5);
	assert_float_equal(wrong.evidence.known, LEXICAL_TAKEN * right.evidence.known, 1e-5);
	assert_float_equal(right.evidence.known, right.evidence.ideal, 1e-5);
	store_rollback(s);
	store_close(s);
}

static void words_are_taken_only_among_known_ones(void **state)
{
	(void)state;
	struct store *s = create(lines, 6);
	struct asked a;
	ask(s, "breda heron", &a); /* half is known */
	assert_string_equal(a.taken, "breda>bread");
	assert_true(a.scores[3] > 0);
	ask(s, "heron breda water flouer", &a);
	assert_string_equal(a.taken, "breda>bread flouer>flour");
	ask(s, "breda flouer", &a); /* nothing is known */
	assert_string_equal(a.taken, "");
	assert_float_equal(a.evidence.known, 0, 0);
	assert_float_equal(a.scores[3], 0, 0);
	ask(s, "breda flouer heron", &a);
	assert_string_equal(a.taken, "");
	/* three unknown ones */
	ask(s, "heron reeds bread butter breda flouer waater", &a);
	assert_string_equal(a.taken, "");
	/* unknown, and like nothing: all of its weight is still missed */
	ask(s, "xyzzyplugh", &a);
	assert_string_equal(a.taken, "");
	assert_true(a.evidence.ideal > 0);
	assert_float_equal(a.evidence.known, 0, 0);
	store_rollback(s);
	store_close(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_error_is_tried),
		cmocka_unit_test(letters_are_of_the_words_alphabet),
		cmocka_unit_test(words_too_short_or_long_have_none),
		cmocka_unit_test(terms_of_the_index_are_told),
		cmocka_unit_test(the_word_of_most_passages_is_taken),
		cmocka_unit_test(a_misspelt_word_counts_half),
		cmocka_unit_test(words_are_taken_only_among_known_ones),
	};
	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
