/* Content hashes: XXH3, 128 bits (xxHash 0.8). Not cryptographic: it tells
 * texts apart, it does not protect against somebody who makes two collide. */
#ifndef AKIN_BASE_HASH_H
#define AKIN_BASE_HASH_H

#include <stddef.h>

#include "base/span.h"

/* Canonical (big-endian) bytes, the same on every machine. */
struct hash {
	unsigned char b[16];
};

struct hash hash_bytes(const void *p, size_t len);

/* The hash of the parts with their lengths, so that ("ab","c") and ("a","bc")
 * differ. */
struct hash hash_parts(const struct span *parts, size_t n);

int hash_compare(const struct hash *a, const struct hash *b); /* as memcmp */

/* 32 lower-case hex digits and a NUL. */
void hash_hex(const struct hash *h, char out[33]);

#endif
