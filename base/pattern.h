/* Regular expressions as ICU reads them (those of ECMA-262 nearly all mean the same), over
 * characters, with bounded work: a pattern that would go on for ever is given up. Pure. */
#ifndef AKIN_BASE_PATTERN_H
#define AKIN_BASE_PATTERN_H

#include <stdint.h>

#include "base/err.h"
#include "base/span.h"

/* Bytes. */
#define PATTERN_MAX 1024
#define PATTERN_MAX_TEXT 16384

/* Whether it is a pattern: -1 with ERR_INPUT that says what is wrong. */
int pattern_check(struct span pattern, struct err *err);

/* Whether it matches anywhere in the text: 1, 0; -1 with ERR_LIMIT when the text is too long,
 * or the work of it is more than *steps, of which what was done is taken away; ERR_INPUT when
 * pattern_check would say so. */
int pattern_search(struct span pattern, struct span text, uint64_t *steps, struct err *err);

#endif
