#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "store/quantise.h"
#include "store/quantise_kernels.h"
#include "store/rotate.h"
#include "tests/support/synthetic.h"

static const size_t dims[] = { 64, 100, 384, 768, 1024, 1536, 3072 };
enum { N_DIMS = sizeof dims / sizeof *dims };

/* --- rotation ---------------------------------------------------------------------------- */

static void pads_little(void **state)
{
	(void)state;
	static const size_t same[] = { 64, 128, 256, 320, 384, 512, 768, 1024, 1536, 2048, 3072, 4096 };
	for (size_t i = 0; i < sizeof same / sizeof *same; i++)
		assert_int_equal(rotate_padded(same[i]), same[i]);
	assert_int_equal(rotate_padded(1), 64);
	assert_int_equal(rotate_padded(100), 128);
	assert_int_equal(rotate_padded(1025), 1280);
	for (size_t dim = 64; dim <= 16384; dim++) {
		size_t padded = rotate_padded(dim);
		assert_true(padded >= dim && padded % 64 == 0);
		assert_true(padded <= dim + 64 || padded <= dim + dim / 4);
	}
}

static double dot(const float *a, const float *b, size_t n)
{
	double sum = 0;
	for (size_t i = 0; i < n; i++)
		sum += (double)a[i] * (double)b[i];
	return sum;
}

/* Angles stay, and even a vector along an axis is spread over all of them. */
static void rotates(void **state)
{
	(void)state;
	struct synthetic s = synthetic_new(SYNTHETIC_HARD, 1024, 1);
	for (size_t d = 0; d < N_DIMS; d++) {
		size_t n = rotate_padded(dims[d]);
		struct rotation *r = rotation_new(n, 7);
		float *a = mem_floats(n), *b = mem_floats(n);
		for (size_t i = 0; i < n; i++) {
			a[i] = (float)synthetic_normal(&s);
			b[i] = (float)(synthetic_normal(&s) + 0.5 * (double)a[i]);
		}
		double before = dot(a, b, n), square = rotation_gain(r) * rotation_gain(r);
		rotate(r, a);
		rotate(r, b);
		assert_true(fabs(dot(a, b, n) / square - before) < 1e-4 * (double)n);
		for (size_t axis = 0; axis < n; axis += n / 7) {
			memset(a, 0, n * sizeof *a);
			a[axis] = 1;
			rotate(r, a);
			double most = 0;
			for (size_t i = 0; i < n; i++)
				most = fmax(most, fabs((double)a[i]) / rotation_gain(r));
			assert_true(most < 6 / sqrt((double)n));
		}
		rotation_free(r);
		free(a);
		free(b);
	}
	synthetic_free(&s);
}

/* --- estimates ----------------------------------------------------------------------------- */

struct sample {
	size_t dim, n, n_questions;
	float *vectors, *questions; /* unit */
	float *centre;              /* NULL: none */
	char *groups;
	float *estimates, *scores; /* [n_questions, n] */
	struct quantised_question **quantised;
};

static void unit(float *v, size_t n)
{
	double length = sqrt(dot(v, v, n));
	for (size_t i = 0; i < n; i++)
		v[i] = (float)((double)v[i] / length);
}

static void fill_exact(struct sample *s)
{
	float *v = mem_floats(s->dim);
	for (size_t i = 0; i < s->n; i++) {
		for (size_t j = 0; j < s->dim; j++)
			v[j] = s->vectors[i * s->dim + j] - (s->centre ? s->centre[j] : 0);
		unit(v, s->dim);
		for (size_t q = 0; q < s->n_questions; q++)
			s->scores[q * s->n + i] = (float)dot(s->questions + q * s->dim, v, s->dim);
	}
	free(v);
}

