/* The numbers, months and weekdays that a text states: in digits (ask/figure_digits.h) and in
 * words (ask/figure_words.h), each with its unit where it has one that is known. */
#ifndef AKIN_ASK_FIGURES_H
#define AKIN_ASK_FIGURES_H

#include <stdbool.h>
#include <stddef.h>

#include "ask/figure_digits.h"
#include "ask/figure_lexicon.h"
#include "ask/figure_words.h"
#include "base/span.h"

#define FIGURE_GLUE_MAX 12

struct figure {
	struct figure_values values; /* "1.2 million" is 1200000 */
	struct figure_values bare;   /* and 1.2, where the source gives the scale elsewhere; else empty */
	enum figure_unit unit;
	enum figure_unit per; /* "64 € a day": the period; UNIT_NONE: none is said */
	bool is_period;       /* "monthly": only the period */
	char half_day;        /* 'a' of "9 am", 'p' of "9 pm" */
	struct span noun;     /* the word behind it, of the text that was read */
	struct span lead;     /* the word before it: "force" of "force 5" */
	bool is_ordinal;      /* "third", and words that may count as "both" does */
	bool numeric_month; /* a number beside the marks of a date: 07 of 2024-07-15 */
	bool states;     /* false: it can support a number, but is not stated as one ("both") */
	size_t n_parts;  /* "12 345": as many figures behind it are its parts, which do as well */
	char glue[FIGURE_GLUE_MAX + 1]; /* the letters that it is written onto: "E" of E42 */
};

struct figures {
	struct figure *items;
	size_t n, cap;
};
void figures_free(struct figures *f);

/* Adds what text states to out. */
void figures_read(const struct figure_lexicon *lexicon, struct span text, struct figures *out);

#endif
