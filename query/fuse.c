#include "query/fuse.h"

#include <math.h>
#include <stdlib.h>

#include "base/mem.h"

static void spread_of(const float *dense, size_t n, struct fuse_spread *s)
{
	double sum = 0, squares = 0, best = -INFINITY;
	for (size_t i = 0; i < n; i++) {
		double x = (double)dense[i];
		sum += x;
		squares += x * x;
		best = x > best ? x : best;
	}
	s->mean = sum / (double)n;
	double variance = squares / (double)n - s->mean * s->mean;
	if (!(variance > 1e-12)) {
		s->contrast = 0; /* what differs is rounding */
		return;
	}
	s->deviation = sqrt(variance);
	double chance = n > 2 ? sqrt(2 * log((double)n)) : 1;
	s->contrast = sqrt((best - s->mean) / s->deviation / chance);
}

static const double enough_known = 0.8;

static double lexical_scale(const struct fuse_lexical *e, double weight)
{
	if (!(e->ideal > 0) || !(e->best > 0))
		return 0;
	double known = fmin(1, e->known / e->ideal / enough_known);
	/* a question of nothing but words that stand everywhere weighs next to nothing */
	double ideal = e->ideal > FUSE_LEAST_IDEAL ? e->ideal : FUSE_LEAST_IDEAL;
	return weight * known * known / pow(ideal, 0.6);
}

struct fuse_spread fuse_scores(const float *dense, const float *lexical, size_t n,
                               const struct fuse_lexical *evidence, const struct fuse_weights *weights,
                               float *out)
{
	struct fuse_spread s = { .deviation = 1, .contrast = 1 };
	if (n == 0)
		return s;
	if (dense) {
		spread_of(dense, n, &s);
		s.contrast *= weights->familiarity;
	}
	if (lexical)
		s.lexical_scale = lexical_scale(evidence, weights->lexical);
	for (size_t i = 0; i < n; i++) {
		double fused = dense ? s.contrast * ((double)dense[i] - s.mean) / s.deviation : 0;
		if (lexical)
			fused += s.lexical_scale * (double)lexical[i];
		out[i] = (float)fused;
	}
	return s;
}

/* --- ranks -------------------------------------------------------------------------------- */

enum { RANK_CONSTANT = 60 };

struct place {
	float score;
	size_t at;
};

static int higher_first(const void *a, const void *b)
{
	const struct place *x = a, *y = b;
	if (x->score != y->score)
		return x->score > y->score ? -1 : 1;
	return x->at < y->at ? -1 : x->at > y->at;
}

static void add_ranks(const float *scores, size_t n, float *out)
{
	struct place *places = mem_alloc(n, sizeof *places);
	size_t m = 0;
	for (size_t i = 0; i < n; i++)
		if (scores[i] > 0)
			places[m++] = (struct place){ scores[i], i };
	if (m > 1)
		qsort(places, m, sizeof *places, higher_first);
	for (size_t i = 0; i < m; i++)
		out[places[i].at] += 1.0f / (float)(RANK_CONSTANT + i + 1);
	free(places);
}

void fuse_ranks(const float *dense, const float *lexical, size_t n, float *out)
{
	for (size_t i = 0; i < n; i++)
		out[i] = 0;
	add_ranks(dense, n, out);
	add_ranks(lexical, n, out);
}