static struct sample sample_new(enum synthetic_kind kind, size_t dim, size_t n, size_t n_questions,
                                bool centred)
{
	struct sample s = { .dim = dim, .n = n, .n_questions = n_questions };
	struct synthetic of = synthetic_new(kind, dim, 42);
	s.vectors = mem_floats(n * dim);
	s.questions = mem_floats(n_questions * dim);
	for (size_t i = 0; i < n; i++)
		synthetic_vector(&of, i, s.vectors + i * dim);
	for (size_t i = 0; i < n_questions; i++)
		synthetic_question(&of, i, n, s.questions + i * dim);
	synthetic_free(&of);
	if (centred) {
		s.centre = mem_floats(dim);
		for (size_t j = 0; j < dim; j++) {
			double sum = 0;
			for (size_t i = 0; i < n; i++)
				sum += (double)s.vectors[i * dim + j];
			s.centre[j] = (float)(0.5 * sum / (double)n);
		}
		for (size_t q = 0; q < n_questions; q++) {
			for (size_t j = 0; j < dim; j++)
				s.questions[q * dim + j] -= s.centre[j];
			unit(s.questions + q * dim, dim);
		}
	}
	struct quantiser *q = quantiser_new(dim, 1, s.centre);
	size_t n_groups = (n + QUANTISE_GROUP_ROWS - 1) / QUANTISE_GROUP_ROWS;
	assert_int_equal(n % QUANTISE_GROUP_ROWS, 0);
	s.groups = mem_zalloc(n_groups, quantise_group_bytes(dim));
	for (size_t i = 0; i < n; i++)
		quantise_put(q, s.vectors + i * dim, i % QUANTISE_GROUP_ROWS,
		             s.groups + i / QUANTISE_GROUP_ROWS * quantise_group_bytes(dim));
	s.quantised = mem_alloc(n_questions, sizeof *s.quantised);
	for (size_t i = 0; i < n_questions; i++)
		s.quantised[i] = quantise_question(q, s.questions + i * dim);
	quantiser_free(q);
	s.estimates = mem_floats(n_questions * n);
	s.scores = mem_floats(n_questions * n);
	quantise_scan((const struct quantised_question *const *)s.quantised, n_questions, s.groups,
	              n_groups, s.estimates);
	fill_exact(&s);
	return s;
}

static void sample_free(struct sample *s)
{
	for (size_t i = 0; i < s->n_questions; i++)
		quantised_question_free(s->quantised[i]);
	free(s->quantised);
	free(s->vectors);
	free(s->questions);
	free(s->centre);
	free(s->groups);
	free(s->estimates);
	free(s->scores);
}

/* The share of estimates that are further off than the bound, and their mean error in bounds. */
static void assert_within_bound(const struct sample *s, double most_outside)
{
	size_t outside = 0, total = s->n * s->n_questions;
	double bias = 0;
	for (size_t q = 0; q < s->n_questions; q++)
		for (size_t i = 0; i < s->n; i++) {
			const char *group = s->groups + i / QUANTISE_GROUP_ROWS * quantise_group_bytes(s->dim);
			float factor = quantise_factor(group, s->dim, i % QUANTISE_GROUP_ROWS);
			float score = s->scores[q * s->n + i];
			double off = (double)(s->estimates[q * s->n + i] - score);
			double bound = (double)quantise_error(s->quantised[q], factor, score);
			bias += off / bound;
			outside += fabs(off) > bound;
		}
	bias /= (double)total;
	assert_true((double)outside <= most_outside * (double)total);
	assert_true(fabs(bias) < 0.05);
}

static void estimates_within_the_bound(void **state)
{
	(void)state;
	for (size_t d = 0; d < N_DIMS; d++)
		for (int kind = 0; kind < 4; kind++) {
			struct sample s = sample_new(kind % 2 ? SYNTHETIC_HARD : SYNTHETIC_CLUSTERED, dims[d],
			                             640, 16, kind / 2);
			assert_within_bound(&s, 0.005);
			sample_free(&s);
		}
}

/* Recall@10 of the exact best among the best by estimate. */
static double recall(const struct sample *s, size_t n_scored)
{
	enum { K = 10 };
	size_t found = 0;
	for (size_t q = 0; q < s->n_questions; q++) {
		const float *score = s->scores + q * s->n, *estimate = s->estimates + q * s->n;
		for (size_t i = 0; i < s->n; i++) {
			size_t better = 0, before = 0;
			for (size_t j = 0; j < s->n && better < K; j++)
				better += score[j] > score[i];
			if (better >= K)
				continue;
			for (size_t j = 0; j < s->n; j++)
				before += estimate[j] > estimate[i];
			found += before < n_scored;
		}
	}
	return (double)found / (double)(K * s->n_questions);
}

static void finds_the_nearest(void **state)
{
	(void)state;
	for (int kind = 0; kind < 2; kind++) {
		struct sample s = sample_new(kind ? SYNTHETIC_HARD : SYNTHETIC_CLUSTERED, 1024, 6400, 20, kind);
		assert_true(recall(&s, 100) >= 0.98);
		sample_free(&s);
	}
}

