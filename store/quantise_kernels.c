#include "store/quantise_kernels.h"

#include <string.h>

static void sum(const uint8_t *tables, const uint8_t *codes, size_t n_bytes, uint16_t *sums)
{
	memset(sums, 0, QUANTISE_GROUP_ROWS * sizeof *sums);
	for (size_t i = 0; i < n_bytes; i++) {
		const uint8_t *low = tables + i * QUANTISE_BYTE_TABLES, *high = low + 16;
		const uint8_t *code = codes + i * QUANTISE_GROUP_ROWS;
		for (size_t r = 0; r < QUANTISE_GROUP_ROWS; r++)
			sums[r] = (uint16_t)(sums[r] + low[code[r] & 15] + high[code[r] >> 4]);
	}
}

const struct quantise_kernels quantise_portable = { "portable", sum };

const struct quantise_kernels *quantise_kernels_at(size_t i)
{
	const struct quantise_kernels *sets[3] = { &quantise_portable };
	size_t n = 1;
#if defined(__x86_64__)
	__builtin_cpu_init();
	if (__builtin_cpu_supports("avx2"))
		sets[n++] = &quantise_avx2;
	if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw"))
		sets[n++] = &quantise_avx512;
#elif defined(__aarch64__)
	sets[n++] = &quantise_neon; /* every such processor has it */
#endif
	return i < n ? sets[i] : NULL;
}
