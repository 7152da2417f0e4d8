/* From estimates to exact scores, where it matters: of passages whose dense score is known
 * within a bound, so many are scored exactly, the most promising first, that no other can be
 * among the best. */
#ifndef AKIN_QUERY_SETTLE_H
#define AKIN_QUERY_SETTLE_H

#include <stddef.h>

#include "base/err.h"
#include "store/store.h"

/* *score: the exact dense score of the vector. */
typedef int settle_exact(const void *ctx, int64_t vector_id, float *score, struct err *err);

struct settling {
	const struct store_chunk_ref *refs;
	size_t n;
	float *dense, *errors; /* [n]; |dense - exact| is at most errors, where that is not 0 */
	const float *lexical;  /* [n] or NULL */
	settle_exact *exact;
	const void *ctx;
	size_t n_exact; /* counts those that were scored */
};

/* What is ranked by: dense · the dense score + lexical · the lexical one, but most of that at
 * most. dense > 0. */
struct settle_by {
	double dense, lexical, most;
	size_t k, per_doc; /* as struct topk's */
};

/* After it the best k by that value have their exact dense scores, whose error is 0, and
 * no other passage's value can be higher than theirs. Two orders may be settled one after
 * the other. */
int settle(struct settling *s, const struct settle_by *by, struct err *err);

#endif
