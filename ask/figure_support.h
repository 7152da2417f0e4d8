/* Whether the numbers that a claim states are those of its quotes. Pure. */
#ifndef AKIN_ASK_FIGURE_SUPPORT_H
#define AKIN_ASK_FIGURE_SUPPORT_H

#include <stdbool.h>

#include "ask/figures.h"

/* Every number that is stated is quoted, or stands around the quotes (their sentences, titles,
 * the question) and does not take the place of one that is quoted; and none of what states
 * nothing by itself ("third", "monthly") takes the place of its like in a quote. */
bool figures_are_supported(const struct figures *stated, const struct figures *quoted,
                           const struct figures *around);

#endif
