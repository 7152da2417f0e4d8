#include "query/evidence.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#include "base/boundaries.h"
#include "base/mem.h"
#include "base/sentence.h"
#include "base/utf8.h"
#include "query/question_words.h"
#include "words/language.h"

/* Chosen on the 472 questions of chroma-files (tests/bench/span_cover.py), where each
 * lies on a plateau. */
#define WEIGHT_OF_LENGTH 0.1    /* of a sentence's length in its score */
#define WEIGHT_OF_NEIGHBOUR 0.15
#define LEAST_SHARE 0.12        /* of the weight of the question's words: less is no evidence */
#define LEAST_OF_SECOND 0.4     /* of the best sentence's score */
#define MOST_WITH_SECOND 0.5    /* of the passage's bytes */

enum {
	MAX_PASSAGE = 1 << 16,
	LONG_SENTENCE = 300, /* bytes: it may be several in truth */
	SHORT_SENTENCE = 80
};

/* --- sentences ----------------------------------------------------------------- */

struct sentence {
	size_t start, end; /* bytes of the passage; white space behind it included */
	size_t n_words;
	struct word_set held;
	double score;
};

struct sentences {
	struct sentence *items;
	size_t n, cap;
	size_t *firsts; /* [n_passages + 1]: the first sentence of each passage */
};

static void add_sentence(struct sentences *list, size_t start, size_t end)
{
	list->items = mem_grow(list->items, &list->cap, list->n + 1, sizeof *list->items);
	list->items[list->n++] = (struct sentence){ .start = start, .end = end };
}

static bool is_row(struct span text, size_t end)
{
	size_t at = end;
	while (at > 0 && text.p[at - 1] != '\n')
		if (text.p[--at] == '|' || text.p[at] == '\t')
			return true;
	return false;
}

/* Whether four letters or digits stand before text.p[end]: a stop behind fewer often
 * belongs to an abbreviation. */
static bool is_word_of_four(struct span text, size_t end)
{
	for (size_t i = end - 4; i < end; i++)
		if ((unsigned char)text.p[i] <= '/' || text.p[i] == ':')
			return false;
	return true;
}

/* Whether a long sentence may be cut before text.p[at]: behind a stop that no capital
 * letter follows, or between the rows of a table. */
static bool is_cut(struct span text, size_t at)
{
	if (text.p[at - 1] == '\n')
		return is_row(text, at - 1);
	return text.p[at - 1] == ' ' && memchr(".;?!", text.p[at - 2], 4) &&
	       !(text.p[at] >= 'A' && text.p[at] <= 'Z') && is_word_of_four(text, at - 2);
}

/* Sentences are told apart by capitals among other things; text without any, and tables,
 * would be marked whole. */
static void add_parts(struct sentences *list, struct span passage, size_t start, size_t end)
{
	if (end - start > LONG_SENTENCE)
		for (size_t at = start + SHORT_SENTENCE; at + SHORT_SENTENCE < end; at++)
			if (is_cut(passage, at)) {
				add_sentence(list, start, at);
				start = at;
				at += SHORT_SENTENCE - 1;
			}
	add_sentence(list, start, end);
}

static void divide(struct sentences *list, struct span passage)
{
	size_t *ends = NULL, n = sentence_ends(passage, &ends);
	for (size_t i = 0, start = 0; i < n; start = ends[i++])
		add_parts(list, passage, start, ends[i]);
	free(ends);
}

static void read_passages(struct sentences *list, struct question_words *words,
                          const struct span *passages, size_t n)
{
	list->firsts = mem_alloc(n + 1, sizeof *list->firsts);
	for (size_t i = 0; i < n; i++) {
		struct span passage = passages[i];
		if (passage.len > MAX_PASSAGE)
			passage.len = utf8_floor(passage.p, passage.len, MAX_PASSAGE);
		list->firsts[i] = list->n;
		divide(list, passage);
		question_words_set_language(words, language_detect(passage));
		for (size_t k = list->firsts[i]; k < list->n; k++) {
			struct sentence *s = &list->items[k];
			struct span text = { passage.p + s->start, s->end - s->start };
			s->n_words = question_words_in(words, text, &s->held);
		}
	}
	list->firsts[n] = list->n;
}

/* --- scores --------------------------------------------------------------------- */

