/* The words of ask/figure_words.h in a table. */
#ifndef AKIN_ASK_FIGURE_LEXICON_H
#define AKIN_ASK_FIGURE_LEXICON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ask/figure_words.h"
#include "base/span.h"

#define FIGURE_WORD_MAX_BYTES 48

/* What a word means; one may be a number and a unit ("an"). */
struct figure_meaning {
	const struct figure_word *word; /* NULL: none */
	enum figure_unit unit;
};

struct figure_lexicon;
struct figure_lexicon *figure_lexicon_new(void);
void figure_lexicon_free(struct figure_lexicon *lexicon);

/* word is folded. */
struct figure_meaning figure_lexicon_find(const struct figure_lexicon *lexicon, struct span word);

/* A German number as one word, with what may follow it in it ("dreimonatig"): its value, and
 * the unit. false: it is none. */
bool figure_lexicon_compound(const struct figure_lexicon *lexicon, struct span word, uint64_t *value,
                             enum figure_unit *unit);

/* A word as it is looked up, cut at FIGURE_WORD_MAX_BYTES. */
struct span figure_fold(struct span word, char out[FIGURE_WORD_MAX_BYTES]);

#endif
