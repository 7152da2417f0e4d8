#include "store/quantise_kernels.h"

#if defined(__aarch64__)

#include <arm_neon.h>

enum { PARTS = QUANTISE_GROUP_ROWS / 16 };

static void sum(const uint8_t *tables, const uint8_t *codes, size_t n_bytes, uint16_t *sums)
{
	uint16x8_t first[PARTS], second[PARTS]; /* of each 16 rows, eight and eight */
	for (size_t p = 0; p < PARTS; p++)
		first[p] = second[p] = vdupq_n_u16(0);
	for (size_t i = 0; i < n_bytes; i++) {
		__builtin_prefetch(codes + (i + QUANTISE_AHEAD) * QUANTISE_GROUP_ROWS);
		uint8x16_t low_table = vld1q_u8(tables + i * QUANTISE_BYTE_TABLES);
		uint8x16_t high_table = vld1q_u8(tables + i * QUANTISE_BYTE_TABLES + 16);
		for (size_t p = 0; p < PARTS; p++) {
			uint8x16_t c = vld1q_u8(codes + i * QUANTISE_GROUP_ROWS + p * 16);
			uint8x16_t low = vqtbl1q_u8(low_table, vandq_u8(c, vdupq_n_u8(15)));
			uint8x16_t both = vaddq_u8(low, vqtbl1q_u8(high_table, vshrq_n_u8(c, 4)));
			first[p] = vaddw_u8(first[p], vget_low_u8(both));
			second[p] = vaddw_high_u8(second[p], both);
		}
	}
	for (size_t p = 0; p < PARTS; p++) {
		vst1q_u16(sums + p * 16, first[p]);
		vst1q_u16(sums + p * 16 + 8, second[p]);
	}
}

const struct quantise_kernels quantise_neon = { "neon", sum };

#endif
