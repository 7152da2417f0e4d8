/* AVX-512 with VNNI (Intel from Ice Lake, AMD from Zen 4). */
#include "models/local/kernels.h"

#if defined(__x86_64__)

#include <immintrin.h>
#include <math.h>
#include <string.h>

#include "models/local/kernel_sets.h"

#define TARGET __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,avx512vnni,avx2,fma,f16c")))
#define VF 16
typedef __m512 vf;

#define v_load(p) _mm512_loadu_ps(p)
#define v_store(p, v) _mm512_storeu_ps(p, v)
#define v_set1(x) _mm512_set1_ps(x)
#define v_fma(a, b, c) _mm512_fmadd_ps(a, b, c)
#define v_max(a, b) _mm512_max_ps(a, b)
#define v_round(x) _mm512_roundscale_ps(x, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC)
#define v_pow2(n) _mm512_scalef_ps(_mm512_set1_ps(1.0f), n)
#define v_sum(v) _mm512_reduce_add_ps(v)
#define v_most(v) _mm512_reduce_max_ps(v)

#include "models/local/kernels_float.h"

INLINE void quantise_block(const float *x, int8_t *q, float *scale, int32_t *shift)
{
	__m512 x0 = _mm512_loadu_ps(x), x1 = _mm512_loadu_ps(x + 16);
	float most = _mm512_reduce_max_ps(_mm512_max_ps(_mm512_abs_ps(x0), _mm512_abs_ps(x1)));
	__m512 inverse = _mm512_set1_ps(most > 0 ? 127.0f / most : 0.0f);
	__m512i i0 = _mm512_cvtps_epi32(_mm512_mul_ps(x0, inverse));
	__m512i i1 = _mm512_cvtps_epi32(_mm512_mul_ps(x1, inverse));
	_mm_storeu_si128((__m128i *)(void *)q, _mm512_cvtepi32_epi8(i0));
	_mm_storeu_si128((__m128i *)(void *)(q + 16), _mm512_cvtepi32_epi8(i1));
	*scale = most / 127.0f;
	*shift = -8 * _mm512_reduce_add_epi32(_mm512_add_epi32(i0, i1));
}

TARGET static void quantise(const float *x, const struct q8_matrix *a)
{
	for (size_t b = 0; b < a->n * a->k / Q_BLOCK; b++)
		quantise_block(x + b * Q_BLOCK, a->q + b * Q_BLOCK, a->scale + b, a->shift + b);
}

/* Tokens times groups of rows that are worked on at a time: as many sums of
 * integers and of floats as registers hold. Two groups, since every four bytes
 * of a token that are loaded then serve two products. */
#define TILE 6
#define TILE_GROUPS 2

struct tile {
	size_t k, blocks;
	const int8_t *q; /* of the tile's first token */
	const float *scale;
	const int32_t *shift;
	const uint8_t *nibbles; /* of the first group; groups are blocks * 256 apart */
	const uint16_t *scales;
	const float *bias;
	float *out;
	size_t stride;
};

INLINE __m512i four_bytes(const int8_t *q)
{
	int32_t v;
	memcpy(&v, q, sizeof v);
	return _mm512_set1_epi32(v);
}

/* acc[n][groups] = the block's sums */
INLINE void dot_block(const struct tile *p, size_t b, __m512i acc[TILE][TILE_GROUPS],
                      const size_t n, const size_t groups)
{
	const __m512i low = _mm512_set1_epi8(15);
	UNROLL
	for (size_t t = 0; t < n; t++)
		for (size_t g = 0; g < groups; g++)
			acc[t][g] = _mm512_set1_epi32(p->shift[t * p->blocks + b]);
	UNROLL
	for (size_t i = 0; i < 4; i++) {
		__m512i w0[TILE_GROUPS], w1[TILE_GROUPS];
		UNROLL
		for (size_t g = 0; g < groups; g++) {
			__m512i w = _mm512_loadu_si512(p->nibbles + (g * p->blocks + b) * 256 + i * 64);
			w0[g] = _mm512_and_si512(w, low);
			w1[g] = _mm512_and_si512(_mm512_srli_epi16(w, 4), low);
		}
		const int8_t *q = p->q + b * Q_BLOCK + i * 4;
		UNROLL
		for (size_t t = 0; t < n; t++) {
			__m512i first = four_bytes(q + t * p->k), second = four_bytes(q + t * p->k + 16);
			UNROLL
			for (size_t g = 0; g < groups; g++) {
				acc[t][g] = _mm512_dpbusd_epi32(acc[t][g], w0[g], first);
				acc[t][g] = _mm512_dpbusd_epi32(acc[t][g], w1[g], second);
			}
		}
	}
}

