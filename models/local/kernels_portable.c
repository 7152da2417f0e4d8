/* Plain C, with vectors of four floats that compilers turn into SSE2 or NEON
 * (tried on x86-64 only). */
#include "models/local/kernels.h"

#include <math.h>
#include <string.h>

#include "base/f16.h"
#include "models/local/kernel_sets.h"

#define TARGET
#define VF 4
typedef float vf __attribute__((vector_size(16)));
typedef int32_t vi __attribute__((vector_size(16)));

static inline vf v_load(const float *p)
{
	vf v;
	memcpy(&v, p, sizeof v);
	return v;
}

static inline void v_store(float *p, vf v)
{
	memcpy(p, &v, sizeof v);
}

static inline vf v_set1(float x)
{
	return (vf){ x, x, x, x };
}

static inline vf v_fma(vf a, vf b, vf c)
{
	return a * b + c;
}

static inline vf v_max(vf a, vf b)
{
	vi m = a > b;
	return (vf)(((vi)a & m) | ((vi)b & ~m));
}

/* adding 1.5 * 2^23 leaves no bits behind the point (|x| < 2^22) */
static inline vf v_round(vf x)
{
	vf big = v_set1(12582912.0f);
	return (x + big) - big;
}

static inline vf v_pow2(vf n)
{
	vi i = __builtin_convertvector(n, vi) + 127;
	return (vf)(i << 23);
}

static inline float v_sum(vf v)
{
	return (v[0] + v[1]) + (v[2] + v[3]);
}

static inline float v_most(vf v)
{
	return fmaxf(fmaxf(v[0], v[1]), fmaxf(v[2], v[3]));
}

#include "models/local/kernels_float.h"

static void quantise(const float *x, const struct q8_matrix *a)
{
	for (size_t b = 0; b < a->n * a->k / Q_BLOCK; b++) {
		const float *block = x + b * Q_BLOCK;
		float most = 0;
		for (int i = 0; i < Q_BLOCK; i++)
			most = fmaxf(most, fabsf(block[i]));
		float inverse = most > 0 ? 127.0f / most : 0.0f;
		int32_t sum = 0;
		for (int i = 0; i < Q_BLOCK; i++) {
			int32_t q = (int32_t)lrintf(block[i] * inverse);
			a->q[b * Q_BLOCK + (size_t)i] = (int8_t)q;
			sum += q;
		}
		a->scale[b] = most / 127.0f;
		a->shift[b] = -8 * sum;
	}
}

/* acc[16] += the products of one block */
static void dot_block(const uint8_t *w, const int8_t *q, int32_t *acc)
{
	for (size_t i = 0; i < 4; i++)
		for (size_t r = 0; r < Q4_LANES; r++)
			for (size_t j = 0; j < 4; j++) {
				uint8_t byte = w[i * 64 + r * 4 + j];
				acc[r] += (byte & 15) * q[i * 4 + j] + (byte >> 4) * q[16 + i * 4 + j];
			}
}

static void gemm_q4(const struct q8_matrix *a, const struct q4_matrix *w, const float *bias,
                    float *out, size_t stride)
{
	size_t blocks = a->k / Q_BLOCK;
	for (size_t g = 0; g < w->rows / Q4_LANES; g++)
		for (size_t t = 0; t < a->n; t++) {
			float sum[Q4_LANES];
			memcpy(sum, bias + g * Q4_LANES, sizeof sum);
			for (size_t b = 0; b < blocks; b++) {
				size_t at = g * blocks + b, block = t * blocks + b;
				int32_t acc[Q4_LANES];
				for (size_t r = 0; r < Q4_LANES; r++)
					acc[r] = a->shift[block];
				dot_block(w->nibbles + at * 256, a->q + block * Q_BLOCK, acc);
				for (size_t r = 0; r < Q4_LANES; r++)
					sum[r] += (float)acc[r] * a->scale[block] *
					          f16_to_float(w->scales[at * Q4_LANES + r]);
			}
			memcpy(out + t * stride + g * Q4_LANES, sum, sizeof sum);
		}
}

const struct kernels kernels_portable = {
	"portable", quantise, gemm_q4, layer_norm, gelu, attention,
};
