/* Whether one number bears out another. Pure. */
#ifndef AKIN_ASK_FIGURE_COMPARE_H
#define AKIN_ASK_FIGURE_COMPARE_H

#include <stdbool.h>

#include "ask/figures.h"

/* The same value, with the same unit or one of them without; or as much in another unit of the
 * same kind: two years and 24 months, 0.5 kg and 500 g. */
bool figure_is_borne_out(const struct figure *stated, const struct figure *evidence);

#endif
