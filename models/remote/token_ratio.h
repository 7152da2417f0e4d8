/* How many tokens the server counts for one that is estimated here. Pure.
 *
 * Where the model's tokeniser is not at hand, chunks are cut by an estimate that
 * must not change (the same text gives the same chunks). What a batch may hold and
 * what is spent need the server's own count: its replies tell it ("usage"), and the
 * ratio of the two is a matter of language and model, so a few replies teach it. */
#ifndef AKIN_MODELS_REMOTE_TOKEN_RATIO_H
#define AKIN_MODELS_REMOTE_TOKEN_RATIO_H

#include <stddef.h>
#include <stdint.h>

/* All zero at first: the ratio is 1. */
struct token_ratio {
	double estimated, told; /* sums, the older replies weighing less */
};

/* One reply. told 0: the server says nothing of it, and nothing is learned. */
void token_ratio_add(struct token_ratio *r, uint64_t estimated, uint64_t told);

/* Between 1/8 and 8, whatever servers say. */
double token_ratio(const struct token_ratio *r);

#endif
