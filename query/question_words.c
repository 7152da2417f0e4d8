#include "query/question_words.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/hash.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "words/language.h"
#include "words/terms.h"

/* A form of a word as texts may hold it. Forms are compared by 64 bits of their hash. */
struct form {
	uint64_t hash;
	size_t word;
};

struct question_words {
	struct span question;
	struct terms *terms;
	char language[8], own_language[8]; /* of the forms; of the question */
	uint64_t words[QUESTION_WORDS_MAX]; /* hash of each word itself */
	double priors[QUESTION_WORDS_MAX];
	bool is_pair[QUESTION_WORDS_MAX];
	size_t n;
	struct form *forms; /* [n_forms], by hash */
	size_t n_forms, cap;
};

static uint64_t hash_of(struct span text)
{
	struct hash h = hash_bytes(text.p, text.len);
	uint64_t first;
	memcpy(&first, h.b, sizeof first);
	return first;
}

static double prior_of(const struct term *term)
{
	static const double by_length[] = { 0.3, 0.3, 0.4, 0.6, 1, 1.2, 1.4 };
	const size_t longest = sizeof by_length / sizeof *by_length - 1;
	if (term->kind == TERM_GRAM)
		return 0.5;
	size_t length = 0;
	for (size_t at = 0; at < term->text.len;) {
		uint32_t code;
		at += utf8_decode(term->text.p + at, term->text.len - at, &code);
		length += code >= 0x2E80 ? 2 : 1; /* a syllable or an idea, not a letter */
		if (code >= '0' && code <= '9')
			return by_length[longest];
	}
	return by_length[length < longest ? length : longest];
}

/* The number of the word, a new one for a word that was not there; QUESTION_WORDS_MAX:
 * no room. A pair is the same as the word of these two characters. */
static size_t number_of(struct question_words *w, const struct term *term)
{
	struct span text = term->text;
	if (text.len && text.p[0] == TERM_MARK_GRAM)
		text = (struct span){ text.p + 1, text.len - 1 };
	uint64_t hash = hash_of(text);
	for (size_t i = 0; i < w->n; i++)
		if (w->words[i] == hash) {
			w->is_pair[i] &= term->kind == TERM_GRAM;
			return i;
		}
	if (w->n == QUESTION_WORDS_MAX)
		return QUESTION_WORDS_MAX;
	w->words[w->n] = hash;
	w->priors[w->n] = prior_of(term);
	w->is_pair[w->n] = term->kind == TERM_GRAM;
	return w->n++;
}

/* Where the walk over the question is. */
struct taking {
	struct question_words *w;
	size_t word;
};

static int take_form(void *ctx, const struct term *term)
{
	struct taking *t = ctx;
	struct question_words *w = t->w;
	if (term->kind == TERM_WORD || term->kind == TERM_GRAM)
		t->word = number_of(w, term);
	if (t->word == QUESTION_WORDS_MAX)
		return 0;
	w->forms = mem_grow(w->forms, &w->cap, w->n_forms + 1, sizeof *w->forms);
	w->forms[w->n_forms++] = (struct form){ hash_of(term->text), t->word };
	return 0;
}

static int by_hash(const void *a, const void *b)
{
	const struct form *x = a, *y = b;
	if (x->hash != y->hash)
		return x->hash < y->hash ? -1 : 1;
	return (x->word > y->word) - (x->word < y->word);
}

static void make_forms(struct question_words *w)
{
	struct taking t = { w, QUESTION_WORDS_MAX };
	w->n_forms = 0;
	terms_each(w->terms, w->question, w->language, TERMS_QUERY, take_form, &t);
	qsort(w->forms, w->n_forms, sizeof *w->forms, by_hash);
}

struct question_words *question_words_new(struct span question)
{
	struct question_words *w = mem_zalloc(1, sizeof *w);
	w->question = question;
	w->terms = terms_new();
	w->forms = mem_grow(NULL, &w->cap, 64, sizeof *w->forms);
	snprintf(w->own_language, sizeof w->own_language, "%s", language_detect(question));
	memcpy(w->language, w->own_language, sizeof w->language);
	make_forms(w);
	return w;
}

void question_words_free(struct question_words *w)
{
	if (!w)
		return;
	terms_free(w->terms);
	free(w->forms);
	free(w);
}

size_t question_words_n(const struct question_words *w)
{
	return w->n;
}

double question_words_prior(const struct question_words *w, size_t word)
{
	return w->priors[word];
}

bool question_words_is_pair(const struct question_words *w, size_t word)
{
	return w->is_pair[word];
}

/* Only stems change: the words and their numbers are those of every language. */
void question_words_set_language(struct question_words *w, const char *language)
{
	if (!language[0])
		language = w->own_language;
	if (strcmp(language, w->language) == 0)
		return;
	snprintf(w->language, sizeof w->language, "%s", language);
	make_forms(w);
}

struct looking {
	const struct question_words *w;
	struct word_set *held;
	size_t n_words;
};

static int look_up(void *ctx, const struct term *term)
{
	struct looking *l = ctx;
	const struct form *forms = l->w->forms;
	l->n_words += term->kind == TERM_WORD;
	uint64_t hash = hash_of(term->text);
	size_t low = 0, high = l->w->n_forms;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (forms[middle].hash < hash)
			low = middle + 1;
		else
			high = middle;
	}
	for (; low < l->w->n_forms && forms[low].hash == hash; low++)
		l->held->bits[forms[low].word / 64] |= (uint64_t)1 << forms[low].word % 64;
	return 0;
}

size_t question_words_in(struct question_words *w, struct span text, struct word_set *held)
{
	struct looking l = { w, held, 0 };
	*held = (struct word_set){ 0 };
	terms_each(w->terms, text, w->language, TERMS_INDEX, look_up, &l);
	return l.n_words;
}
