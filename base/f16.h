/* IEEE 754 half precision: numbers of 16 bits, as vectors are stored. Every kind of
 * processor gives the same bits. Pure functions; threads may share them. Rows need no
 * alignment. */
#ifndef AKIN_BASE_F16_H
#define AKIN_BASE_F16_H

#include <stddef.h>
#include <stdint.h>

/* out[n] = v[n], rounded to the nearest, ties to even; too large becomes infinite, and a
 * NaN is one still. */
void f16_from_f32(const float *v, size_t n, uint16_t *out);

/* out[n] = v[n], exactly (a signalling NaN becomes a quiet one). */
void f32_from_f16(const uint16_t *v, size_t n, float *out);
float f16_to_float(uint16_t h);

/* out[n_questions, n_rows] = questions[n_questions, dim] . rows[n_rows, dim]^T: the bits
 * that scan_plain (query/scan.h) gives for the same rows as floats. Reads each row once for
 * four questions. */
void f16_dots(const float *questions, size_t n_questions, const uint16_t *rows, size_t n_rows,
              size_t dim, float *out);

#endif
