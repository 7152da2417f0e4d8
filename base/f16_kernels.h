/* The sets behind f16.h: one for each kind of processor. */
#ifndef AKIN_BASE_F16_KERNELS_H
#define AKIN_BASE_F16_KERNELS_H

#include "base/f16.h"

enum { F16_LANES = 16 }; /* partial sums of a product, added up in halves */
enum { F16_QUESTIONS = 4 };
/* So many numbers are asked for ahead: rows are scanned, and a processor's own look ahead ends
 * with a page. */
enum { F16_AHEAD = 1024 };

/* Loops over small arrays of vectors must vanish, or the arrays live in memory. */
#if defined(__clang__)
#define UNROLL _Pragma("clang loop unroll(full)")
#else
#define UNROLL _Pragma("GCC unroll 4")
#endif

struct f16_kernels {
	const char *name;
	void (*narrow)(const float *v, size_t n, uint16_t *out);
	void (*widen)(const uint16_t *v, size_t n, float *out);
	/* lanes[n_questions][16] of the first `whole` (a multiple of 16) numbers of a row;
	 * questions are `dim` apart, F16_QUESTIONS at most */
	void (*lanes)(const float *questions, size_t n_questions, size_t dim, const uint16_t *row,
	              size_t whole, float lanes[][F16_LANES]);
};

/* The i-th set that this processor can run, the plain C one first; NULL: no more. */
const struct f16_kernels *f16_kernels_at(size_t i);

/* f16_dots by a set. */
void f16_dots_by(const struct f16_kernels *k, const float *questions, size_t n_questions,
                 const uint16_t *rows, size_t n_rows, size_t dim, float *out);

uint16_t f16_round(float f);

extern const struct f16_kernels f16_portable;
#if defined(__x86_64__)
extern const struct f16_kernels f16_avx2; /* AVX2, F16C */
#endif
#if defined(__aarch64__)
extern const struct f16_kernels f16_neon;
#endif

#endif