/* --- edges ----------------------------------------------------------------------------------- */

static void takes_what_is_no_vector(void **state)
{
	(void)state;
	enum { DIM = 100 };
	float centre[DIM], bad[5][DIM] = { { 0 } }, question[DIM] = { 1 }, estimates[QUANTISE_GROUP_ROWS];
	for (size_t i = 0; i < DIM; i++) {
		centre[i] = (float)i / 1000;
		bad[0][i] = centre[i];
		bad[1][i] = 0;
		bad[2][i] = i == 50 ? NAN : 0.1f;
		bad[3][i] = i == 50 ? INFINITY : 0.1f;
		bad[4][i] = 3e38f;
	}
	struct quantiser *q = quantiser_new(DIM, 1, centre);
	void *group = mem_zalloc(1, quantise_group_bytes(DIM));
	for (size_t i = 0; i < 5; i++)
		quantise_put(q, bad[i], i, group);
	for (size_t i = 0; i < 6; i++) {
		const float *asked = i < 5 ? bad[i] : question;
		struct quantised_question *u = quantise_question(q, asked);
		quantise_scan((const struct quantised_question *const *)&u, 1, group, 1, estimates);
		for (size_t r = 0; r < QUANTISE_GROUP_ROWS; r++)
			assert_true(isfinite(estimates[r]));
		for (size_t r = 0; r < QUANTISE_GROUP_ROWS; r++)
			assert_true(r == 1 || quantise_factor(group, DIM, r) == 0);
		assert_true(quantise_error(u, 0, 0.5f) == 2);
		quantised_question_free(u);
	}
	free(group);
	quantiser_free(q);
}

/* --- kernels --------------------------------------------------------------------------------- */

static void assert_same_sums(const struct quantise_kernels *k, size_t n_bytes, int pattern)
{
	uint8_t *tables = mem_alloc(n_bytes, QUANTISE_BYTE_TABLES);
	uint8_t *codes = mem_alloc(n_bytes, QUANTISE_GROUP_ROWS);
	uint16_t wanted[QUANTISE_GROUP_ROWS], found[QUANTISE_GROUP_ROWS];
	uint32_t state = 1;
	for (size_t i = 0; i < n_bytes * (QUANTISE_BYTE_TABLES + QUANTISE_GROUP_ROWS); i++) {
		state = state * 1664525 + 1013904223;
		uint8_t byte = (uint8_t)(state >> 24);
		if (i < n_bytes * QUANTISE_BYTE_TABLES)
			tables[i] = pattern == 1 ? QUANTISE_NIBBLE_MAX : pattern == 2 ? 0 :
			            byte % (QUANTISE_NIBBLE_MAX + 1);
		else
			codes[i - n_bytes * QUANTISE_BYTE_TABLES] = pattern == 3 ? 255 : byte;
	}
	quantise_portable.sum(tables, codes, n_bytes, wanted);
	k->sum(tables, codes, n_bytes, found);
	assert_memory_equal(found, wanted, sizeof found);
	free(tables);
	free(codes);
}

static void kernels_agree(void **state)
{
	(void)state;
	const struct quantise_kernels *k;
	for (size_t i = 0; (k = quantise_kernels_at(i)); i++) {
		for (int pattern = 0; pattern < 4; pattern++)
			for (size_t n = 8; n <= QUANTISE_STRETCH; n += 8)
				assert_same_sums(k, n, pattern);
	}
}

static void scans_agree(void **state)
{
	(void)state;
	for (size_t d = 0; d < N_DIMS; d++) {
		struct sample s = sample_new(SYNTHETIC_HARD, dims[d], 128, 5, true);
		const struct quantise_kernels *k;
		float *found = mem_floats(s.n * s.n_questions);
		for (size_t i = 0; (k = quantise_kernels_at(i)); i++) {
			quantise_scan_by(k, (const struct quantised_question *const *)s.quantised, s.n_questions,
			                 s.groups, s.n / QUANTISE_GROUP_ROWS, found);
			assert_memory_equal(found, s.estimates, s.n * s.n_questions * sizeof *found);
		}
		free(found);
		sample_free(&s);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pads_little),
		cmocka_unit_test(rotates),
		cmocka_unit_test(estimates_within_the_bound),
		cmocka_unit_test(finds_the_nearest),
		cmocka_unit_test(takes_what_is_no_vector),
		cmocka_unit_test(kernels_agree),
		cmocka_unit_test(scans_agree),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
