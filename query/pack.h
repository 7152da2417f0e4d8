/* A context pack: what a search found, as excerpts that fit into the prompt of a
 * language model. Passages that follow one another in their document are one excerpt,
 * what has been said is not said again (query/duplicates.h), and the whole, as it is
 * written, is within a budget of tokens. The same hits and options give the same pack. */
#ifndef AKIN_QUERY_PACK_H
#define AKIN_QUERY_PACK_H

#include <stddef.h>

#include "base/buf.h"
#include "base/err.h"
#include "query/excerpt.h"
#include "query/search.h"
#include "store/store.h"

/* Excerpts stand by the rank of their best hit. */
struct pack {
	struct excerpt *items;
	size_t n;
	size_t budget;   /* tokens, as given */
	size_t tokens;   /* of the pack as written; <= budget, or n is 0 */
	size_t n_hits, n_used, n_repeated; /* hits given, in the text, left out as duplicates */
};

/* Adds the pack as text; what it adds is counted. Pure. (query/present_pack.h) */
typedef void pack_write(struct buf *out, const struct pack *pack);

struct pack_options {
	size_t budget; /* tokens of all that `write` adds */
	pack_write *write;
	/* The tokens of a text. NULL: pack_estimate_tokens. */
	size_t (*count)(const void *ctx, struct span text);
	const void *ctx;
};

/* Bytes / 3.5, rounded up: what common tokenisers need for English prose; Chinese comes
 * out near a token a character. For an index that no tokeniser is at hand for. */
size_t pack_estimate_tokens(const void *unused, struct span text);

/* Takes the hits by rank, each that still fits, until many in a row do not. A first hit
 * that is over the budget by itself is cut at the end of a sentence, or where not even
 * one fits between two words (two characters, where there are none), and nothing else
 * is added. A hit whose document has been replaced in the index since the search is
 * left out. n is 0 where there are no hits, or the budget is too small for the first
 * words of one. No transaction of the store may be open. Free with pack_free, also
 * where it failed. */
int pack_make(struct store *store, const struct hits *hits, const struct pack_options *opt,
              struct pack *pack, struct err *err);
void pack_free(struct pack *pack);

#endif
