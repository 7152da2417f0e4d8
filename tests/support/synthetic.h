/* Made-up vectors as models give them: of unit length, in a cone (the cosine of any two is 0.31
 * on average), with a spectrum that falls off so that some 90 of 1,024 dimensions matter; in
 * 2,000 clusters, or without any, which is harder to search. The same arguments give the same
 * vectors. */
#ifndef AKIN_TESTS_SUPPORT_SYNTHETIC_H
#define AKIN_TESTS_SUPPORT_SYNTHETIC_H

#include <stddef.h>
#include <stdint.h>

enum synthetic_kind { SYNTHETIC_CLUSTERED, SYNTHETIC_HARD };

struct rotation;
struct synthetic {
	enum synthetic_kind kind;
	size_t dim;
	uint64_t seed, state;
	float *deviation; /* [dim] of each coordinate, before the rotation */
	float *mean;      /* [dim] that all have in common */
	float *centres;   /* of the clusters; NULL: none */
	struct rotation *rotation; /* NULL: the dimension has none of its own */
};

struct synthetic synthetic_new(enum synthetic_kind kind, size_t dim, uint64_t seed);
void synthetic_free(struct synthetic *s); /* contents only */

/* The i-th vector[dim]. */
void synthetic_vector(struct synthetic *s, uint64_t i, float *vector);
/* The i-th question about n vectors: near one of them, with a cosine of 0.82. */
void synthetic_question(struct synthetic *s, uint64_t i, uint64_t n, float *question);

double synthetic_normal(struct synthetic *s);

#endif
