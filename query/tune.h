/* Chooses the weight of hybrid search by cross-validation: each question is measured
 * at the weight that was best on the questions of the other folds, so that the gain
 * that is reported was not chosen by the questions that report it. Pure. */
#ifndef AKIN_QUERY_TUNE_H
#define AKIN_QUERY_TUNE_H

#include <stdbool.h>
#include <stddef.h>

#include "query/measure.h"

enum { TUNE_FOLDS = 5, TUNE_LEAST_QUESTIONS = 20 };

struct tuning {
	size_t chosen;              /* the weight with the best mean over all questions */
	size_t by_fold[TUNE_FOLDS]; /* the one that the other folds chose for this fold */
	struct estimate held_out;   /* over all questions, each at its fold's weight */
	struct estimate standard;   /* at the default */
	struct estimate gain;       /* held_out less standard, question by question */
	bool pays;                  /* chosen is not the default, and the gain is above its error */
};

/* values[n_weights, n]: a measure of each question at each weight; question i is in
 * fold i % TUNE_FOLDS. `standard` is the default's row; of equal means the row nearest
 * to it wins, the lower of two. n >= TUNE_LEAST_QUESTIONS. */
struct tuning tune_weights(const double *values, size_t n_weights, size_t n, size_t standard);

#endif
