/* A "not" that a claim drops, or adds. Pure. */
#ifndef AKIN_ASK_NEGATION_H
#define AKIN_ASK_NEGATION_H

#include <stdbool.h>

#include "base/span.h"

/* Whether claim and quote say the same with one negation between them: nearly all words of the
 * claim are the quote's, one of the two has a negation, and what stands around it there follows
 * one another in the other text. before: what the quote's sentence says before it; a negation at
 * its end is the quote's. Words of English, German and French; characters of Chinese and Thai.
 * Anything freer than that, a paraphrase, is not judged. */
bool negation_differs(struct span claim, struct span quote, struct span before);

#endif
