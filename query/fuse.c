#include "query/fuse.h"

#include <math.h>
#include <stdlib.h>

#include "base/mem.h"

static struct fuse_dense dense_of(const float *dense, size_t n)
{
	struct fuse_dense d = { .best = -INFINITY, .n = n };
	double squares = 0;
	for (size_t i = 0; i < n; i++) {
		double x = (double)dense[i];
		d.mean += x;
		squares += x * x;
		d.best = x > d.best ? x : d.best;
	}
	d.mean /= (double)n;
	d.variance = squares / (double)n - d.mean * d.mean;
	return d;
}

static void spread_of(const struct fuse_dense *d, struct fuse_spread *s)
{
	s->mean = d->mean;
	if (!(d->variance > 1e-12)) {
		s->contrast = 0; /* what differs is rounding */
		return;
	}
	s->deviation = sqrt(d->variance);
	double chance = d->n > 2 ? sqrt(2 * log((double)d->n)) : 1;
	double above = d->best - d->mean; /* of a sample's it may be below */
	s->contrast = sqrt((above > 0 ? above : 0) / s->deviation / chance);
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

struct fuse_spread fuse_spread_of(const struct fuse_dense *dense, const struct fuse_lexical *lexical,
                                  const struct fuse_weights *weights)
{
	struct fuse_spread s = { .deviation = 1, .contrast = 1 };
	if (dense) {
		spread_of(dense, &s);
		s.contrast *= weights->familiarity;
	}
	if (lexical)
		s.lexical_scale = lexical_scale(lexical, weights->lexical);
	return s;
}

void fuse_apply(const struct fuse_spread *s, const float *dense, const float *lexical, size_t n,
                float *out)
{
	for (size_t i = 0; i < n; i++) {
		double fused = dense ? s->contrast * ((double)dense[i] - s->mean) / s->deviation : 0;
		if (lexical)
			fused += s->lexical_scale * (double)lexical[i];
		out[i] = (float)fused;
	}
}

struct fuse_spread fuse_scores(const float *dense, const float *lexical, size_t n,
                               const struct fuse_lexical *evidence, const struct fuse_weights *weights,
                               float *out)
{
	struct fuse_dense d;
	if (n == 0)
		return (struct fuse_spread){ .deviation = 1, .contrast = 1 };
	if (dense)
		d = dense_of(dense, n);
	struct fuse_spread s = fuse_spread_of(dense ? &d : NULL, lexical ? evidence : NULL, weights);
	fuse_apply(&s, dense, lexical, n, out);
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
