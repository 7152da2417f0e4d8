/* Numbers in Chinese, Japanese and Thai numerals. Pure. */
#ifndef AKIN_ASK_FIGURE_NUMERALS_H
#define AKIN_ASK_FIGURE_NUMERALS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/span.h"

/* Reads the numerals at `at`: 二百五十 by their places, 二〇二四 digit by digit. Returns where
 * they end; `at` itself when there are none. */
size_t figure_numerals_read(struct span text, size_t at, bool thai, uint64_t *value);

#endif
