#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/f16.h"
#include "base/f16_kernels.h"
#include "base/mem.h"
#include "query/scan.h"

/* What a half means, by its definition. */
static double value(uint16_t h)
{
	double mantissa = h & 0x3ff;
	int exponent = h >> 10 & 31;
	double m = exponent ? ldexp(1024 + mantissa, exponent - 25) : ldexp(mantissa, -24);
	return h & 0x8000 ? -m : m;
}

static uint32_t bits_of(float f)
{
	uint32_t bits;
	memcpy(&bits, &f, sizeof bits);
	return bits;
}

static void widens_every_half(void **state)
{
	(void)state;
	const struct f16_kernels *k;
	uint16_t *all = mem_alloc(65536, sizeof *all);
	float *wide = mem_floats(65536);
	for (size_t i = 0; i < 65536; i++)
		all[i] = (uint16_t)i;
	for (size_t i = 0; (k = f16_kernels_at(i)); i++) {
		k->widen(all, 65536, wide);
		for (size_t h = 0; h < 65536; h++) {
			bool special = (h >> 10 & 31) == 31;
			if (!special)
				assert_true((double)wide[h] == value((uint16_t)h));
			else if (h & 0x3ff)
				assert_int_equal(bits_of(wide[h]), (h & 0x8000) << 16 | 0x7fc00000 | (h & 0x3ff) << 13);
			else
				assert_int_equal(bits_of(wide[h]), (h & 0x8000) << 16 | 0x7f800000);
		}
	}
	free(all);
	free(wide);
}

/* The nearest half, ties to the even one, of a finite number. */
static uint16_t nearest(float f)
{
	double x = fabs((double)f);
	uint16_t low = 0, high = 0x7c00; /* the largest that is not above, by halving */
	while (high - low > 1) {
		uint16_t mid = (uint16_t)((low + high) / 2);
		if (value(mid) <= x)
			low = mid;
		else
			high = mid;
	}
	double down = x - value(low), up = (high == 0x7c00 ? 65536 : value(high)) - x;
	uint16_t best = up < down || (up == down && (low & 1)) ? high : low;
	return (uint16_t)(best | (signbit(f) ? 0x8000 : 0));
}

static void narrows_to_the_nearest(void **state)
{
	(void)state;
	enum { N = 1 << 18 };
	float *v = mem_floats(N);
	uint16_t *plain = mem_alloc(N, sizeof *plain), *found = mem_alloc(N, sizeof *found);
	uint32_t bits = 1;
	for (size_t i = 0; i < N; i++) {
		bits = bits * 1664525 + 1013904223;
		/* all bits, such as halves have, and halfway between two of those */
		uint32_t b = i % 4 == 0 ? bits : (bits & 0x8fffffff) % 0x10000000 + 0x33000000 + (bits & 0x80000000);
		if (i % 4 == 2)
			b = (b & ~0x1fffu) | 0x1000;
		if (i % 4 == 3)
			b = (b & ~0x1fffu) | 0x0fff;
		memcpy(v + i, &b, sizeof b);
	}
	f16_portable.narrow(v, N, plain);
	for (size_t i = 0; i < N; i++)
		if (isfinite(v[i]))
			assert_int_equal(plain[i], nearest(v[i]));
		else
			assert_true((plain[i] & 0x7c00) == 0x7c00 && !(plain[i] & 0x3ff) == !isnan(v[i]));
	const struct f16_kernels *k;
	for (size_t i = 0; (k = f16_kernels_at(i)); i++)
		for (size_t n = 0; n < 40; n++) {
			k->narrow(v + n, N - n, found);
			assert_memory_equal(found, plain + n, (N - n) * sizeof *found);
			k->narrow(v, n, found);
			assert_memory_equal(found, plain, n * sizeof *found);
		}
	free(v);
	free(plain);
	free(found);
}

static void multiplies_as_floats_do(void **state)
{
	(void)state;
	static const size_t dims[] = { 0, 1, 15, 16, 64, 100, 384, 768, 1024, 1536, 3072 };
	enum { ROWS = 7, QUESTIONS = 6 };
	const struct f16_kernels *k;
	uint32_t bits = 5;
	for (size_t d = 0; d < sizeof dims / sizeof *dims; d++) {
		size_t dim = dims[d];
		float *questions = mem_floats(QUESTIONS * dim), *wide = mem_floats(ROWS * dim);
		uint16_t *rows = mem_alloc(ROWS * dim, sizeof *rows);
		float wanted[QUESTIONS * ROWS], found[QUESTIONS * ROWS];
		for (size_t i = 0; i < QUESTIONS * dim; i++) {
			bits = bits * 1664525 + 1013904223;
			questions[i] = (float)(int32_t)bits / 2147483648.0f;
			if (i < ROWS * dim)
				rows[i] = f16_round((float)(int32_t)(bits * 69069) / 2147483648.0f);
		}
		for (size_t i = QUESTIONS * dim; i < ROWS * dim; i++)
			rows[i] = (uint16_t)(i % 0x3c00);
		f32_from_f16(rows, ROWS * dim, wide);
		scan_plain(questions, QUESTIONS, wide, ROWS, dim, wanted);
		for (size_t i = 0; (k = f16_kernels_at(i)); i++)
			for (size_t n = 1; n <= QUESTIONS; n++) {
				f16_dots_by(k, questions, n, rows, ROWS, dim, found);
				assert_memory_equal(found, wanted, n * ROWS * sizeof *found);
			}
		free(questions);
		free(wide);
		free(rows);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(widens_every_half),
		cmocka_unit_test(narrows_to_the_nearest),
		cmocka_unit_test(multiplies_as_floats_do),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
