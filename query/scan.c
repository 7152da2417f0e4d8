#include "query/scan.h"

#include "base/blas.h"

/* Independent sums, because a compiler may not reorder the additions of one sum:
 * this many fill the SIMD registers of common machines. */
enum { LANES = 16 };

static float dot(const float *restrict a, const float *restrict b, size_t dim)
{
	float lane[LANES] = { 0 };
	size_t i = 0;
	for (; i + LANES <= dim; i += LANES)
		for (size_t j = 0; j < LANES; j++)
			lane[j] += a[i + j] * b[i + j];
	for (; i < dim; i++)
		lane[i % LANES] += a[i] * b[i];
	for (size_t half = LANES / 2; half; half /= 2)
		for (size_t j = 0; j < half; j++)
			lane[j] += lane[j + half];
	return lane[0];
}

void scan_plain(const float *questions, size_t n_questions, const float *rows, size_t n_rows,
                size_t dim, float *out)
{
	for (size_t q = 0; q < n_questions; q++)
		for (size_t r = 0; r < n_rows; r++)
			out[q * n_rows + r] = dot(questions + q * dim, rows + r * dim, dim);
}

void scan_blas(const float *questions, size_t n_questions, const float *rows, size_t n_rows,
               size_t dim, float *out)
{
	if (n_questions == 1)
		blas_gemv(n_rows, dim, rows, dim, questions, out);
	else
		blas_gemm_nt(n_questions, n_rows, dim, questions, dim, rows, dim, out, n_rows);
}

scan_fn *scan_choose(size_t n_questions, size_t n_rows, size_t dim)
{
	double products = (double)n_questions * (double)n_rows * (double)dim;
	if (products <= (double)SCAN_PLAIN_PRODUCTS || blas_load(NULL) < 0)
		return scan_plain;
	return scan_blas;
}
