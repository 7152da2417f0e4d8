/* The loops over floats, written once over a vector type. Included by each
 * kernels_*.c after it has defined
 *   TARGET   the attribute of its functions
 *   VF, vf   floats in a vector (4, 8, 16), the vector
 *   v_load v_store v_set1 v_fma v_max v_round v_pow2 (2^n, n whole, -126..127)
 *   v_sum v_most (sum and maximum of the lanes)
 * and therefore without an include guard. The operators + - * / are the
 * compilers' own on vectors. */

#define INLINE static inline __attribute__((always_inline)) TARGET

/* Cephes' expf (Moshier, netlib.org/cephes, single/expf.c): x = n ln 2 + r, a
 * polynomial of degree 7 for e^r; relative error about 2e-7. x <= 88; what is
 * below -87 gives about 1e-38. */
INLINE vf v_exp(vf x)
{
	x = v_max(x, v_set1(-87.0f));
	vf n = v_round(x * v_set1(1.44269504088896341f));
	vf r = v_fma(n, v_set1(-0.693359375f), x);
	r = v_fma(n, v_set1(2.12194440e-4f), r);
	vf p = v_set1(1.9875691500e-4f);
	p = v_fma(p, r, v_set1(1.3981999507e-3f));
	p = v_fma(p, r, v_set1(8.3334519073e-3f));
	p = v_fma(p, r, v_set1(4.1665795894e-2f));
	p = v_fma(p, r, v_set1(1.6666665459e-1f));
	p = v_fma(p, r, v_set1(5.0000001201e-1f));
	p = v_fma(p, r * r, r + v_set1(1.0f));
	return p * v_pow2(n);
}

/* x/2 (1 + erf(x / sqrt 2)) with Abramowitz and Stegun 7.1.26 for erf, whose
 * error is below 1.5e-7. 1 - erf(z) = e for z >= 0 gives x - x e/2 on the right
 * side and x e/2 on the left. */
INLINE vf v_gelu(vf x)
{
	vf magnitude = v_max(x, v_set1(0.0f) - x);
	vf z = magnitude * v_set1(0.70710678118654752f);
	vf t = v_set1(1.0f) / v_fma(z, v_set1(0.3275911f), v_set1(1.0f));
	vf p = v_set1(1.061405429f);
	p = v_fma(p, t, v_set1(-1.453152027f));
	p = v_fma(p, t, v_set1(1.421413741f));
	p = v_fma(p, t, v_set1(-0.284496736f));
	p = v_fma(p, t, v_set1(0.254829592f));
	vf e = p * t * v_exp(v_set1(0.0f) - z * z);
	return v_max(x, v_set1(0.0f)) - magnitude * v_set1(0.5f) * e;
}

TARGET static void gelu(float *x, size_t n)
{
	for (size_t i = 0; i < n; i += VF)
		v_store(x + i, v_gelu(v_load(x + i)));
}

INLINE void layer_norm_row(float *x, const float *add, size_t hidden, const float *gamma,
                           const float *beta, float eps)
{
	vf sum = v_set1(0.0f), squares = v_set1(0.0f);
	for (size_t i = 0; i < hidden; i += VF) {
		vf v = v_load(x + i);
		if (add) {
			v = v + v_load(add + i);
			v_store(x + i, v);
		}
		sum = sum + v;
	}
	vf mean = v_set1(v_sum(sum) / (float)hidden);
	for (size_t i = 0; i < hidden; i += VF) {
		vf d = v_load(x + i) - mean;
		squares = v_fma(d, d, squares);
	}
	vf inverse = v_set1(1.0f / sqrtf(v_sum(squares) / (float)hidden + eps));
	for (size_t i = 0; i < hidden; i += VF) {
		vf d = (v_load(x + i) - mean) * inverse;
		v_store(x + i, v_fma(d, v_load(gamma + i), v_load(beta + i)));
	}
}

TARGET static void layer_norm(float *x, const float *add, size_t n, size_t hidden,
                              const float *gamma_beta[2], float eps)
{
	for (size_t t = 0; t < n; t++)
		layer_norm_row(x + t * hidden, add ? add + t * hidden : NULL, hidden, gamma_beta[0],
		               gamma_beta[1], eps);
}

/* One head's work: keys[width, padded] transposed, values[len, width]. */
struct head {
	size_t len, padded, width;
	const float *keys, *values;
};

