#include "store/quantise.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "store/quantise_kernels.h"
#include "store/rotate.h"

/* The largest sum of four that rounding leaves within half of QUANTISE_NIBBLE_MAX. */
enum { LARGEST_SUM = 61 };

struct quantiser {
	size_t dim, padded;
	struct rotation *rotation;
	double gain;
	float *centre; /* [dim], NULL: none */
};

struct quantised_question {
	size_t padded;
	float scale;      /* of its whole numbers */
	double lost;      /* squared length of what rounding took */
	uint8_t tables[]; /* [padded / 8, 2, 16]: sums of four with the signs of a nibble, + 63 */
};

size_t quantise_group_bytes(size_t dim)
{
	return QUANTISE_GROUP_ROWS * (rotate_padded(dim) / 8 + sizeof(float));
}

struct quantiser *quantiser_new(size_t dim, uint64_t seed, const float *centre)
{
	struct quantiser *q = mem_alloc(1, sizeof *q);
	size_t padded = rotate_padded(dim);
	*q = (struct quantiser){ .dim = dim, .padded = padded, .rotation = rotation_new(padded, seed) };
	q->gain = rotation_gain(q->rotation);
	if (centre) {
		q->centre = mem_floats(dim);
		memcpy(q->centre, centre, dim * sizeof *centre);
	}
	return q;
}

void quantiser_free(struct quantiser *q)
{
	if (!q)
		return;
	rotation_free(q->rotation);
	free(q->centre);
	free(q);
}

/* --- codes ----------------------------------------------------------------------------- */

static float *rotated(const struct quantiser *q, const float *v, const float *centre)
{
	float *x = mem_floats(q->padded);
	for (size_t i = 0; i < q->dim; i++)
		x[i] = centre ? v[i] - centre[i] : v[i];
	memset(x + q->dim, 0, (q->padded - q->dim) * sizeof *x);
	rotate(q->rotation, x);
	return x;
}

/* A length and a sum of absolutes do not depend on how a compiler orders additions, since
 * there are as many sums as a register may want, in one order. */
static void measure(const float *x, size_t n, double *square, double *absolute)
{
	double s[4] = { 0 }, a[4] = { 0 };
	for (size_t i = 0; i < n; i += 4)
		for (size_t j = 0; j < 4; j++) {
			s[j] += (double)x[i + j] * (double)x[i + j];
			a[j] += fabs((double)x[i + j]);
		}
	*square = (s[0] + s[2]) + (s[1] + s[3]);
	*absolute = (a[0] + a[2]) + (a[1] + a[3]);
}

void quantise_put(const struct quantiser *q, const float *vector, size_t row, void *group)
{
	float *x = rotated(q, vector, q->centre);
	uint8_t *codes = group;
	double square, absolute;
	measure(x, q->padded, &square, &absolute);
	float factor = absolute > 0 ? (float)(sqrt(square) / absolute) : 0;
	if (!isfinite(factor))
		factor = 0;
	for (size_t i = 0; i < q->padded; i += 8) {
		unsigned byte = 0;
		for (size_t j = 0; j < 8; j++)
			byte |= (unsigned)(x[i + j] > 0) << j;
		codes[i / 8 * QUANTISE_GROUP_ROWS + row] = (uint8_t)byte;
	}
	memcpy(codes + q->padded / 8 * QUANTISE_GROUP_ROWS + row * sizeof factor, &factor,
	       sizeof factor);
	free(x);
}

float quantise_factor(const void *group, size_t dim, size_t row)
{
	float factor;
	size_t codes = rotate_padded(dim) / 8 * QUANTISE_GROUP_ROWS;
	memcpy(&factor, (const char *)group + codes + row * sizeof factor, sizeof factor);
	return factor;
}

/* --- questions ------------------------------------------------------------------------- */

/* The unit of the whole numbers, so that no four have a sum above LARGEST_SUM. */
static float unit_of(const float *x, size_t n)
{
	float most = 0;
	for (size_t i = 0; i < n; i += 4) {
		float sum = (fabsf(x[i]) + fabsf(x[i + 1])) + (fabsf(x[i + 2]) + fabsf(x[i + 3]));
		most = sum > most ? sum : most;
	}
	return most > 1e-30f ? most / (float)LARGEST_SUM : 1;
}

