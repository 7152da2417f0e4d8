/* The words of a question, and which of them a text holds, whatever their endings,
 * accents and case, in every script (words/terms.h). No I/O; one thread at a time. */
#ifndef AKIN_QUERY_QUESTION_WORDS_H
#define AKIN_QUERY_QUESTION_WORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/span.h"

/* Words beyond these are left out. */
#define QUESTION_WORDS_MAX 256

/* Words by their number, from 0. */
struct word_set {
	uint64_t bits[QUESTION_WORDS_MAX / 64];
};
static inline bool word_set_has(const struct word_set *s, size_t word)
{
	return s->bits[word / 64] >> word % 64 & 1;
}

/* The distinct words of a question (valid UTF-8); of Chinese, Japanese and Korean also
 * the pairs of neighbouring characters. Borrows the question. */
struct question_words;
struct question_words *question_words_new(struct span question);
void question_words_free(struct question_words *w); /* NULL is fine */

size_t question_words_n(const struct question_words *w);

/* How much a word says by its kind alone, before anybody has counted how often it is
 * used; > 0. Function words are short, in most languages; names, numbers and what is
 * asked for are long. */
double question_words_prior(const struct question_words *w, size_t word);

/* Whether it is a pair of characters that is no word of the question by itself. */
bool question_words_is_pair(const struct question_words *w, size_t word);

/* The language of the texts that come next, for its stems: an ISO 639-1 code, or "" to
 * take the question's own. */
void question_words_set_language(struct question_words *w, const char *language);

/* Sets *held to the words of the question that the text (valid UTF-8) holds; returns the
 * number of words of the text. */
size_t question_words_in(struct question_words *w, struct span text, struct word_set *held);

#endif
