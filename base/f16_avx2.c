#include "base/f16_kernels.h"

#if defined(__x86_64__)

#include <immintrin.h>

#define TARGET __attribute__((target("avx2,f16c")))
#define INLINE TARGET static inline __attribute__((always_inline))

INLINE __m256 widened(const uint16_t *v)
{
	return _mm256_cvtph_ps(_mm_loadu_si128((const __m128i *)(const void *)v));
}

TARGET static void narrow(const float *v, size_t n, uint16_t *out)
{
	size_t i = 0;
	for (; i + 8 <= n; i += 8)
		_mm_storeu_si128((__m128i *)(void *)(out + i),
		                 _mm256_cvtps_ph(_mm256_loadu_ps(v + i), _MM_FROUND_TO_NEAREST_INT));
	for (; i < n; i++)
		out[i] = f16_round(v[i]);
}

TARGET static void widen(const uint16_t *v, size_t n, float *out)
{
	size_t i = 0;
	for (; i + 8 <= n; i += 8)
		_mm256_storeu_ps(out + i, widened(v + i));
	for (; i < n; i++)
		out[i] = f16_to_float(v[i]);
}

/* No fused multiplication: a product is rounded before it is added, as elsewhere. */
INLINE void lanes_of(const float *questions, const size_t n, size_t dim, const uint16_t *row,
                     size_t whole, float lanes[][F16_LANES])
{
	__m256 a[F16_QUESTIONS], b[F16_QUESTIONS];
	UNROLL
	for (size_t q = 0; q < n; q++)
		a[q] = b[q] = _mm256_setzero_ps();
	for (size_t i = 0; i < whole; i += F16_LANES) {
		__builtin_prefetch(row + i + F16_AHEAD);
		__m256 first = widened(row + i), second = widened(row + i + 8);
		UNROLL
		for (size_t q = 0; q < n; q++) {
			const float *question = questions + q * dim + i;
			a[q] = _mm256_add_ps(a[q], _mm256_mul_ps(_mm256_loadu_ps(question), first));
			b[q] = _mm256_add_ps(b[q], _mm256_mul_ps(_mm256_loadu_ps(question + 8), second));
		}
	}
	UNROLL
	for (size_t q = 0; q < n; q++) {
		_mm256_storeu_ps(lanes[q], a[q]);
		_mm256_storeu_ps(lanes[q] + 8, b[q]);
	}
}

TARGET static void lanes(const float *questions, size_t n_questions, size_t dim, const uint16_t *row,
                         size_t whole, float sums[][F16_LANES])
{
	switch (n_questions) {
	case 1: lanes_of(questions, 1, dim, row, whole, sums); break;
	case 2: lanes_of(questions, 2, dim, row, whole, sums); break;
	case 3: lanes_of(questions, 3, dim, row, whole, sums); break;
	default: lanes_of(questions, 4, dim, row, whole, sums); break;
	}
}

const struct f16_kernels f16_avx2 = { "avx2", narrow, widen, lanes };

#endif