/* s[queries, padded] = q . keys */
INLINE void head_scores(const struct head *h, const float *const *q, float *s)
{
	for (size_t j = 0; j < h->padded; j += 2 * VF) {
		vf acc[ATTENTION_QUERIES][2];
		UNROLL
		for (int r = 0; r < ATTENTION_QUERIES; r++)
			acc[r][0] = acc[r][1] = v_set1(0.0f);
		for (size_t c = 0; c < h->width; c++) {
			vf k0 = v_load(h->keys + c * h->padded + j);
			vf k1 = v_load(h->keys + c * h->padded + j + VF);
			UNROLL
			for (int r = 0; r < ATTENTION_QUERIES; r++) {
				vf x = v_set1(q[r][c]);
				acc[r][0] = v_fma(x, k0, acc[r][0]);
				acc[r][1] = v_fma(x, k1, acc[r][1]);
			}
		}
		UNROLL
		for (int r = 0; r < ATTENTION_QUERIES; r++) {
			v_store(s + (size_t)r * h->padded + j, acc[r][0]);
			v_store(s + (size_t)r * h->padded + j + VF, acc[r][1]);
		}
	}
}

/* s[padded] = e^(scale (s - max)), zero from len on; returns 1 / sum. */
INLINE float softmax_row(float *s, size_t len, size_t padded, float scale)
{
	for (size_t j = len; j < padded; j++)
		s[j] = -1e30f;
	vf most = v_load(s), sum = v_set1(0.0f);
	for (size_t j = VF; j < padded; j += VF)
		most = v_max(most, v_load(s + j));
	vf top = v_set1(v_most(most)), factor = v_set1(scale);
	for (size_t j = 0; j < padded; j += VF) {
		vf e = v_exp((v_load(s + j) - top) * factor);
		sum = sum + e;
		v_store(s + j, e);
	}
	return 1.0f / v_sum(sum);
}

/* out[queries][width] = p[queries, padded] . values * inverse */
INLINE void head_context(const struct head *h, const float *p, const float *inverse,
                         float *const *out)
{
	for (size_t c = 0; c < h->width; c += 2 * VF) {
		vf acc[ATTENTION_QUERIES][2];
		UNROLL
		for (int r = 0; r < ATTENTION_QUERIES; r++)
			acc[r][0] = acc[r][1] = v_set1(0.0f);
		for (size_t j = 0; j < h->len; j++) {
			vf v0 = v_load(h->values + j * h->width + c);
			vf v1 = v_load(h->values + j * h->width + c + VF);
			UNROLL
			for (int r = 0; r < ATTENTION_QUERIES; r++) {
				vf x = v_set1(p[(size_t)r * h->padded + j]);
				acc[r][0] = v_fma(x, v0, acc[r][0]);
				acc[r][1] = v_fma(x, v1, acc[r][1]);
			}
		}
		UNROLL
		for (int r = 0; r < ATTENTION_QUERIES; r++) {
			v_store(out[r] + c, acc[r][0] * v_set1(inverse[r]));
			v_store(out[r] + c + VF, acc[r][1] * v_set1(inverse[r]));
		}
	}
}

INLINE void copy_head(const struct head *h, const float *qkv, size_t hidden, float *keys,
                      float *values)
{
	for (size_t t = 0; t < h->len; t++) {
		const float *k = qkv + t * 3 * hidden + hidden;
		for (size_t c = 0; c < h->width; c++)
			keys[c * h->padded + t] = k[c];
		memcpy(values + t * h->width, k + hidden, h->width * sizeof(float));
	}
	for (size_t c = 0; c < h->width; c++)
		for (size_t t = h->len; t < h->padded; t++)
			keys[c * h->padded + t] = 0;
}

TARGET static void attention(const struct attention *a)
{
	struct head h = { .len = a->len, .width = a->hidden / a->heads };
	h.padded = (a->len + 31) / 32 * 32;
	float *keys = a->scratch, *values = keys + h.padded * h.width;
	float *scores = values + h.padded * h.width;
	h.keys = keys;
	h.values = values;
	float scale = 1.0f / sqrtf((float)h.width);
	for (size_t head = 0; head < a->heads; head++) {
		copy_head(&h, a->qkv + head * h.width, a->hidden, keys, values);
		for (size_t t = 0; t < a->len; t += ATTENTION_QUERIES) {
			const float *q[ATTENTION_QUERIES];
			float *out[ATTENTION_QUERIES], inverse[ATTENTION_QUERIES];
			for (size_t r = 0; r < ATTENTION_QUERIES; r++) {
				/* behind the end the last row is computed again */
				size_t row = t + r < a->len ? t + r : a->len - 1;
				q[r] = a->qkv + row * 3 * a->hidden + head * h.width;
				out[r] = a->out + row * a->hidden + head * h.width;
			}
			head_scores(&h, q, scores);
			for (size_t r = 0; r < ATTENTION_QUERIES; r++)
				inverse[r] = softmax_row(scores + r * h.padded, h.len, h.padded, scale);
			head_context(&h, scores, inverse, out);
		}
	}
}
