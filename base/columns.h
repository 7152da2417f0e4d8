/* How many columns of a terminal text takes. Pure; an own short table, since
 * wcwidth() depends on the locale. */
#ifndef AKIN_BASE_COLUMNS_H
#define AKIN_BASE_COLUMNS_H

#include <stddef.h>
#include <stdint.h>

#include "base/span.h"

/* 0 (marks, joiners), 1 or 2 (East Asian wide, emoji). */
int columns_of(uint32_t code);

/* Of a whole text; a byte that is no UTF-8 counts as one. */
size_t columns_in(struct span text);

#endif
