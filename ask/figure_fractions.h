/* Parts of a whole: "half an hour", "trois quarts d'heure", "Viertelstunde", "two and a half", ½. */
#ifndef AKIN_ASK_FIGURE_FRACTIONS_H
#define AKIN_ASK_FIGURE_FRACTIONS_H

#include <stdbool.h>
#include <stddef.h>

#include "ask/figure_scan.h"

/* Whether the word at start is one for a part, so that an article before it counts nothing. */
bool figure_fraction_is_word(const struct figure_scan *s, size_t start);

/* Takes the word [start, end) if it states a part of a unit, or adds a part to the number
 * before it. The number in words before it has ended. */
bool figure_fraction_take(struct figure_scan *s, size_t start, size_t end);

/* Takes the fraction sign at s->at, which is len bytes long; false: there is none. */
bool figure_fraction_take_sign(struct figure_scan *s, size_t len);

#endif
