/* Whether one number bears out another. Pure. */
#ifndef AKIN_ASK_FIGURE_COMPARE_H
#define AKIN_ASK_FIGURE_COMPARE_H

#include <stdbool.h>

#include "ask/figures.h"

/* The same value, with the same unit or one of them without; or as much in another unit of the
 * same kind: two years and 24 months, 0.5 kg and 500 g. */
bool figure_is_borne_out(const struct figure *stated, const struct figure *evidence);

/* Whether both measure the same kind of thing: lengths of time, weights, one currency. */
bool figure_is_of_kind(const struct figure *a, const struct figure *b);

/* The same value, of which the two say what cannot both be: 9 am and 9 pm, 8 € a month and 8 €
 * a year. */
bool figure_is_at_odds(const struct figure *a, const struct figure *b);

#endif
