#include "models/local/kernels.h"

#include "models/local/kernel_sets.h"

const struct kernels *kernels_at(size_t i)
{
	const struct kernels *sets[4] = { &kernels_portable };
	size_t n = 1;
#if defined(__x86_64__)
	__builtin_cpu_init();
	/* F16C, which compilers cannot ask for by name, is older than AVX2 */
	if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
		sets[n++] = &kernels_avx2;
	if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
	    __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq") &&
	    __builtin_cpu_supports("avx512vnni"))
		sets[n++] = &kernels_avx512;
#endif
	return i < n ? sets[i] : NULL;
}

const struct kernels *kernels_best(void)
{
	const struct kernels *best = NULL, *k;
	for (size_t i = 0; (k = kernels_at(i)); i++)
		best = k;
	return best;
}

size_t attention_floats(size_t len, size_t head_width)
{
	size_t padded = (len + 31) / 32 * 32;
	/* keys transposed, values, scores of a few queries */
	return padded * head_width * 2 + padded * ATTENTION_QUERIES;
}