/* Returns the sum of weights[QUESTION_WORDS_MAX] but for pairs, most of which are parts
 * of two words: no text would have them all. The rarer among the sentences, the
 * more a word says (the logarithm is BM25's, Robertson and Zaragoza 2009, 3.1). */
static double weigh(const struct sentences *list, const struct question_words *words,
                    double *weights)
{
	double total = 0, n = (double)list->n;
	for (size_t w = 0; w < question_words_n(words); w++) {
		double with = 0;
		for (size_t i = 0; i < list->n; i++)
			with += word_set_has(&list->items[i].held, w);
		weights[w] = question_words_prior(words, w) * log(1 + (n - with + 0.5) / (with + 0.5));
		total += question_words_is_pair(words, w) ? 0 : weights[w];
	}
	return total;
}

/* Scores of a passage's sentences, each with a part of its neighbours'. */
static void score(struct sentence *sentences, size_t n, const double *weights, size_t n_words)
{
	double *alone = mem_zalloc(n, sizeof *alone), mean = 0;
	for (size_t i = 0; i < n; i++)
		mean += (double)sentences[i].n_words / (double)n;
	for (size_t i = 0; i < n; i++) {
		for (size_t w = 0; w < n_words; w++)
			alone[i] += word_set_has(&sentences[i].held, w) ? weights[w] : 0;
		double length = mean > 0 ? (double)sentences[i].n_words / mean : 1;
		alone[i] /= 1 - WEIGHT_OF_LENGTH + WEIGHT_OF_LENGTH * length;
	}
	for (size_t i = 0; i < n; i++) {
		double around = (i > 0 ? alone[i - 1] : 0) + (i + 1 < n ? alone[i + 1] : 0);
		sentences[i].score = alone[i] > 0 ? alone[i] + WEIGHT_OF_NEIGHBOUR * around : 0;
	}
	free(alone);
}

/* --- the choice ------------------------------------------------------------------- */

static void add_range(struct evidence *e, struct span passage, const struct sentence *s)
{
	struct span text = trim_white_space((struct span){ passage.p + s->start, s->end - s->start });
	size_t start = (size_t)(text.p - passage.p);
	if (text.len)
		e->ranges[e->n++] = (struct evidence_range){ start, start + text.len };
}

/* The sentence of the highest score but `but`; n: none has any. */
static size_t best_but(const struct sentence *sentences, size_t n, size_t but)
{
	size_t best = n;
	for (size_t i = 0; i < n; i++)
		if (i != but && sentences[i].score > (best < n ? sentences[best].score : 0))
			best = i;
	return best;
}

static void choose(const struct sentence *sentences, size_t n, struct span passage, double total,
                   struct evidence *e)
{
	size_t first = best_but(sentences, n, n);
	if (first == n || sentences[first].score < LEAST_SHARE * total)
		return;
	size_t second = best_but(sentences, n, first);
	if (second < n) {
		size_t bytes = sentences[first].end - sentences[first].start + sentences[second].end -
		               sentences[second].start;
		if (sentences[second].score < LEAST_OF_SECOND * sentences[first].score ||
		    (double)bytes > MOST_WITH_SECOND * (double)passage.len)
			second = n;
	}
	if (second == n) {
		add_range(e, passage, &sentences[first]);
		return;
	}
	size_t low = first < second ? first : second, high = first < second ? second : first;
	add_range(e, passage, &sentences[low]);
	add_range(e, passage, &sentences[high]);
	if (high == low + 1 && e->n == 2) {
		e->ranges[0].end = e->ranges[1].end;
		e->n = 1;
	}
}

void evidence_find(struct span question, const struct span *passages, size_t n_passages,
                   struct evidence *found)
{
	double weights[QUESTION_WORDS_MAX];
	struct sentences list = { 0 };
	struct question_words *words = question_words_new(question);
	read_passages(&list, words, passages, n_passages);
	double total = weigh(&list, words, weights);
	for (size_t i = 0; i < n_passages; i++) {
		size_t n = list.firsts[i + 1] - list.firsts[i];
		found[i] = (struct evidence){ .n = 0 };
		if (n == 0)
			continue;
		struct sentence *sentences = list.items + list.firsts[i];
		score(sentences, n, weights, question_words_n(words));
		choose(sentences, n, passages[i], total, &found[i]);
	}
	question_words_free(words);
	free(list.items);
	free(list.firsts);
}
