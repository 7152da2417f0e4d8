/* What a search must know of an index as a whole, to say what a score is worth: the
 * mean of its vectors, the mean of questions about it, and how near a random question
 * lies to a random passage. Derived from the index; kept in it. */
#ifndef AKIN_QUERY_BACKGROUND_H
#define AKIN_QUERY_BACKGROUND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "models/embedder.h"
#include "store/store.h"

/* Under this many passages there is no background to speak of. */
#define BACKGROUND_LEAST_CHUNKS 16

struct background {
	uint64_t n_chunks;    /* that the index had when this was made */
	size_t dim;
	bool of_questions;    /* the pairs are of pseudo-questions; else passages stood in for them */
	double pair_mean, pair_deviation; /* of centred cosines of random pairs */
	double familiarity;   /* query/familiarity.h: of the model with the index's languages */
	float *mean;          /* [dim] of the passages; owned */
	float *question_mean; /* [dim] of pseudo-questions; owned */
	size_t n_cohort;      /* 0: none in the index's languages, or they would have to be sent */
	float *cohort;        /* [n_cohort, dim] query/cohort.h, centred as questions are; owned */
};
void background_free(struct background *b); /* contents only */

/* 1: found, 0: there is none, -1. */
int background_load(struct store *store, struct background *b, struct err *err);

/* Whether there is none yet, the index has grown or shrunk by a fifth since, or its codes are
 * around another centre. */
bool background_is_due(struct store *store);

/* How much nearer question[dim], centred and of unit length, is to the questions of the
 * cohort that are nearest to it than a random pair is, in deviations of random pairs. Two, as it
 * mostly is, where there is no cohort. */
double background_cohort_level(const struct background *b, const float *question);

/* Makes it anew. The pseudo-questions are sentences of the index, embedded as questions:
 * by a model of this machine only. For a server's model nothing is sent: passages stand
 * in for questions, as they do where no sentence is of a question's length. An index with
 * fewer than BACKGROUND_LEAST_CHUNKS passages that have a vector gets none.
 * Needs STORE_MODIFY and no transaction. */
int background_refresh(struct store *store, struct embedder *embedder, struct err *err);

#endif
