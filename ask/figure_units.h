/* What stands beside a number: its unit, its scale. Pure. */
#ifndef AKIN_ASK_FIGURE_UNITS_H
#define AKIN_ASK_FIGURE_UNITS_H

#include <stdbool.h>
#include <stddef.h>

#include "ask/figure_lexicon.h"
#include "ask/figure_words.h"
#include "base/span.h"

/* The text, and the words to read it with. */
struct figure_text {
	const struct figure_lexicon *lexicon;
	struct span text;
};

bool figure_starts_with(struct span text, size_t at, const char *prefix);
/* The first of the list that stands at `at`; NULL: none. */
const struct figure_run *figure_run_at(struct span text, size_t at, const struct figure_run *list, size_t n);

/* Behind a little white space (and hyphens) at `at`. */
size_t figure_skip_gap(struct span text, size_t at, bool hyphens);
/* Where the letters that begin at `at` end. */
size_t figure_word_end(struct span text, size_t at);
bool figure_is_word_at(struct span text, size_t at, const char *word); /* in ASCII, of any case */
struct figure_meaning figure_meaning_of(const struct figure_text *t, size_t start, size_t end);

/* The unit sign (% € °C) at `at`; returns its end, 0: there is none. */
size_t figure_sign_at(const struct figure_text *t, size_t at, enum figure_unit *unit);
/* The unit of a number that ends at `at`. */
enum figure_unit figure_unit_at(const struct figure_text *t, size_t at);
/* "million", 万: the zeros that are added to a number that ends at *at, which is moved. */
unsigned figure_scale_at(const struct figure_text *t, size_t *at);

#endif
