/* Numbers of JSON, fast: a reply of 25 vectors holds 25,600 of them. */
#ifndef AKIN_MODELS_REMOTE_NUMBER_H
#define AKIN_MODELS_REMOTE_NUMBER_H

#include <stddef.h>

/* Reads the number at p (end is behind the last readable byte) as a float, at
 * most 1 unit in the last place off. Besides JSON's numbers NaN, Infinity and
 * -Infinity are read, as Python's json writes them. A value too large for a
 * float is infinite. Returns what follows it, or NULL when there is no number.
 * Pure. */
const char *number_scan(const char *p, const char *end, float *out);

#endif
