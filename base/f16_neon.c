#include "base/f16_kernels.h"

#if defined(__aarch64__)

#include <arm_neon.h>

enum { PARTS = F16_LANES / 4 };

static float32x4_t widened(const uint16_t *v)
{
	return vcvt_f32_f16(vreinterpret_f16_u16(vld1_u16(v)));
}

static void narrow(const float *v, size_t n, uint16_t *out)
{
	size_t i = 0;
	for (; i + 4 <= n; i += 4)
		vst1_u16(out + i, vreinterpret_u16_f16(vcvt_f16_f32(vld1q_f32(v + i))));
	for (; i < n; i++)
		out[i] = f16_round(v[i]);
}

static void widen(const uint16_t *v, size_t n, float *out)
{
	size_t i = 0;
	for (; i + 4 <= n; i += 4)
		vst1q_f32(out + i, widened(v + i));
	for (; i < n; i++)
		out[i] = f16_to_float(v[i]);
}

/* No fused multiplication: a product is rounded before it is added, as elsewhere. */
static inline __attribute__((always_inline)) void lanes_of(const float *questions, const size_t n,
                                                           size_t dim, const uint16_t *row,
                                                           size_t whole, float lanes[][F16_LANES])
{
	float32x4_t sum[F16_QUESTIONS][PARTS];
	UNROLL
	for (size_t q = 0; q < n; q++)
		UNROLL
		for (size_t p = 0; p < PARTS; p++)
			sum[q][p] = vdupq_n_f32(0);
	for (size_t i = 0; i < whole; i += F16_LANES) {
		__builtin_prefetch(row + i + F16_AHEAD);
		UNROLL
		for (size_t p = 0; p < PARTS; p++) {
			float32x4_t x = widened(row + i + p * 4);
			UNROLL
			for (size_t q = 0; q < n; q++)
				sum[q][p] = vaddq_f32(sum[q][p], vmulq_f32(vld1q_f32(questions + q * dim + i + p * 4), x));
		}
	}
	UNROLL
	for (size_t q = 0; q < n; q++)
		UNROLL
		for (size_t p = 0; p < PARTS; p++)
			vst1q_f32(lanes[q] + p * 4, sum[q][p]);
}

static void lanes(const float *questions, size_t n_questions, size_t dim, const uint16_t *row,
                  size_t whole, float sums[][F16_LANES])
{
	switch (n_questions) {
	case 1: lanes_of(questions, 1, dim, row, whole, sums); break;
	case 2: lanes_of(questions, 2, dim, row, whole, sums); break;
	case 3: lanes_of(questions, 3, dim, row, whole, sums); break;
	default: lanes_of(questions, 4, dim, row, whole, sums); break;
	}
}

const struct f16_kernels f16_neon = { "neon", narrow, widen, lanes };

#endif
