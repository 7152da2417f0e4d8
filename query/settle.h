/* From estimates to exact scores, where it matters: of passages whose dense score is known
 * within a bound, so many are scored exactly, the most promising first, that no other can be
 * among the best. */
#ifndef AKIN_QUERY_SETTLE_H
#define AKIN_QUERY_SETTLE_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "query/topk.h"
#include "store/store.h"

struct settling {
	const struct store_chunk_ref *refs;
	size_t n;
	float *dense;         /* [n] estimates; becomes exact where it is scored */
	const float *lexical; /* [n] or NULL */
	float most_error;     /* of all but the outliers */
	const uint32_t *outliers; /* [n_outliers] places */
	size_t n_outliers;
	/* How far the estimate at a place may be off, if the score is `score` (0 … 1). */
	float (*error)(const void *ctx, size_t place, float score);
	/* *score: the exact dense score of the vector. */
	int (*exact)(const void *ctx, int64_t vector_id, float *score, struct err *err);
	const void *ctx;
	uint8_t *is_exact; /* [n / 8 + 1] bits; zeros at first */
	size_t n_exact;    /* counts those that were scored */
};

/* What is ranked by: dense · the dense score + lexical · the lexical one, but most of that at
 * most. dense > 0. */
struct settle_by {
	double dense, lexical, most;
	size_t k, per_doc; /* as struct topk's */
};

/* best: the best k by that value, in order, id being the place; each has its exact dense score,
 * and no other passage's value can be higher than theirs. To be freed with topk_free, also
 * after -1. Two orders may be settled one after the other. */
int settle(struct settling *s, const struct settle_by *by, struct topk *best, struct err *err);

#endif
