/* A word as it is compared: normalised (NFKC), case folded, diacritics folded.
 * Threads may call these at once. */
#ifndef AKIN_WORDS_FOLD_H
#define AKIN_WORDS_FOLD_H

#include <stdbool.h>
#include <stddef.h>

#include "base/span.h"
#include "words/terms.h"

/* UTF-8 in both. exact: ICU's NFKC_Casefold, which drops what is invisible. word:
 * exact without diacritics where they do not carry the word (Latin, Greek, Cyrillic but
 * for й ў ї, Arabic, Hebrew), letters such as ø and æ as they are typed without them,
 * digits of every script as 0 to 9. Either may be empty. */
struct folded {
	char exact[TERM_MAX_BYTES], word[TERM_MAX_BYTES];
	size_t exact_len, word_len;
	bool was_cut; /* the source was longer than a term may be */
};

void fold_word(struct span source, struct folded *out);

/* The second step alone: text is normalised and case folded, at most TERM_MAX_BYTES
 * long. Returns the length of what is put into out; it is never longer than that. */
size_t fold_diacritics(struct span text, char out[TERM_MAX_BYTES]);

/* The first step alone, for a piece of text of at most 256 bytes (what is over is not
 * looked at). Cut to `size` bytes at a character; returns the length. */
size_t fold_case(struct span source, char *out, size_t size, bool *was_cut);

#endif
