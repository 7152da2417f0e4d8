/* Every set of kernels that this processor runs, against plain arithmetic in
 * double precision. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <math.h>

#include "base/f16.h"
#include "base/mem.h"
#include "models/local/kernels.h"

static uint32_t random_state = 12345;

static uint32_t random_bits(void)
{
	random_state = random_state * 1664525 + 1013904223;
	return random_state >> 8;
}

static float random_float(float most)
{
	return ((float)random_bits() / (float)(1 << 23) - 1.0f) * most;
}

static float *random_floats(size_t n, float most)
{
	float *x = mem_floats(n);
	for (size_t i = 0; i < n; i++)
		x[i] = random_float(most);
	return x;
}

static void near(double got, double want, double tolerance, const char *what, size_t at)
{
	if (!(fabs(got - want) <= tolerance))
		fail_msg("%s at %zu: %.9g instead of %.9g", what, at, got, want);
}

static struct q8_matrix q8_new(size_t n, size_t k)
{
	return (struct q8_matrix){ n, k, mem_alloc(n * k, 1), mem_floats(n * k / 32),
		                       mem_alloc(n * k / 32, sizeof(int32_t)) };
}

static void q8_free(struct q8_matrix *a)
{
	free(a->q);
	free(a->scale);
	free(a->shift);
}

static void quantised_values_are_near(void **state)
{
	(void)state;
	enum { N = 7, K = 96 };
	float *x = random_floats(N * K, 3);
	memset(x + 32, 0, 32 * sizeof *x); /* a block of zeros */
	x[64] = 1000;
	const struct kernels *k;
	for (size_t set = 0; (k = kernels_at(set)); set++) {
		struct q8_matrix a = q8_new(N, K);
		k->quantise(x, &a);
		for (size_t b = 0; b < N * K / 32; b++) {
			int32_t sum = 0;
			for (size_t i = b * 32; i < b * 32 + 32; i++) {
				near(a.q[i] * a.scale[b], x[i], a.scale[b] * 0.501, k->name, i);
				assert_true(a.q[i] >= -127);
				sum += a.q[i];
			}
			assert_int_equal(a.shift[b], -8 * sum);
		}
		q8_free(&a);
	}
	free(x);
}

struct q4_case {
	size_t n, k, rows;
	struct q8_matrix a;
	uint8_t *nibbles;
	uint16_t *scales;
	float *bias;
};

/* Random, or everything at its largest, where sums of 16 bits would overflow. */
static void q4_case_make(struct q4_case *c, bool extreme)
{
	c->a = q8_new(c->n, c->k);
	for (size_t i = 0; i < c->n * c->k; i++)
		c->a.q[i] = extreme ? (i / c->k % 2 ? -127 : 127) : (int8_t)(random_bits() % 255 - 127);
	for (size_t b = 0; b < c->n * c->k / 32; b++) {
		int32_t sum = 0;
		for (size_t i = 0; i < 32; i++)
			sum += c->a.q[b * 32 + i];
		c->a.shift[b] = -8 * sum;
		c->a.scale[b] = 0.01f + (float)(random_bits() % 100) * 0.001f;
	}
	c->nibbles = mem_alloc(c->rows * c->k / 2, 1);
	for (size_t i = 0; i < c->rows * c->k / 2; i++)
		c->nibbles[i] = extreme ? 0xff : (uint8_t)random_bits();
	c->scales = mem_alloc(c->rows * c->k / 32, sizeof *c->scales);
	for (size_t i = 0; i < c->rows * c->k / 32; i++)
		c->scales[i] = (uint16_t)(0x2000 + random_bits() % 0x1000); /* 0.008 to 0.12 */
	c->bias = random_floats(c->rows, 1);
}

static double q4_value(const struct q4_case *c, size_t row, size_t at)
{
	size_t block = row / 16 * (c->k / 32) + at / 32, j = at % 16;
	uint8_t byte = c->nibbles[block * 256 + j / 4 * 64 + row % 16 * 4 + j % 4];
	int nibble = at % 32 < 16 ? byte & 15 : byte >> 4;
	return (nibble - 8) * (double)f16_to_float(c->scales[block * 16 + row % 16]);
}

static void q4_case_check(const struct q4_case *c, const struct kernels *k)
{
	size_t stride = c->rows + 5;
	float *out = random_floats(c->n * stride, 1);
	float guard = out[c->n * stride - 1];
	struct q4_matrix w = { c->rows, c->k, c->nibbles, c->scales };
	k->gemm_q4(&c->a, &w, c->bias, out, stride);
	for (size_t t = 0; t < c->n; t++)
		for (size_t r = 0; r < c->rows; r++) {
			double want = c->bias[r], size = 1;
			for (size_t i = 0; i < c->k; i++) {
				double p = q4_value(c, r, i) * c->a.q[t * c->k + i] *
				           c->a.scale[(t * c->k + i) / 32];
				want += p;
				size += fabs(p);
			}
			near(out[t * stride + r], want, size * 1e-6, k->name, t * c->rows + r);
		}
	assert_true(out[c->n * stride - 1] == guard);
	free(out);
}

