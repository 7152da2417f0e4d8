/* SentencePiece's normalisation map ("precompiled charsmap"): a double-array
 * trie of code point sequences in the layout of darts-clone, and a pool of
 * NUL-terminated replacements. The map is applied as `tokenizers` does it: a
 * grapheme cluster under 6 bytes is looked up as a whole, and what the shortest
 * key that is a prefix of it says replaces all of it; otherwise each of its
 * code points is looked up alone. */
#ifndef AKIN_MODELS_LOCAL_TOKENIZER_CHARSMAP_H
#define AKIN_MODELS_LOCAL_TOKENIZER_CHARSMAP_H

#include <stdbool.h>
#include <stdint.h>

#include "base/span.h"

struct charsmap {
	const uint32_t *units; /* [n_units]; borrowed, may hold anything */
	const char *pool;      /* [pool_len]; borrowed, may hold anything */
	uint32_t n_units, pool_len;
};

/* The replacement of the whole of text, which has at least one byte. False
 * when no key is a prefix of it. */
bool charsmap_find(const struct charsmap *map, struct span text, struct span *replacement);

#endif
