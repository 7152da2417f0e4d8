/* Numbers of JSON, fast: a reply of 25 vectors holds 25,600 of them. */
#ifndef AKIN_MODELS_REMOTE_NUMBER_H
#define AKIN_MODELS_REMOTE_NUMBER_H

#include <stddef.h>

/* Reads the number at p (end is behind the last readable byte) as a float, at
 * most 1 unit in the last place off: a double of a few roundings, rounded once
 * more. Besides JSON's numbers NaN, Infinity and -Infinity are read, as Python's
 * json writes them. A value too large for a float is infinite. Returns what
 * follows it, or NULL when there is no number. Pure. */
const char *number_scan(const char *p, const char *end, float *out);

/* Reads the numbers of an array, p behind its bracket, as number_scan does, a null
 * as NaN. The first max of them come into out; *n counts all. Returns what follows
 * the closing bracket, or NULL when it is no array of numbers and nulls, or is cut
 * short. Numbers as servers print them (one digit before the point, up to 22 behind
 * it, below 1e18 without the point, no exponent) take a shorter path, eight digits at
 * a time, which is as near. Pure. */
const char *number_scan_array(const char *p, const char *end, float *out, size_t max, size_t *n);

#endif
