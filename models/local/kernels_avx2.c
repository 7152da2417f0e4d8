/* AVX2 with FMA and F16C (Intel from Haswell, AMD from Excavator). */
#include "models/local/kernels.h"

#if defined(__x86_64__)

#include <immintrin.h>
#include <math.h>
#include <string.h>

#include "models/local/kernel_sets.h"

#define TARGET __attribute__((target("avx2,fma,f16c")))
#define VF 8
typedef __m256 vf;

#define v_load(p) _mm256_loadu_ps(p)
#define v_store(p, v) _mm256_storeu_ps(p, v)
#define v_set1(x) _mm256_set1_ps(x)
#define v_fma(a, b, c) _mm256_fmadd_ps(a, b, c)
#define v_max(a, b) _mm256_max_ps(a, b)
#define v_round(x) _mm256_round_ps(x, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC)

TARGET static inline vf v_pow2(vf n)
{
	__m256i i = _mm256_add_epi32(_mm256_cvtps_epi32(n), _mm256_set1_epi32(127));
	return _mm256_castsi256_ps(_mm256_slli_epi32(i, 23));
}

TARGET static inline float v_sum(vf v)
{
	__m128 h = _mm_add_ps(_mm256_castps256_ps128(v), _mm256_extractf128_ps(v, 1));
	h = _mm_add_ps(h, _mm_movehl_ps(h, h));
	return _mm_cvtss_f32(_mm_add_ss(h, _mm_movehdup_ps(h)));
}

TARGET static inline float v_most(vf v)
{
	__m128 h = _mm_max_ps(_mm256_castps256_ps128(v), _mm256_extractf128_ps(v, 1));
	h = _mm_max_ps(h, _mm_movehl_ps(h, h));
	return _mm_cvtss_f32(_mm_max_ss(h, _mm_movehdup_ps(h)));
}

#include "models/local/kernels_float.h"

INLINE __m256i rounded(const float *x, __m256 factor)
{
	return _mm256_cvtps_epi32(_mm256_mul_ps(_mm256_loadu_ps(x), factor));
}

INLINE __m256 magnitude(const float *x)
{
	return _mm256_andnot_ps(_mm256_set1_ps(-0.0f), _mm256_loadu_ps(x));
}

INLINE void quantise_block(const float *x, int8_t *q, float *scale, int32_t *shift)
{
	float most = v_most(_mm256_max_ps(_mm256_max_ps(magnitude(x), magnitude(x + 8)),
	                                  _mm256_max_ps(magnitude(x + 16), magnitude(x + 24))));
	__m256 factor = _mm256_set1_ps(most > 0 ? 127.0f / most : 0.0f);
	/* the packs work on halves of 128 bits: what they interleave, the permutation puts right */
	__m256i p01 = _mm256_packs_epi32(rounded(x, factor), rounded(x + 8, factor));
	__m256i p23 = _mm256_packs_epi32(rounded(x + 16, factor), rounded(x + 24, factor));
	__m256i bytes = _mm256_permutevar8x32_epi32(_mm256_packs_epi16(p01, p23),
	                                            _mm256_setr_epi32(0, 4, 1, 5, 2, 6, 3, 7));
	_mm256_storeu_si256((__m256i *)(void *)q, bytes);
	__m256i sums = _mm256_madd_epi16(_mm256_add_epi16(p01, p23), _mm256_set1_epi16(1));
	__m128i h = _mm_add_epi32(_mm256_castsi256_si128(sums), _mm256_extracti128_si256(sums, 1));
	h = _mm_add_epi32(h, _mm_shuffle_epi32(h, _MM_SHUFFLE(1, 0, 3, 2)));
	h = _mm_add_epi32(h, _mm_shuffle_epi32(h, _MM_SHUFFLE(2, 3, 0, 1)));
	*scale = most / 127.0f;
	*shift = -8 * _mm_cvtsi128_si32(h);
}

TARGET static void quantise(const float *x, const struct q8_matrix *a)
{
	for (size_t b = 0; b < a->n * a->k / Q_BLOCK; b++)
		quantise_block(x + b * Q_BLOCK, a->q + b * Q_BLOCK, a->scale + b, a->shift + b);
}

