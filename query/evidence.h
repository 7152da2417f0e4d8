/* The sentence of a passage that answers a question best, by the pieces of text
 * that both hold, weighted by how much a piece says. Pure. */
#ifndef AKIN_QUERY_EVIDENCE_H
#define AKIN_QUERY_EVIDENCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/span.h"

/* Where pieces and their weights come from: a tokeniser, or words. */
struct evidence_pieces {
	/* Writes at most max ids of the text's pieces; returns the number written. */
	size_t (*split)(const void *ctx, struct span text, uint32_t *ids, size_t max);
	/* How much a piece says; > 0. */
	double (*weight)(const void *ctx, uint32_t id);
	const void *ctx;
};

/* Words without case and endings (their first letters), and for scripts that put
 * no space between words their pairs of characters. Long words say more. */
extern const struct evidence_pieces evidence_words;

/* Sets [*start, *end), bytes of the passage without white space at its ends, and
 * returns true; or false where no sentence shares enough with the question. Both
 * are valid UTF-8. Of the first 64 KiB of the passage. */
bool evidence_find(struct span question, struct span passage, const struct evidence_pieces *pieces,
                   size_t *start, size_t *end);

#endif