static void four_bit_products_are_right(void **state)
{
	(void)state;
	static const size_t sizes[][3] = { { 1, 32, 16 }, { 2, 64, 32 }, { 11, 96, 48 }, { 13, 384, 32 },
		                               { 25, 1536, 16 }, { 12, 32, 64 }, { 3, 128, 16 } };
	const struct kernels *k;
	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
		for (int extreme = 0; extreme < 2; extreme++) {
			struct q4_case c = { .n = sizes[i][0], .k = sizes[i][1], .rows = sizes[i][2] };
			q4_case_make(&c, extreme);
			for (size_t set = 0; (k = kernels_at(set)); set++)
				q4_case_check(&c, k);
			q8_free(&c.a);
			free(c.nibbles);
			free(c.scales);
			free(c.bias);
		}
}

static void gelu_is_right(void **state)
{
	(void)state;
	enum { N = 4096 };
	float *x = mem_floats(N), *y = mem_floats(N);
	const struct kernels *k;
	for (size_t set = 0; (k = kernels_at(set)); set++) {
		for (size_t i = 0; i < N; i++)
			y[i] = x[i] = ((float)i - N / 2) * 0.01f;
		x[0] = y[0] = -1e30f;
		x[1] = y[1] = 1e30f;
		k->gelu(y, N);
		for (size_t i = 0; i < N; i++)
			near(y[i], x[i] < -30 ? 0 : 0.5 * x[i] * (1 + erf(x[i] / sqrt(2.0))),
			     1e-6 * (1 + fabs(x[i]) * 0.1), k->name, i);
	}
	free(x);
	free(y);
}

static void layer_norm_is_right(void **state)
{
	(void)state;
	enum { N = 5, H = 96 };
	float *x = random_floats(N * H, 10), *add = random_floats(N * H, 1), *y = mem_floats(N * H);
	float *gamma = random_floats(H, 1), *beta = random_floats(H, 1);
	const struct kernels *k;
	for (size_t set = 0; (k = kernels_at(set)); set++) {
		const float *norm[2] = { gamma, beta };
		memcpy(y, x, N * H * sizeof *y);
		k->layer_norm(y, add, N, H, norm, 1e-5f);
		for (size_t t = 0; t < N; t++) {
			double mean = 0, squares = 0;
			for (size_t i = t * H; i < (t + 1) * H; i++)
				mean += ((double)x[i] + add[i]) / H;
			for (size_t i = t * H; i < (t + 1) * H; i++)
				squares += (x[i] + add[i] - mean) * (x[i] + add[i] - mean) / H;
			for (size_t c = 0; c < H; c++)
				near(y[t * H + c],
				     (x[t * H + c] + add[t * H + c] - mean) / sqrt(squares + 1e-5) * gamma[c] + beta[c],
				     1e-5, k->name, t * H + c);
		}
	}
	free(x);
	free(add);
	free(y);
	free(gamma);
	free(beta);
}

/* want[hidden] = attention of token t, in double */
static void plain_attention(const struct attention *a, size_t t, double *want)
{
	size_t width = a->hidden / a->heads;
	double *p = mem_alloc(a->len, sizeof *p);
	for (size_t head = 0; head < a->heads; head++) {
		double sum = 0;
		for (size_t j = 0; j < a->len; j++) {
			double s = 0;
			for (size_t c = head * width; c < (head + 1) * width; c++)
				s += (double)a->qkv[t * 3 * a->hidden + c] *
				     a->qkv[j * 3 * a->hidden + a->hidden + c];
			sum += p[j] = exp(s / sqrt((double)width));
		}
		for (size_t c = head * width; c < (head + 1) * width; c++) {
			want[c] = 0;
			for (size_t j = 0; j < a->len; j++)
				want[c] += p[j] / sum * a->qkv[j * 3 * a->hidden + 2 * a->hidden + c];
		}
	}
	free(p);
}

static void attention_is_right(void **state)
{
	(void)state;
	static const size_t sizes[][3] = { { 1, 64, 2 }, { 5, 32, 1 }, { 6, 128, 2 }, { 33, 96, 3 },
		                               { 64, 64, 1 }, { 131, 64, 2 } };
	const struct kernels *k;
	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
		struct attention a = { sizes[i][0], sizes[i][1], sizes[i][2], NULL, NULL, NULL };
		float *qkv = random_floats(a.len * 3 * a.hidden, 2);
		a.qkv = qkv;
		a.scratch = mem_floats(attention_floats(a.len, a.hidden / a.heads));
		a.out = mem_floats(a.len * a.hidden);
		double *want = mem_alloc(a.hidden, sizeof *want);
		for (size_t set = 0; (k = kernels_at(set)); set++) {
			k->attention(&a);
			for (size_t t = 0; t < a.len; t++) {
				plain_attention(&a, t, want);
				for (size_t c = 0; c < a.hidden; c++)
					near(a.out[t * a.hidden + c], want[c], 2e-5, k->name, t * a.hidden + c);
			}
		}
		free(want);
		free(qkv);
		free(a.scratch);
		free(a.out);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(quantised_values_are_near),
		cmocka_unit_test(four_bit_products_are_right),
		cmocka_unit_test(gelu_is_right),
		cmocka_unit_test(layer_norm_is_right),
		cmocka_unit_test(attention_is_right),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
