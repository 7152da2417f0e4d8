/* How well a model knows a language, by the pieces that its tokeniser makes of texts in it:
 * 1 well, down to FAMILIARITY_LEAST, not at all.
 *
 *     (1 - u)² · f², f = (l - 2.6) / (3.4 - 2.6) within 0 and 1
 *
 * u  the share of unknown pieces
 * l  letters a piece; a Han or Kana character and a Hangul syllable count as four
 *
 * A model has the words of its own languages as pieces of some four letters: of the
 * questions of query/cohort.h, multilingual-e5-small makes pieces of 4.1 letters in English,
 * 4.8 in German, 3.9 in French, 3.4 in Polish, 3.3 in Arabic; all-MiniLM-L6-v2, which knows
 * English, of 4.5 there, 2.9, 3.1, 2.3 and 1.2, and it has none for two Chinese
 * characters in three, nor for any Thai word. */
#ifndef AKIN_QUERY_FAMILIARITY_H
#define AKIN_QUERY_FAMILIARITY_H

#include <stddef.h>

#include "base/span.h"
#include "models/embedder.h"

#define FAMILIARITY_LEAST 0.1

/* By the words of the texts alone. 1 where the embedder does not tell its pieces. */
double familiarity_of(const struct embedder *e, const struct span *texts, size_t n);

#endif