static void fill_table(const int *whole, uint8_t *table)
{
	for (unsigned nibble = 0; nibble < 16; nibble++) {
		int sum = QUANTISE_NIBBLE_MAX / 2;
		for (unsigned j = 0; j < 4; j++)
			sum += nibble >> j & 1 ? whole[j] : -whole[j];
		table[nibble] = (uint8_t)sum;
	}
}

struct quantised_question *quantise_question(const struct quantiser *q, const float *question)
{
	float *x = rotated(q, question, NULL), unit;
	struct quantised_question *u = mem_alloc(1, sizeof *u + q->padded * 4);
	for (size_t i = 0; i < q->padded; i++)
		x[i] = isfinite(x[i]) ? (float)((double)x[i] / q->gain) : 0;
	unit = unit_of(x, q->padded);
	*u = (struct quantised_question){ .padded = q->padded, .scale = unit };
	for (size_t i = 0; i < q->padded; i += 4) {
		int whole[4];
		for (size_t j = 0; j < 4; j++) {
			float value = rintf(x[i + j] / unit);
			double lost = (double)(x[i + j] - value * unit);
			whole[j] = (int)value;
			u->lost += lost * lost;
		}
		fill_table(whole, u->tables + i * 4);
	}
	free(x);
	return u;
}

void quantised_question_free(struct quantised_question *u)
{
	free(u);
}

float quantise_error(const struct quantised_question *u, float factor, float score)
{
	if (!(factor > 0))
		return 2;
	double n = (double)u->padded, f = (double)factor, s = (double)score;
	double spread = n * f * f * (1 + u->lost) - 1;
	double aside = 1 - s * s;
	if (!(spread > 0) || !(aside > 0))
		return 0;
	return (float)(QUANTISE_CONFIDENCE * sqrt(aside * spread / (n - 1)));
}

/* --- the scan -------------------------------------------------------------------------- */

static void estimate(const struct quantise_kernels *k, const struct quantised_question *u,
                     const uint8_t *group, float *out)
{
	size_t n_bytes = u->padded / 8, done = 0;
	int32_t totals[QUANTISE_GROUP_ROWS];
	for (size_t r = 0; r < QUANTISE_GROUP_ROWS; r++)
		totals[r] = -(int32_t)(n_bytes * QUANTISE_NIBBLE_MAX);
	while (done < n_bytes) {
		uint16_t sums[QUANTISE_GROUP_ROWS];
		size_t n = n_bytes - done < QUANTISE_STRETCH ? n_bytes - done : QUANTISE_STRETCH;
		k->sum(u->tables + done * QUANTISE_BYTE_TABLES, group + done * QUANTISE_GROUP_ROWS, n, sums);
		for (size_t r = 0; r < QUANTISE_GROUP_ROWS; r++)
			totals[r] += sums[r];
		done += n;
	}
	float factors[QUANTISE_GROUP_ROWS], scale = u->scale;
	memcpy(factors, group + n_bytes * QUANTISE_GROUP_ROWS, sizeof factors);
	for (size_t r = 0; r < QUANTISE_GROUP_ROWS; r++)
		factors[r] *= (float)totals[r] * scale;
	memcpy(out, factors, sizeof factors);
}

void quantise_scan_by(const struct quantise_kernels *k,
                      const struct quantised_question *const *questions, size_t n_questions,
                      const void *groups, size_t n_groups, float *estimates)
{
	for (size_t g = 0; n_questions && g < n_groups; g++) {
		const uint8_t *group = (const uint8_t *)groups +
		                       g * QUANTISE_GROUP_ROWS * (questions[0]->padded / 8 + sizeof(float));
		for (size_t q = 0; q < n_questions; q++)
			estimate(k, questions[q], group,
			         estimates + (q * n_groups + g) * QUANTISE_GROUP_ROWS);
	}
}

void quantise_scan(const struct quantised_question *const *questions, size_t n_questions,
                   const void *groups, size_t n_groups, float *estimates)
{
	const struct quantise_kernels *best = NULL, *k;
	for (size_t i = 0; (k = quantise_kernels_at(i)); i++)
		best = k;
	quantise_scan_by(best, questions, n_questions, groups, n_groups, estimates);
}
