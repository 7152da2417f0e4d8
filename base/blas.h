/* The one door to OpenBLAS. It is loaded when it is first needed, because
 * linking it costs 2 ms at every start, used or not (measured). Row-major,
 * single precision. Calls run on the calling thread only: akin's own workers
 * are what runs in parallel. */
#ifndef AKIN_BASE_BLAS_H
#define AKIN_BASE_BLAS_H

#include <stddef.h>

#include "base/err.h"

/* Keeps the library from starting threads of its own when it is loaded, which nobody would
 * give work to. By the environment, so before the process has threads: main calls it. */
void blas_start_no_threads(void);

/* Must have returned 0 before the others are called. Threads may call it at
 * once. ERR_IO when there is no BLAS library. */
int blas_load(struct err *err);

/* c[m, n] = a[m, k] . b[n, k]^T; each matrix with its row stride in floats. */
void blas_gemm_nt(size_t m, size_t n, size_t k, const float *a, size_t a_stride, const float *b,
                  size_t b_stride, float *c, size_t c_stride);

/* c[m, n] = a[m, k] . b[k, n] */
void blas_gemm_nn(size_t m, size_t n, size_t k, const float *a, size_t a_stride, const float *b,
                  size_t b_stride, float *c, size_t c_stride);

/* y[m] = a[m, k] . x[k] */
void blas_gemv(size_t m, size_t k, const float *a, size_t a_stride, const float *x, float *y);

#endif
