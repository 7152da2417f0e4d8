/* The sets behind quantise.h: one for each kind of processor. */
#ifndef AKIN_STORE_QUANTISE_KERNELS_H
#define AKIN_STORE_QUANTISE_KERNELS_H

#include <stddef.h>
#include <stdint.h>

#include "store/quantise.h"

/* A byte of a code is two looks into tables of 16 bytes, the low nibble's first. Each value
 * is at most 126, so that the sum of a byte's two fits in a byte. */
enum { QUANTISE_NIBBLE_MAX = 126, QUANTISE_BYTE_TABLES = 32 };
/* So many bytes' sums fit in 16 bits. */
enum { QUANTISE_STRETCH = 256 };
/* So many bytes of 64 codes are asked for ahead: the processor's own look ahead ends with a page. */
enum { QUANTISE_AHEAD = 32 };
_Static_assert(QUANTISE_STRETCH * 2 * QUANTISE_NIBBLE_MAX < 65536, "a stretch fits in 16 bits");

struct quantise_kernels {
	const char *name;
	/* sums[64] of the rows of codes[n_bytes, 64] by tables[n_bytes, 2, 16]; at most
	 * QUANTISE_STRETCH bytes */
	void (*sum)(const uint8_t *tables, const uint8_t *codes, size_t n_bytes, uint16_t *sums);
};

/* The i-th set that this processor can run, the plain C one first; NULL: no more. */
const struct quantise_kernels *quantise_kernels_at(size_t i);

/* quantise_scan by a set. */
void quantise_scan_by(const struct quantise_kernels *k,
                      const struct quantised_question *const *questions, size_t n_questions,
                      const void *groups, size_t n_groups, float *estimates);

extern const struct quantise_kernels quantise_portable;
#if defined(__x86_64__)
extern const struct quantise_kernels quantise_avx2;
extern const struct quantise_kernels quantise_avx512; /* AVX-512 F, BW */
#endif
#if defined(__aarch64__)
extern const struct quantise_kernels quantise_neon;
#endif

#endif
