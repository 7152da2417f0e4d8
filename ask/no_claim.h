/* Sentences of an answer that claim nothing about the sources. Pure. */
#ifndef AKIN_ASK_NO_CLAIM_H
#define AKIN_ASK_NO_CLAIM_H

#include <stdbool.h>

#include "base/span.h"

/* A question, a line that ends in a colon, a bold label, a yes or no alone, what has no word at
 * all; and that the sources do not say it, in English, German, French, Spanish, Italian,
 * Chinese, Japanese or Thai. said: a sentence that cites nothing. */
bool claims_nothing(struct span said);

#endif
