/* UTF-8, byte by byte: no I/O, no locale, no state. Pure; threads may share. */
#ifndef AKIN_BASE_UTF8_H
#define AKIN_BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define UTF8_REPLACEMENT 0xFFFDu

/* Decodes the sequence at p (n > 0 bytes are readable). Returns its length
 * (1..4) and sets *code. A byte that starts no valid sequence (overlong forms,
 * surrogates and values above U+10FFFF are not valid) gives length 1 and
 * UTF8_REPLACEMENT. */
size_t utf8_decode(const char *p, size_t n, uint32_t *code);

/* Writes code as 1..4 bytes to out[4]; returns their number. A surrogate or a
 * value above U+10FFFF is written as UTF8_REPLACEMENT. */
size_t utf8_encode(uint32_t code, char *out);

/* How many leading bytes of p[n] are valid: n when all are. */
size_t utf8_valid_len(const char *p, size_t n);

static inline bool utf8_is_valid(const char *p, size_t n)
{
	return utf8_valid_len(p, n) == n;
}

/* The largest offset <= at that does not stand within a sequence of p[n]. */
size_t utf8_floor(const char *p, size_t n, size_t at);

#endif
