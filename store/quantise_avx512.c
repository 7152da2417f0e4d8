#include "store/quantise_kernels.h"

#if defined(__x86_64__)

#include <immintrin.h>

#define TARGET __attribute__((target("avx512f,avx512bw")))

/* As quantise_avx2.c, 64 rows at a time. */
TARGET static void sum(const uint8_t *tables, const uint8_t *codes, size_t n_bytes, uint16_t *sums)
{
	const __m512i nibble = _mm512_set1_epi8(15);
	__m512i both = _mm512_setzero_si512(), odd = both;
	for (size_t i = 0; i < n_bytes; i++) {
		const __m128i *table = (const __m128i *)(const void *)(tables + i * QUANTISE_BYTE_TABLES);
		__builtin_prefetch(codes + (i + QUANTISE_AHEAD) * QUANTISE_GROUP_ROWS);
		__m512i c = _mm512_loadu_si512(codes + i * QUANTISE_GROUP_ROWS);
		__m512i low = _mm512_shuffle_epi8(_mm512_broadcast_i32x4(_mm_loadu_si128(table)),
		                                  _mm512_and_si512(c, nibble));
		__m512i high = _mm512_shuffle_epi8(_mm512_broadcast_i32x4(_mm_loadu_si128(table + 1)),
		                                   _mm512_and_si512(_mm512_srli_epi16(c, 4), nibble));
		__m512i both_nibbles = _mm512_add_epi8(low, high);
		both = _mm512_add_epi16(both, both_nibbles);
		odd = _mm512_add_epi16(odd, _mm512_srli_epi16(both_nibbles, 8));
	}
	__m512i even = _mm512_sub_epi16(both, _mm512_slli_epi16(odd, 8));
	/* of each 16 rows, the first and the second eight */
	__m512i first = _mm512_unpacklo_epi16(even, odd), second = _mm512_unpackhi_epi16(even, odd);
	const __m512i rows_0 = _mm512_set_epi64(11, 10, 3, 2, 9, 8, 1, 0);
	const __m512i rows_32 = _mm512_set_epi64(15, 14, 7, 6, 13, 12, 5, 4);
	_mm512_storeu_si512(sums, _mm512_permutex2var_epi64(first, rows_0, second));
	_mm512_storeu_si512(sums + 32, _mm512_permutex2var_epi64(first, rows_32, second));
}

const struct quantise_kernels quantise_avx512 = { "avx512", sum };

#endif
