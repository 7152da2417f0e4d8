#include "store/quantise_kernels.h"

#if defined(__x86_64__)

#include <immintrin.h>

#define TARGET __attribute__((target("avx2")))
#define INLINE TARGET static inline __attribute__((always_inline))

/* Of 32 rows: all bytes as words of two, of which the upper one overflows, and the upper ones
 * alone. That takes fewer steps than to widen each byte. */
struct sums {
	__m256i both, odd;
};

INLINE void add(struct sums *s, const uint8_t *code, __m256i low_table, __m256i high_table)
{
	const __m256i nibble = _mm256_set1_epi8(15);
	__m256i c = _mm256_loadu_si256((const __m256i *)(const void *)code);
	__m256i low = _mm256_shuffle_epi8(low_table, _mm256_and_si256(c, nibble));
	__m256i high = _mm256_shuffle_epi8(high_table, _mm256_and_si256(_mm256_srli_epi16(c, 4), nibble));
	__m256i sum = _mm256_add_epi8(low, high);
	s->both = _mm256_add_epi16(s->both, sum);
	s->odd = _mm256_add_epi16(s->odd, _mm256_srli_epi16(sum, 8));
}

INLINE __m256i table_at(const uint8_t *p)
{
	return _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)(const void *)p));
}

INLINE void put(uint16_t *sums, __m128i v)
{
	_mm_storeu_si128((__m128i *)(void *)sums, v);
}

INLINE void put_32(const struct sums *s, uint16_t *sums)
{
	__m256i even = _mm256_sub_epi16(s->both, _mm256_slli_epi16(s->odd, 8));
	__m256i first = _mm256_unpacklo_epi16(even, s->odd), second = _mm256_unpackhi_epi16(even, s->odd);
	put(sums, _mm256_castsi256_si128(first));
	put(sums + 8, _mm256_castsi256_si128(second));
	put(sums + 16, _mm256_extracti128_si256(first, 1));
	put(sums + 24, _mm256_extracti128_si256(second, 1));
}

TARGET static void sum(const uint8_t *tables, const uint8_t *codes, size_t n_bytes, uint16_t *sums)
{
	struct sums a = { _mm256_setzero_si256(), _mm256_setzero_si256() }, b = a;
	for (size_t i = 0; i < n_bytes; i++) {
		const uint8_t *table = tables + i * QUANTISE_BYTE_TABLES;
		__builtin_prefetch(codes + (i + QUANTISE_AHEAD) * QUANTISE_GROUP_ROWS);
		__m256i low = table_at(table), high = table_at(table + 16);
		add(&a, codes + i * QUANTISE_GROUP_ROWS, low, high);
		add(&b, codes + i * QUANTISE_GROUP_ROWS + 32, low, high);
	}
	put_32(&a, sums);
	put_32(&b, sums + 32);
}

const struct quantise_kernels quantise_avx2 = { "avx2", sum };

#endif
