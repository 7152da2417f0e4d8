/* The encoder's inner loops: a set for each kind of processor, chosen once.
 * Pure functions over caller's memory; threads may share them.
 *
 * Rows of floats are row-major and need no alignment. `hidden`, `k` and counts
 * of rows of a matrix are multiples of 32; so is the width of a head. */
#ifndef AKIN_MODELS_LOCAL_KERNELS_H
#define AKIN_MODELS_LOCAL_KERNELS_H

#include <stddef.h>
#include <stdint.h>

#define Q_BLOCK 32 /* values that share a scale */
#define Q4_LANES 16 /* rows of a 4-bit matrix that stand side by side */

/* Activations, 8 bits each: value = q * scale of its block. */
struct q8_matrix {
	size_t n, k;
	int8_t *q;      /* [n, k], -127..127 */
	float *scale;   /* [n, k / 32] */
	int32_t *shift; /* [n, k / 32]: -8 times the sum of the block's q */
};

/* Weights, 4 bits each: value = (nibble - 8) * scale of its block. Groups of 16
 * rows: nibbles u8[rows / 16, k / 32, 4, 16, 4], scales f16[rows / 16, k / 32, 16].
 * Byte (g, b, i, r, j) holds the weights of row 16 g + r at 32 b + 4 i + j (low
 * nibble) and at 16 behind that (high nibble): 64 bytes are what 16 lanes of
 * four products each need at a time. */
struct q4_matrix {
	size_t rows, k;
	const uint8_t *nibbles;
	const uint16_t *scales;
};

/* Self-attention of one sequence (Vaswani et al. 2017, arXiv:1706.03762, 3.2). */
struct attention {
	size_t len, hidden, heads;
	const float *qkv; /* [len, 3 * hidden]: queries, keys, values */
	float *out;       /* [len, hidden] */
	float *scratch;   /* attention_floats(len, hidden / heads) */
};

struct kernels {
	const char *name;
	/* a->n rows of x[n, k] to a */
	void (*quantise)(const float *x, const struct q8_matrix *a);
	/* out[n, rows] = a . w^T + bias[rows]; out with its row stride in floats */
	void (*gemm_q4)(const struct q8_matrix *a, const struct q4_matrix *w, const float *bias,
	                float *out, size_t stride);
	/* x[n, hidden] = layer norm of (x + add), times gamma[hidden] plus beta[hidden];
	 * add may be NULL */
	void (*layer_norm)(float *x, const float *add, size_t n, size_t hidden, const float *gamma_beta[2],
	                   float eps);
	/* x[n] = x * normal distribution function of x (Hendrycks, Gimpel 2016, arXiv:1606.08415) */
	void (*gelu)(float *x, size_t n);
	void (*attention)(const struct attention *a);
};

/* The best set that this processor can run. */
const struct kernels *kernels_best(void);

/* The i-th set that this processor can run, the plain C one first; NULL: no more. */
const struct kernels *kernels_at(size_t i);

size_t attention_floats(size_t len, size_t head_width);

#endif