/* Tokens times half a group of rows. */
#define TILE 4

struct tile {
	size_t k, blocks;
	const int8_t *q; /* of the tile's first token */
	const float *scale;
	const int32_t *shift;
	const uint8_t *nibbles; /* of the half group; groups are 64 bytes apart */
	const uint16_t *scales;
	__m256 bias;
	float *out;
	size_t stride;
};

INLINE __m256i four_bytes(const int8_t *q)
{
	int32_t v;
	memcpy(&v, q, sizeof v);
	return _mm256_set1_epi32(v);
}

/* A sum of 16 bits holds a whole block: 16 products of at most 15 * 127. */
INLINE void gemm_tile(const struct tile *p, const size_t n)
{
	const __m256i low = _mm256_set1_epi8(15), ones = _mm256_set1_epi16(1);
	__m256 sum[TILE];
	UNROLL
	for (size_t t = 0; t < n; t++)
		sum[t] = p->bias;
	for (size_t b = 0; b < p->blocks; b++) {
		__m256i acc[TILE];
		UNROLL
		for (size_t t = 0; t < n; t++)
			acc[t] = _mm256_setzero_si256();
		UNROLL
		for (size_t i = 0; i < 4; i++) {
			__m256i w = _mm256_loadu_si256(
				(const __m256i *)(const void *)(p->nibbles + b * 256 + i * 64));
			__m256i w0 = _mm256_and_si256(w, low);
			__m256i w1 = _mm256_and_si256(_mm256_srli_epi16(w, 4), low);
			const int8_t *q = p->q + b * Q_BLOCK + i * 4;
			UNROLL
			for (size_t t = 0; t < n; t++) {
				__m256i m0 = _mm256_maddubs_epi16(w0, four_bytes(q + t * p->k));
				__m256i m1 = _mm256_maddubs_epi16(w1, four_bytes(q + t * p->k + 16));
				acc[t] = _mm256_add_epi16(acc[t], _mm256_add_epi16(m0, m1));
			}
		}
		__m256 scales =
			_mm256_cvtph_ps(_mm_loadu_si128((const __m128i *)(const void *)(p->scales + b * Q4_LANES)));
		UNROLL
		for (size_t t = 0; t < n; t++) {
			__m256i whole = _mm256_add_epi32(_mm256_madd_epi16(acc[t], ones),
			                                 _mm256_set1_epi32(p->shift[t * p->blocks + b]));
			__m256 s = _mm256_mul_ps(scales, _mm256_set1_ps(p->scale[t * p->blocks + b]));
			sum[t] = _mm256_fmadd_ps(_mm256_cvtepi32_ps(whole), s, sum[t]);
		}
	}
	UNROLL
	for (size_t t = 0; t < n; t++)
		_mm256_storeu_ps(p->out + t * p->stride, sum[t]);
}

TARGET static void gemm_tile_of(const struct tile *p, size_t n)
{
	switch (n) {
	case 1: gemm_tile(p, 1); break;
	case 2: gemm_tile(p, 2); break;
	case 3: gemm_tile(p, 3); break;
	default: gemm_tile(p, TILE); break;
	}
}

TARGET static void gemm_q4(const struct q8_matrix *a, const struct q4_matrix *w, const float *bias,
                           float *out, size_t stride)
{
	struct tile p = { .k = a->k, .blocks = a->k / Q_BLOCK, .stride = stride };
	for (size_t half = 0; half < w->rows / 8; half++) {
		size_t g = half / 2, second = half % 2;
		p.nibbles = w->nibbles + g * p.blocks * 256 + second * 32;
		p.scales = w->scales + g * p.blocks * Q4_LANES + second * 8;
		p.bias = _mm256_loadu_ps(bias + half * 8);
		for (size_t t = 0; t < a->n; t += TILE) {
			p.q = a->q + t * a->k;
			p.scale = a->scale + t * p.blocks;
			p.shift = a->shift + t * p.blocks;
			p.out = out + t * stride + half * 8;
			gemm_tile_of(&p, a->n - t < TILE ? a->n - t : TILE);
		}
	}
}

const struct kernels kernels_avx2 = {
	"avx2", quantise, gemm_q4, layer_norm, gelu, attention,
};

#endif
