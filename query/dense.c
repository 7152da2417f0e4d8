#include "query/dense.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/f16.h"
#include "base/mem.h"
#include "query/scan.h"

/* So few are multiplied with float16 as it is stored: a product of two matrices first copies
 * the rows into the order that it wants, which costs more than the few products themselves. */
enum { FEW_DIRECTIONS = 8 };

struct pass {
	struct store *store;
	const struct store_chunk_ref *refs;
	size_t n_refs;
	const float *directions; /* [n_directions, dim]: the questions, then the mean */
	size_t n_questions, n_directions, dim;
	double mean_square; /* of the mean's length, by the share that is taken off */
	const double *offsets; /* [n_questions]: the question's product with that mean */
	scan_fn *scan;
	float *rows;      /* [STORE_BLOCK_ROWS, dim]; or as they are stored: */
	uint16_t *halves; /* NULL: not so */
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

/* The refs from `first` on that lie in one block. Only the stretch of rows that a chunk
 * uses is read and multiplied, so that a filter saves the work. */
static int compare_rows(struct pass *p, size_t first, size_t last, struct err *err)
{
	int64_t low = p->refs[first].vector_id;
	size_t n = (size_t)(p->refs[last - 1].vector_id - low) + 1;
	int rc = p->halves ? store_vector_halves(p->store, low, n, p->halves, err)
	                   : store_vector_rows(p->store, low, n, p->rows, err);
	if (rc <= 0)
		return rc; /* akin doctor tells of vectors that are missing */
	if (p->halves)
		f16_dots(p->directions, p->n_directions, p->halves, n, p->dim, p->products);
	else
		p->scan(p->directions, p->n_directions, p->rows, n, p->dim, p->products);
	keep(p, first, last, low, n);
	return 0;
}

static int64_t block_of(const struct store_chunk_ref *ref)
{
	return (ref->vector_id - 1) / STORE_BLOCK_ROWS;
}

static int compare_all(struct pass *p, struct err *err)
{
	size_t first = 0, last;
	while (first < p->n_refs && p->refs[first].vector_id < 1)
		first++;
	for (; first < p->n_refs; first = last) {
		last = first + 1;
		while (last < p->n_refs && block_of(&p->refs[last]) == block_of(&p->refs[first]))
			last++;
		if (compare_rows(p, first, last, err) < 0)
			return -1;
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

void dense_centre(const struct background *b, float *out)
{
	for (size_t i = 0; i < b->dim; i++)
		out[i] = (float)(DENSE_CENTRING * (double)b->mean[i]);
}

/* The questions without their part of the mean, unit length again, and behind them the
 * part of the corpus' mean. */
static float *directions_of(const struct background *b, const float *questions, size_t n, size_t dim,
                            double *offsets)
{
	float *all = mem_floats((n + 1) * dim), *mean = all + n * dim;
	dense_centre(b, mean);
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
		.store = store,
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
	enum store_precision precision;
	if (store_precision(store, &precision, err) < 0) {
		free(own);
		free(offsets);
		return -1;
	}
	if (precision == STORE_F16 && p.n_directions <= FEW_DIRECTIONS)
		p.halves = mem_alloc(STORE_BLOCK_ROWS * dim, sizeof *p.halves);
	else
		p.scan = scan_choose(p.n_directions, n_refs, dim);
	p.products = mem_floats(p.n_directions * STORE_BLOCK_ROWS);
	p.rows = mem_floats(STORE_BLOCK_ROWS * dim);
	int rc = compare_all(&p, err);
	for (size_t q = 0; q < n_questions; q++)
		fill_unknown(refs, n_refs, scores + q * n_refs);
	free(p.products);
	free(p.rows);
	free(p.halves);
	free(own);
	free(offsets);
	return rc;
}

enum { RUN = 8 };

size_t dense_sample(const struct store_chunk_ref *refs, size_t n_refs, size_t *places)
{
	size_t first = 0, n = 0;
	while (first < n_refs && refs[first].vector_id < 1)
		first++;
	size_t known = n_refs - first;
	if (known <= DENSE_SAMPLE) {
		for (; n < known; n++)
			places[n] = first + n;
		return n;
	}
	for (size_t run = 0; run < DENSE_SAMPLE / RUN; run++)
		for (size_t i = 0; i < RUN; i++)
			places[n++] = first + run * (known - RUN) / (DENSE_SAMPLE / RUN - 1) + i;
	return n;
}

void dense_question_init(struct dense_question *q, struct store *store, const struct background *b,
                         const float *question, size_t dim)
{
	*q = (struct dense_question){ .store = store, .dim = dim, .direction = mem_floats(2 * dim),
		                      .row = mem_floats(dim) };
	memcpy(q->direction, question, dim * sizeof *question);
	if (!b || b->dim != dim)
		return;
	q->mean = q->direction + dim;
	dense_centre(b, q->mean);
	dense_centre_question(b, question, q->direction);
	q->offset = dot(q->direction, q->mean, dim);
	q->mean_square = dot(q->mean, q->mean, dim);
}

void dense_question_free(struct dense_question *q)
{
	free(q->direction);
	free(q->row);
	*q = (struct dense_question){ 0 };
}

int dense_question_score(const struct dense_question *q, int64_t vector_id, float *score,
                         struct err *err)
{
	float products[2] = { 0 };
	enum store_precision precision;
	size_t n = q->mean ? 2 : 1;
	if (store_precision(q->store, &precision, err) < 0)
		return -1;
	int found = precision == STORE_F16
	            ? store_vector_halves(q->store, vector_id, 1, (uint16_t *)(void *)q->row, err)
	            : store_vector_rows(q->store, vector_id, 1, q->row, err);
	if (found > 0 && precision == STORE_F16)
		f16_dots(q->direction, n, (const uint16_t *)(const void *)q->row, 1, q->dim, products);
	else if (found > 0)
		scan_plain(q->direction, n, q->row, 1, q->dim, products);
	*score = products[0];
	if (found > 0 && q->mean)
		*score = (float)(((double)products[0] - q->offset) /
		                 length_without((double)products[1], q->mean_square));
	return found < 0 ? -1 : 0;
}
