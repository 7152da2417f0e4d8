#include "query/dense.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "query/scan.h"

/* So few are multiplied one by one: a product of two matrices first copies the rows into
 * the order that it wants, which costs more than the few products themselves. */
enum { FEW_DIRECTIONS = 2 };

struct pass {
	const struct store_chunk_ref *refs;
	size_t n_refs, at;
	const float *directions; /* [n_directions, dim]: the questions, then the mean */
	size_t n_questions, n_directions, dim;
	double mean_square; /* of the mean's length, by the share that is taken off */
	const double *offsets; /* [n_questions]: the question's product with that mean */
	scan_fn *scan;
	float *products; /* [n_directions, STORE_BLOCK_ROWS] */
	float *scores;   /* [n_questions, n_refs] */
};

/* |v - m| for a unit vector v, from its product with m. */
static double length_without(double product, double mean_square)
{
	double square = 1 - 2 * product + mean_square;
	return square > 1e-6 ? sqrt(square) : 1e-3;
}

static void keep(struct pass *p, size_t first, size_t last, int64_t low_id, size_t n_rows)
{
	const float *with_mean = p->products + p->n_questions * n_rows;
	for (size_t i = first; i < last; i++) {
		size_t row = (size_t)(p->refs[i].vector_id - low_id);
		double length = p->offsets ? length_without((double)with_mean[row], p->mean_square) : 1;
		for (size_t q = 0; q < p->n_questions; q++) {
			double product = (double)p->products[q * n_rows + row];
			if (p->offsets)
				product = (product - p->offsets[q]) / length;
			p->scores[q * p->n_refs + i] = (float)product;
		}
	}
}

/* At most STORE_BLOCK_ROWS rows. Only the stretch of rows that a chunk uses is
 * multiplied, so that a filter saves the work. */
static void compare_rows(struct pass *p, int64_t first_id, size_t n, const float *rows)
{
	while (p->at < p->n_refs && p->refs[p->at].vector_id < first_id)
		p->at++;
	size_t first = p->at;
	while (p->at < p->n_refs && p->refs[p->at].vector_id < first_id + (int64_t)n)
		p->at++;
	if (p->at == first)
		return;
	size_t low = (size_t)(p->refs[first].vector_id - first_id);
	size_t high = (size_t)(p->refs[p->at - 1].vector_id - first_id) + 1;
	size_t at_once = p->n_directions <= FEW_DIRECTIONS ? 1 : p->n_directions;
	for (size_t d = 0; d < p->n_directions; d += at_once)
		p->scan(p->directions + d * p->dim, at_once, rows + low * p->dim, high - low, p->dim,
		        p->products + d * (high - low));
	keep(p, first, p->at, first_id + (int64_t)low, high - low);
}

static int compare_block(void *ctx, int64_t first_id, size_t n, const float *rows)
{
	struct pass *p = ctx;
	for (size_t row = 0; row < n; row += STORE_BLOCK_ROWS) {
		size_t left = n - row;
		compare_rows(p, first_id + (int64_t)row, left < STORE_BLOCK_ROWS ? left : STORE_BLOCK_ROWS,
		             rows + row * p->dim);
	}
	return 0;
}

/* A passage that the model has not seen is neither near nor far. */
static void fill_unknown(const struct store_chunk_ref *refs, size_t n_refs, float *scores)
{
	size_t unknown = 0;
	double sum = 0;
	while (unknown < n_refs && refs[unknown].vector_id == 0)
		unknown++;
	for (size_t i = unknown; unknown && i < n_refs; i++)
		sum += (double)scores[i];
	for (size_t i = 0; i < unknown; i++)
		scores[i] = n_refs > unknown ? (float)(sum / (double)(n_refs - unknown)) : 0;
}

static double dot(const float *a, const float *b, size_t n)
{
	double sum = 0;
	for (size_t i = 0; i < n; i++)
		sum += (double)a[i] * (double)b[i];
	return sum;
}

void dense_centre_question(const struct background *b, const float *question, float *out)
{
	for (size_t i = 0; i < b->dim; i++)
		out[i] = question[i] - (float)(DENSE_CENTRING * (double)b->question_mean[i]);
	double length = sqrt(dot(out, out, b->dim));
	for (size_t i = 0; i < b->dim; i++)
		out[i] = (float)((double)out[i] / (length > 1e-6 ? length : 1));
}

/* The questions without their part of the mean, unit length again, and behind them the
 * part of the corpus' mean. */
static float *directions_of(const struct background *b, const float *questions, size_t n, size_t dim,
                            double *offsets)
{
	float *all = mem_floats((n + 1) * dim), *mean = all + n * dim;
	for (size_t i = 0; i < dim; i++)
		mean[i] = (float)(DENSE_CENTRING * (double)b->mean[i]);
	for (size_t q = 0; q < n; q++) {
		dense_centre_question(b, questions + q * dim, all + q * dim);
		offsets[q] = dot(all + q * dim, mean, dim);
	}
	return all;
}

int dense_scores(struct store *store, const struct background *background, const float *questions,
                 size_t n_questions, size_t dim, const struct store_chunk_ref *refs, size_t n_refs,
                 float *scores, struct err *err)
{
	if (n_refs == 0)
		return 0;
	memset(scores, 0, n_questions * n_refs * sizeof *scores);
	bool centred = background && background->dim == dim;
	double *offsets = centred ? mem_alloc(n_questions, sizeof *offsets) : NULL;
	float *own = centred ? directions_of(background, questions, n_questions, dim, offsets) : NULL;
	struct pass p = {
		.refs = refs,
		.n_refs = n_refs,
		.directions = own ? own : questions,
		.n_questions = n_questions,
		.n_directions = n_questions + (own ? 1 : 0),
		.dim = dim,
		.offsets = offsets,
		.scores = scores,
	};
	if (own)
		p.mean_square = dot(own + n_questions * dim, own + n_questions * dim, dim);
	p.scan = scan_choose(p.n_directions, n_refs, dim);
	p.products = mem_floats(p.n_directions * STORE_BLOCK_ROWS);
	int rc = store_vector_blocks(store, compare_block, &p, err);
	for (size_t q = 0; q < n_questions; q++)
		fill_unknown(refs, n_refs, scores + q * n_refs);
	free(p.products);
	free(own);
	free(offsets);
	return rc;
}
