/* The dense scores of very many passages, estimated from the codes of their vectors
 * (store/quantise.h), with a bound for each. */
#ifndef AKIN_QUERY_ESTIMATE_H
#define AKIN_QUERY_ESTIMATE_H

#include <stddef.h>

#include "base/err.h"
#include "query/background.h"
#include "store/store.h"

/* Under so many passages the exact scan of dense_scores is as fast. */
#define ESTIMATE_LEAST 16384

struct estimates {
	float *scores;  /* [n_questions, n_refs] about what dense_scores gives; 0 for a passage
	                 * without a vector */
	float *factors; /* [n_refs] what the bounds follow from */
	float most_factor;    /* of all but the outliers */
	uint32_t *outliers;   /* [n_outliers] places of vectors whose codes say little */
	size_t n_outliers, outliers_cap;
	struct quantised_question **questions; /* [n_questions] */
	size_t n_questions, n_refs;
};
void estimates_free(struct estimates *e); /* contents only */

/* questions[n_questions, dim], refs by ascending vector_id. 1; 0: the codes are around
 * another centre than the background's, so that nothing can be said; -1. */
int estimate_scores(struct store *store, const struct background *background, const float *questions,
                    size_t n_questions, size_t dim, const struct store_chunk_ref *refs,
                    size_t n_refs, struct estimates *e, struct err *err);

/* How far a question's estimate at a place may be off, if the score is `score`. */
float estimate_error(const struct estimates *e, size_t question, size_t place, float score);
/* The most that it is at score 0, but for the outliers. */
float estimate_most_error(const struct estimates *e, size_t question);

#endif