INLINE void gemm_tile(const struct tile *p, const size_t n, const size_t groups)
{
	__m512 sum[TILE][TILE_GROUPS];
	UNROLL
	for (size_t t = 0; t < n; t++)
		for (size_t g = 0; g < groups; g++)
			sum[t][g] = _mm512_loadu_ps(p->bias + g * Q4_LANES);
	for (size_t b = 0; b < p->blocks; b++) {
		__m512i acc[TILE][TILE_GROUPS];
		__m512 scales[TILE_GROUPS];
		dot_block(p, b, acc, n, groups);
		UNROLL
		for (size_t g = 0; g < groups; g++)
			scales[g] = _mm512_cvtph_ps(_mm256_loadu_si256(
				(const __m256i *)(const void *)(p->scales + (g * p->blocks + b) * Q4_LANES)));
		UNROLL
		for (size_t t = 0; t < n; t++) {
			__m512 scale = _mm512_set1_ps(p->scale[t * p->blocks + b]);
			UNROLL
			for (size_t g = 0; g < groups; g++)
				sum[t][g] = _mm512_fmadd_ps(_mm512_cvtepi32_ps(acc[t][g]),
				                            _mm512_mul_ps(scales[g], scale), sum[t][g]);
		}
	}
	UNROLL
	for (size_t t = 0; t < n; t++)
		for (size_t g = 0; g < groups; g++)
			_mm512_storeu_ps(p->out + t * p->stride + g * Q4_LANES, sum[t][g]);
}

TARGET static void gemm_tile_of(const struct tile *p, size_t n, size_t groups)
{
	if (groups == 1) { /* the last of an odd number of groups */
		for (struct tile one = *p; n; n--) {
			gemm_tile(&one, 1, 1);
			one.q += p->k;
			one.scale += p->blocks;
			one.shift += p->blocks;
			one.out += p->stride;
		}
		return;
	}
	switch (n) {
	case 1: gemm_tile(p, 1, 2); break;
	case 2: gemm_tile(p, 2, 2); break;
	case 3: gemm_tile(p, 3, 2); break;
	case 4: gemm_tile(p, 4, 2); break;
	case 5: gemm_tile(p, 5, 2); break;
	default: gemm_tile(p, TILE, 2); break;
	}
}

TARGET static void gemm_q4(const struct q8_matrix *a, const struct q4_matrix *w, const float *bias,
                           float *out, size_t stride)
{
	struct tile p = { .k = a->k, .blocks = a->k / Q_BLOCK, .stride = stride };
	size_t groups = w->rows / Q4_LANES;
	for (size_t g = 0; g < groups; g += TILE_GROUPS) {
		p.nibbles = w->nibbles + g * p.blocks * 256;
		p.scales = w->scales + g * p.blocks * Q4_LANES;
		p.bias = bias + g * Q4_LANES;
		for (size_t t = 0; t < a->n; t += TILE) {
			p.q = a->q + t * a->k;
			p.scale = a->scale + t * p.blocks;
			p.shift = a->shift + t * p.blocks;
			p.out = out + t * stride + g * Q4_LANES;
			gemm_tile_of(&p, a->n - t < TILE ? a->n - t : TILE, groups - g < 2 ? 1 : 2);
		}
	}
}

const struct kernels kernels_avx512 = {
	"avx512-vnni", quantise, gemm_q4, layer_norm, gelu, attention,
};

#endif
