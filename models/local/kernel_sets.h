/* The sets behind kernels.h, and what they share. */
#ifndef AKIN_MODELS_LOCAL_KERNEL_SETS_H
#define AKIN_MODELS_LOCAL_KERNEL_SETS_H

#include "models/local/kernels.h"

#define ATTENTION_QUERIES 6 /* rows of scores that are worked on together */

/* Loops over small arrays of vectors must vanish, or the arrays live in memory. */
#if defined(__clang__)
#define UNROLL _Pragma("clang loop unroll(full)")
#else
#define UNROLL _Pragma("GCC unroll 16")
#endif

extern const struct kernels kernels_portable;
#if defined(__x86_64__)
extern const struct kernels kernels_avx2;   /* AVX2, FMA, F16C */
extern const struct kernels kernels_avx512; /* AVX-512 F, BW, DQ, VL, VNNI */
#endif

#endif
