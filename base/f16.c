#include "base/f16.h"

#include <stdbool.h>
#include <string.h>

#include "base/f16_kernels.h"

uint16_t f16_round(float f)
{
	uint32_t bits;
	memcpy(&bits, &f, sizeof bits);
	uint32_t sign = bits >> 16 & 0x8000, magnitude = bits & 0x7fffffff;
	if (magnitude > 0x7f800000)
		return (uint16_t)(sign | 0x7e00 | (magnitude >> 13 & 0x3ff));
	if (magnitude >= 0x47800000) /* 2^16; what rounds up to it is carried there below */
		return (uint16_t)(sign | 0x7c00);
	if (magnitude < 0x38800000) { /* below 2^-14: a count of 2^-24 */
		uint32_t shift = 126 - (magnitude >> 23);
		if (shift > 24)
			return (uint16_t)sign; /* below 2^-25, half of the count */
		uint32_t mantissa = (magnitude & 0x7fffff) | 0x800000, half = 1u << (shift - 1);
		uint32_t odd = mantissa >> shift & 1;
		return (uint16_t)(sign | (mantissa + half - 1 + odd) >> shift);
	}
	magnitude += 0xfff + (magnitude >> 13 & 1);
	return (uint16_t)(sign | ((magnitude - ((127 - 15) << 23)) >> 13));
}

float f16_to_float(uint16_t h)
{
	uint32_t sign = (uint32_t)(h & 0x8000) << 16, magnitude = h & 0x7fff, bits;
	float f;
	if (magnitude < 0x400) { /* zero and subnormal: a count of 2^-24 */
		f = (float)magnitude * 0x1p-24f;
		memcpy(&bits, &f, sizeof bits);
	} else if (magnitude < 0x7c00) {
		bits = (magnitude << 13) + ((127 - 15) << 23);
	} else {
		bits = 0x7f800000 | (magnitude & 0x3ff) << 13 | (magnitude > 0x7c00 ? 0x400000 : 0);
	}
	bits |= sign;
	memcpy(&f, &bits, sizeof f);
	return f;
}

static void narrow(const float *v, size_t n, uint16_t *out)
{
	for (size_t i = 0; i < n; i++)
		out[i] = f16_round(v[i]);
}

static void widen(const uint16_t *v, size_t n, float *out)
{
	for (size_t i = 0; i < n; i++)
		out[i] = f16_to_float(v[i]);
}

static void lanes(const float *questions, size_t n_questions, size_t dim, const uint16_t *row,
                  size_t whole, float sums[][F16_LANES])
{
	memset(sums, 0, n_questions * sizeof *sums);
	for (size_t i = 0; i < whole; i += F16_LANES) {
		float block[F16_LANES];
		widen(row + i, F16_LANES, block);
		for (size_t q = 0; q < n_questions; q++)
			for (size_t j = 0; j < F16_LANES; j++)
				sums[q][j] += questions[q * dim + i + j] * block[j];
	}
}

const struct f16_kernels f16_portable = { "portable", narrow, widen, lanes };

const struct f16_kernels *f16_kernels_at(size_t i)
{
	const struct f16_kernels *sets[2] = { &f16_portable };
	size_t n = 1;
#if defined(__x86_64__)
	/* F16C, which compilers cannot ask for by name, is older than AVX2 */
	__builtin_cpu_init();
	if (__builtin_cpu_supports("avx2"))
		sets[n++] = &f16_avx2;
#elif defined(__aarch64__)
	sets[n++] = &f16_neon;
#endif
	return i < n ? sets[i] : NULL;
}

static const struct f16_kernels *best(void)
{
	const struct f16_kernels *last = NULL, *k;
	for (size_t i = 0; (k = f16_kernels_at(i)); i++)
		last = k;
	return last;
}

void f16_from_f32(const float *v, size_t n, uint16_t *out)
{
	best()->narrow(v, n, out);
}

void f32_from_f16(const uint16_t *v, size_t n, float *out)
{
	best()->widen(v, n, out);
}

static float sum_lanes(float *lane)
{
	for (size_t half = F16_LANES / 2; half; half /= 2)
		for (size_t j = 0; j < half; j++)
			lane[j] += lane[j + half];
	return lane[0];
}

void f16_dots_by(const struct f16_kernels *k, const float *questions, size_t n_questions,
                 const uint16_t *rows, size_t n_rows, size_t dim, float *out)
{
	size_t whole = dim / F16_LANES * F16_LANES;
	for (size_t q = 0; q < n_questions; q += F16_QUESTIONS) {
		size_t n = n_questions - q < F16_QUESTIONS ? n_questions - q : F16_QUESTIONS;
		for (size_t r = 0; r < n_rows; r++) {
			const uint16_t *row = rows + r * dim;
			float sums[F16_QUESTIONS][F16_LANES];
			k->lanes(questions + q * dim, n, dim, row, whole, sums);
			for (size_t i = 0; i < n; i++) {
				for (size_t j = whole; j < dim; j++)
					sums[i][j - whole] += questions[(q + i) * dim + j] * f16_to_float(row[j]);
				out[(q + i) * n_rows + r] = sum_lanes(sums[i]);
			}
		}
	}
}

void f16_dots(const float *questions, size_t n_questions, const uint16_t *rows, size_t n_rows,
              size_t dim, float *out)
{
	f16_dots_by(best(), questions, n_questions, rows, n_rows, dim, out);
}
