/* The vectors of questions: checked, embedded, and kept in the index where embedding them
 * means sending them. */
#ifndef AKIN_QUERY_QUESTION_VECTOR_H
#define AKIN_QUERY_QUESTION_VECTOR_H

#include <stddef.h>

#include "base/err.h"
#include "base/hash.h"
#include "base/span.h"
#include "models/embedder.h"
#include "store/store.h"

/* ERR_USAGE: empty, no UTF-8, or over 64 KB. */
int question_check(struct span question, struct err *err);

/* The model of the index, checked against the embedder: ERR_MODEL. */
int question_model(struct store *store, const struct embedder *e, struct store_model *model,
                   struct err *err);

/* Vectors of the questions, [n, dim], the caller's to free. */
int question_vectors(struct embedder *e, const struct store_model *model,
                     const struct span *questions, size_t n, float **vectors, struct err *err);

/* A vector that is to be kept when the search is over. */
struct question_fresh {
	struct hash key;
	float *vector; /* NULL: nothing to keep */
	size_t dim;
};

/* One question's vector, the kept one if there is one. *fresh is for question_keep. */
int question_vector(struct store *store, struct embedder *e, const struct store_model *model,
                    struct span question, float **vector, struct question_fresh *fresh,
                    struct err *err);
/* Outside of a transaction; frees. */
void question_keep(struct store *store, struct question_fresh *fresh);

#endif
