/* The best k of a stream, with at most so many of one group. Pure.
 *
 * The order is total: higher scores first, then lower ids. So the outcome does not
 * depend on the order in which things are pushed. */
#ifndef AKIN_QUERY_TOPK_H
#define AKIN_QUERY_TOPK_H

#include <stddef.h>
#include <stdint.h>

struct scored {
	double score;
	int64_t id;    /* breaks ties; unique within a stream */
	int64_t group; /* a document, say */
};

/* A heap whose root is the worst that is kept. */
struct topk {
	struct scored *items;
	size_t n, k, per_group;
};

/* per_group 0: any number of one group. Memory grows with what is pushed, up to k
 * entries. */
void topk_init(struct topk *t, size_t k, size_t per_group);
void topk_free(struct topk *t);

/* Time: O(1) for what is worse than all that is kept (the common case), else
 * O(log k), or O(k) where per_group is not 0. NaN is never kept. */
void topk_push(struct topk *t, double score, int64_t id, int64_t group);

/* Puts items in order, best first. Nothing may be pushed after that. */
void topk_sort(struct topk *t);

#endif
