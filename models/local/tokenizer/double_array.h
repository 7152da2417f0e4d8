/* A trie over byte strings in one array of 32-bit units: a step costs one
 * load, and the array can be mapped from a file as it is (the idea of Aoe 1989,
 * with xor for plus). A unit at i has its label in bits 0..7, whether a key
 * ends there in bit 8, and in bits 9..31 the base b of its children: the child
 * by byte c stands at b ^ c and carries the label c, the value of a key at
 * b ^ 0 (label 0). No two nodes share a base, so that label and base together
 * prove the parent. Keys hold no NUL. */
#ifndef AKIN_MODELS_LOCAL_TOKENIZER_DOUBLE_ARRAY_H
#define AKIN_MODELS_LOCAL_TOKENIZER_DOUBLE_ARRAY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/span.h"

#define DOUBLE_ARRAY_MAX_VALUE 0x7FFFFFu

struct double_array {
	const uint32_t *units; /* n of them; borrowed */
	uint32_t n;
};

/* Moves *node (0 is the root) along byte c. False where no key goes on; the
 * array may hold anything, no index is trusted. */
static inline bool double_array_step(const struct double_array *a, uint32_t *node,
                                     unsigned char c)
{
	uint32_t at = (a->units[*node] >> 9) ^ c;
	if (at >= a->n || (a->units[at] & 0xFF) != c || c == 0)
		return false;
	*node = at;
	return true;
}

/* True when a key ends at node; sets its value. */
static inline bool double_array_value(const struct double_array *a, uint32_t node,
                                      uint32_t *value)
{
	uint32_t unit = a->units[node];
	if (!(unit & 0x100) || unit >> 9 >= a->n)
		return false;
	*value = a->units[unit >> 9] >> 9;
	return true;
}

struct double_array_key {
	struct span key;
	uint32_t value; /* at most DOUBLE_ARRAY_MAX_VALUE */
};

/* Builds the units of the keys, which must be sorted by bytes, without
 * duplicates, empty keys or NULs. *units is the caller's to free. ERR_LIMIT
 * when they do not fit in 2^23 units. */
int double_array_build(const struct double_array_key *keys, size_t n, uint32_t **units,
                       uint32_t *n_units, struct err *err);

#endif
