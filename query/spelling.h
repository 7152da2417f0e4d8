/* Words that the index does not have, taken for words that it has: those one typing error
 * away (Damerau, A technique for computer detection and correction of spelling errors,
 * 1964: four of five errors are one letter too many, too few, wrong, or two exchanged).
 * The first letter is seldom the wrong one (Yannakoudakis and Fawthrop, The rules of
 * spelling errors, 1983), so it stays, or changes places with the second;
 * else names are taken for others ("merlin", "berlin"). Nothing is read of the vocabulary
 * but what these words lie next to. */
#ifndef AKIN_QUERY_SPELLING_H
#define AKIN_QUERY_SPELLING_H

#include <stddef.h>

#include "base/err.h"
#include "base/span.h"
#include "store/store.h"

/* Letters of a word that may be misspelt: a shorter one has too many neighbours. */
#define SPELLING_LEAST 5
#define SPELLING_MOST 24

enum spelling_error { /* the likelier first */
	SPELLING_EXCHANGED,
	SPELLING_LEFT_OUT,
	SPELLING_TOO_MANY,
	SPELLING_WRONG
};

struct spelling_word {
	char text[2 * (SPELLING_MOST + 1) + 1]; /* UTF-8 */
	unsigned char len;
	enum spelling_error error; /* that makes the other word of it */
};

/* All words that are one such error away from word, a TERM_WORD (words/terms.h): ascending by their
 * bytes, distinct, without itself. Letters come from the alphabet that all of its letters
 * are of: a to z, Greek or Cyrillic. Returns their number: 0 where it is of another
 * script or mixed, or has too few letters or too many. *words is the caller's to free.
 * Pure. */
size_t spelling_neighbours(struct span word, struct spelling_word **words);

/* Of word's neighbours the one that most passages have as a word (counted up to
 * SPELLING_MAX_COUNTED; of equals the one by the likelier error). 1: *best, 0: none. Stems
 * are not enough: by them "anthem" was taken for "panthem", for which read "panther". */
#define SPELLING_MAX_COUNTED 4096
int spelling_find(struct store *store, struct span word, struct spelling_word *best, struct err *err);

#endif
