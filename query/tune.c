#include "query/tune.h"

#include <stdlib.h>

#include "base/mem.h"

/* Differences of sums that rounding makes are none. */
#define TIE 1e-9

static size_t distance(size_t a, size_t b)
{
	return a > b ? a - b : b - a;
}

/* The best row over the questions that are not in fold `without`; TUNE_FOLDS: all. */
static size_t best_weight(const double *values, size_t n_weights, size_t n, size_t standard,
                          size_t without)
{
	size_t best = standard;
	double most = -1;
	for (size_t w = 0; w < n_weights; w++) {
		double sum = 0;
		for (size_t i = 0; i < n; i++)
			if (i % TUNE_FOLDS != without)
				sum += values[w * n + i];
		bool is_nearer = distance(w, standard) < distance(best, standard);
		if (sum > most + TIE || (sum > most - TIE && is_nearer)) {
			most = sum > most ? sum : most;
			best = w;
		}
	}
	return best;
}

struct tuning tune_weights(const double *values, size_t n_weights, size_t n, size_t standard)
{
	struct tuning t = { .chosen = best_weight(values, n_weights, n, standard, TUNE_FOLDS) };
	double *held_out = mem_alloc(n, sizeof *held_out);
	for (size_t f = 0; f < TUNE_FOLDS; f++) {
		t.by_fold[f] = best_weight(values, n_weights, n, standard, f);
		for (size_t i = f; i < n; i += TUNE_FOLDS)
			held_out[i] = values[t.by_fold[f] * n + i];
	}
	t.held_out = estimate_mean(held_out, n);
	t.standard = estimate_mean(values + standard * n, n);
	t.gain = estimate_difference(held_out, values + standard * n, n);
	t.pays = t.chosen != standard && t.gain.mean > t.gain.error;
	free(held_out);
	return t;
}
