/* Inner products of rows with questions: cosines, since all are unit length. */
#ifndef AKIN_QUERY_SCAN_H
#define AKIN_QUERY_SCAN_H

#include <stddef.h>

#include "base/err.h"

/* Loading BLAS takes about 2 ms, in which the plain loop multiplies more than this
 * many numbers; under it BLAS is left alone. */
#define SCAN_PLAIN_PRODUCTS ((size_t)8 << 20)

/* out[n_questions, n_rows] = questions[n_questions, dim] . rows[n_rows, dim]^T, in a
 * plain loop that compilers turn into SIMD. Equal to BLAS but for rounding (1e-6). */
void scan_plain(const float *questions, size_t n_questions, const float *rows, size_t n_rows,
                size_t dim, float *out);

/* The same through BLAS, which must have been loaded (blas_load). */
void scan_blas(const float *questions, size_t n_questions, const float *rows, size_t n_rows,
               size_t dim, float *out);

typedef void scan_fn(const float *questions, size_t n_questions, const float *rows, size_t n_rows,
                     size_t dim, float *out);

/* The one that pays for so many rows and questions in all; loads BLAS when it is
 * that, and falls back to the plain loop where there is none. */
scan_fn *scan_choose(size_t n_questions, size_t n_rows, size_t dim);

#endif
