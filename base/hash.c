#include "base/hash.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>
#define XXH_INLINE_ALL
#include <xxhash.h>

static struct hash canonical(XXH128_hash_t value)
{
	XXH128_canonical_t c;
	XXH128_canonicalFromHash(&c, value);
	struct hash h;
	memcpy(h.b, c.digest, sizeof h.b);
	return h;
}

struct hash hash_bytes(const void *p, size_t len)
{
	return canonical(XXH3_128bits(p, len));
}

struct hash hash_parts(const struct span *parts, size_t n)
{
	XXH3_state_t state;
	XXH3_128bits_reset(&state);
	for (size_t i = 0; i < n; i++) {
		unsigned char len[8];
		for (int b = 0; b < 8; b++)
			len[b] = (unsigned char)((uint64_t)parts[i].len >> (8 * b));
		XXH3_128bits_update(&state, len, sizeof len);
		XXH3_128bits_update(&state, parts[i].p, parts[i].len);
	}
	return canonical(XXH3_128bits_digest(&state));
}

int hash_compare(const struct hash *a, const struct hash *b)
{
	return memcmp(a->b, b->b, sizeof a->b);
}

void hash_hex(const struct hash *h, char out[33])
{
	for (int i = 0; i < 16; i++)
		snprintf(out + 2 * i, 3, "%02x", h->b[i]);
}
