/* The vectors of questions: checked, embedded, and kept in the index where embedding them
 * means sending them. */
#ifndef AKIN_QUERY_QUESTION_VECTOR_H
#define AKIN_QUERY_QUESTION_VECTOR_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/hash.h"
#include "base/span.h"
#include "models/embedder.h"
#include "store/store.h"

/* The model of the index, checked against the embedder: ERR_MODEL. */
int question_model(struct store *store, const struct embedder *e, struct store_model *model,
                   struct err *err);

/* Vectors of the questions, [n, dim], the caller's to free. */
int question_vectors(struct embedder *e, const struct store_model *model,
                     const struct span *questions, size_t n, float **vectors, struct err *err);

/* Whether the question's vector, without its syntax, is kept in the index, so that nothing
 * has to be sent for it. Only for embedders that send (embedder->host). */
bool question_is_kept(struct store *store, const struct embedder *e, struct span question);

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
