/* Where a sentence ends, told while it comes, with what base/sentence.h knows. */
#ifndef AKIN_ASK_SENTENCE_WATCH_H
#define AKIN_ASK_SENTENCE_WATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/span.h"

/* What is known of the sentence so far. Starts as {0}. */
struct sentence_watch {
	bool after_stop; /* nothing but closing marks since a full stop, */
	bool wide_stop;  /* one that needs no space behind it */
	uint32_t quote;  /* the quotation mark that is open, 0: none */
	size_t quote_from;
};

/* The next character; said: what came before it. */
void sentence_watch_see(struct sentence_watch *w, struct span said, uint32_t code);

enum sentence_answer { SENTENCE_GOES_ON, SENTENCE_ENDS, SENTENCE_NOT_YET };

/* Whether the sentence ends before `code`, the next character of the same line; spaced: behind
 * white space. What stands in quotation marks ends none. */
enum sentence_answer sentence_watch_ends(const struct sentence_watch *w, struct span said, bool spaced,
                                         uint32_t code, struct span ahead, bool complete);

/* Whether one ends between what was said and what is ahead, where `gap` ('\n', ' ', or '\0' for
 * nothing) stands. NOT_YET: more has to be seen, up to the next letter; complete: none follows. */
enum sentence_answer sentence_ends_between(struct span said, char gap, struct span ahead, bool complete);

#endif
