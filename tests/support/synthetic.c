#include "tests/support/synthetic.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "store/rotate.h"

enum { CENTRES = 2000 };
/* Squares of the shares: of what all have in common; of the rest, of the cluster's centre. */
#define COMMON 0.31
#define CLUSTER 0.3
#define NEAR 0.82 /* cosine of a question and its source */

/* splitmix64 */
static uint64_t next(struct synthetic *s)
{
	uint64_t z = s->state += 0x9e3779b97f4a7c15u;
	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return z ^ z >> 31;
}

/* A sum of four is near enough to a normal deviate. */
double synthetic_normal(struct synthetic *s)
{
	uint64_t bits = next(s);
	int sum = (int)(bits & 0xffff) + (int)(bits >> 16 & 0xffff) + (int)(bits >> 32 & 0xffff) +
	          (int)(bits >> 48);
	return (sum - 131070) * (1.7320508075688772 / 65536);
}

/* Begins a series of its own. */
static void seed(struct synthetic *s, uint64_t kind, uint64_t i)
{
	s->state = s->seed * 0x9e3779b97f4a7c15u + kind * 0xd1342543de82ef95u + i;
	s->state = next(s);
}

/* add += share times a random direction of the spectrum. */
static void add_normal(struct synthetic *s, double share, float *add)
{
	float by = (float)share;
	for (size_t j = 0; j < s->dim; j++)
		add[j] += by * s->deviation[j] * (float)synthetic_normal(s);
}

static void finish(struct synthetic *s, float *v)
{
	double square = 0;
	if (s->rotation)
		rotate(s->rotation, v);
	for (size_t j = 0; j < s->dim; j++)
		square += (double)v[j] * (double)v[j];
	float by = (float)(1 / sqrt(square));
	for (size_t j = 0; j < s->dim; j++)
		v[j] *= by;
}

struct synthetic synthetic_new(enum synthetic_kind kind, size_t dim, uint64_t seed_of)
{
	struct synthetic s = { .kind = kind, .dim = dim, .seed = seed_of };
	double total = 0;
	s.deviation = mem_floats(dim);
	s.mean = mem_floats(dim);
	for (size_t j = 0; j < dim; j++)
		total += 1 / ((double)j + 2.5);
	for (size_t j = 0; j < dim; j++)
		s.deviation[j] = (float)sqrt(1 / ((double)j + 2.5) / total);
	seed(&s, 1, 0);
	for (size_t j = 0; j < dim; j++)
		s.mean[j] = (float)(synthetic_normal(&s) * sqrt(COMMON / (double)dim));
	if (rotate_padded(dim) == dim)
		s.rotation = rotation_new(dim, seed_of + 1000);
	if (kind == SYNTHETIC_CLUSTERED) {
		s.centres = mem_floats(CENTRES * dim);
		memset(s.centres, 0, CENTRES * dim * sizeof *s.centres);
		for (size_t i = 0; i < CENTRES; i++) {
			seed(&s, 2, i);
			add_normal(&s, sqrt((1 - COMMON) * CLUSTER), s.centres + i * dim);
		}
	}
	return s;
}

void synthetic_free(struct synthetic *s)
{
	rotation_free(s->rotation);
	free(s->deviation);
	free(s->mean);
	free(s->centres);
}

/* Before the rotation. */
static void raw_vector(struct synthetic *s, uint64_t i, float *v)
{
	seed(s, 3, i);
	memcpy(v, s->mean, s->dim * sizeof *v);
	if (s->centres) {
		const float *centre = s->centres + next(s) % CENTRES * s->dim;
		for (size_t j = 0; j < s->dim; j++)
			v[j] += centre[j];
	}
	add_normal(s, sqrt((1 - COMMON) * (s->centres ? 1 - CLUSTER : 1)), v);
}

void synthetic_vector(struct synthetic *s, uint64_t i, float *vector)
{
	raw_vector(s, i, vector);
	finish(s, vector);
}

void synthetic_question(struct synthetic *s, uint64_t i, uint64_t n, float *question)
{
	seed(s, 4, i);
	raw_vector(s, next(s) % n, question);
	seed(s, 5, i);
	add_normal(s, sqrt(1 / (NEAR * NEAR) - 1), question);
	finish(s, question);
}
