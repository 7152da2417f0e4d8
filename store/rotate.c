#include "store/rotate.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

enum { ROUNDS = 3, LEAST = 64, LANES = 4 };

typedef float vf __attribute__((vector_size(16)));
typedef uint32_t vu __attribute__((vector_size(16)));

struct rotation {
	size_t padded, block; /* padded = an odd number of blocks */
	uint32_t *signs;      /* [ROUNDS, padded]: the sign bit or nothing */
};

static size_t block_of(size_t padded)
{
	return padded & (~padded + 1);
}

size_t rotate_padded(size_t dim)
{
	size_t n = (dim + LEAST - 1) / LEAST * LEAST;
	if (n == 0)
		n = LEAST;
	while (n / block_of(n) > 7)
		n += block_of(n);
	return n;
}

/* splitmix64 (Steele, Lea and Flood 2014, doi:10.1145/2714064.2660195) */
static uint64_t next(uint64_t *state)
{
	uint64_t z = *state += 0x9e3779b97f4a7c15u;
	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return z ^ z >> 31;
}

struct rotation *rotation_new(size_t padded, uint64_t seed)
{
	struct rotation *r = mem_alloc(1, sizeof *r);
	*r = (struct rotation){ padded, block_of(padded), mem_alloc(ROUNDS * padded, sizeof *r->signs) };
	for (size_t i = 0; i < ROUNDS * padded; i += 64) {
		uint64_t bits = next(&seed);
		for (size_t j = 0; j < 64; j++)
			r->signs[i + j] = (uint32_t)(bits >> j & 1) << 31;
	}
	return r;
}

void rotation_free(struct rotation *r)
{
	if (r)
		free(r->signs);
	free(r);
}

double rotation_gain(const struct rotation *r)
{
	double gain = 1, once = sqrt((double)r->block);
	for (int round = 0; round < ROUNDS; round++)
		gain *= once;
	return gain;
}

static vf load(const float *p)
{
	vf v;
	memcpy(&v, p, sizeof v);
	return v;
}

static void store(float *p, vf v)
{
	memcpy(p, &v, sizeof v);
}

static void flip(float *x, const uint32_t *signs, size_t n)
{
	for (size_t i = 0; i < n; i += LANES) {
		vu bits, sign;
		memcpy(&bits, x + i, sizeof bits);
		memcpy(&sign, signs + i, sizeof sign);
		bits ^= sign;
		memcpy(x + i, &bits, sizeof bits);
	}
}

static void hadamard_of_four(float *x)
{
	float a = x[0] + x[1], b = x[0] - x[1], c = x[2] + x[3], d = x[2] - x[3];
	x[0] = a + c;
	x[1] = b + d;
	x[2] = a - c;
	x[3] = b - d;
}

/* Two steps at a time, which reads and writes half as often. */
static void two_steps(float *x, size_t h)
{
	for (size_t j = 0; j < h; j += LANES) {
		vf a = load(x + j), b = load(x + j + h), c = load(x + j + 2 * h), d = load(x + j + 3 * h);
		vf ab = a + b, a_b = a - b, cd = c + d, c_d = c - d;
		store(x + j, ab + cd);
		store(x + j + h, a_b + c_d);
		store(x + j + 2 * h, ab - cd);
		store(x + j + 3 * h, a_b - c_d);
	}
}

static void one_step(float *x, size_t h)
{
	for (size_t j = 0; j < h; j += LANES) {
		vf a = load(x + j), b = load(x + j + h);
		store(x + j, a + b);
		store(x + j + h, a - b);
	}
}

static void hadamard(float *x, size_t n)
{
	for (size_t i = 0; i < n; i += 4)
		hadamard_of_four(x + i);
	size_t h = 4;
	for (; h * 4 <= n; h *= 4)
		for (size_t i = 0; i < n; i += 4 * h)
			two_steps(x + i, h);
	for (; h * 2 <= n; h *= 2)
		for (size_t i = 0; i < n; i += 2 * h)
			one_step(x + i, h);
}

/* Householder's: what the same places of all blocks have in common is turned round. */
static void reflect(float *x, size_t n, size_t block)
{
	float share = 2.0f / (float)(n / block);
	for (size_t i = 0; i < block; i += LANES) {
		vf sum = load(x + i);
		for (size_t b = block; b < n; b += block)
			sum += load(x + b + i);
		sum *= share;
		for (size_t b = 0; b < n; b += block)
			store(x + b + i, load(x + b + i) - sum);
	}
}

void rotate(const struct rotation *r, float *x)
{
	for (size_t round = 0; round < ROUNDS; round++) {
		flip(x, r->signs + round * r->padded, r->padded);
		for (size_t i = 0; i < r->padded; i += r->block)
			hadamard(x + i, r->block);
		if (r->block < r->padded)
			reflect(x, r->padded, r->block);
	}
}
