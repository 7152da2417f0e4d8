/* Vectors and questions that codes are measured on, as a search sees them. */
#ifndef AKIN_TESTS_BENCH_VECTOR_SET_H
#define AKIN_TESTS_BENCH_VECTOR_SET_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "store/quantise.h"
#include "tests/support/synthetic.h"

enum { SET_QUESTIONS = 64, SET_THREADS = 2 };

struct vector_set {
	const char *name;
	size_t n, dim, n_groups; /* n is rounded down to whole groups */
	uint16_t *rows;          /* [n, dim] as an index stores them */
	float *lengths;          /* [n] |v - m| */
	float *mean;             /* [dim] half of the rows' */
	float *questions;        /* [SET_QUESTIONS, dim] centred, unit length */
	double offsets[SET_QUESTIONS]; /* question . m */
	char *groups;            /* the codes around m */
	struct quantised_question *quantised[SET_QUESTIONS];
};

/* Made-up ones of 1,024 numbers. */
struct vector_set vector_set_new(enum synthetic_kind kind, size_t n);
/* Those of an index, of which one in n / 64 is asked for. */
int vector_set_of_index(struct vector_set *s, const char *path, struct err *err);
void vector_set_free(struct vector_set *s);

/* Runs work(part) for each thread's part, all of one set. */
struct set_part {
	struct vector_set *set;
	enum synthetic_kind kind;
	const struct quantiser *quantiser;
	int number; /* 0 … SET_THREADS - 1 */
};
void in_parts(struct set_part part, void *(*work)(void *part));

#endif
