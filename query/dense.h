/* The dense side of a search: centred cosines of questions with every passage that
 * passed the filter, in one flat scan.
 *
 * A model's vectors crowd in a narrow cone, and some passages lie near every question.
 * Taking half of the mean of the corpus from each passage and half of the mean of
 * pseudo-questions from each question, and then the cosine, undoes part of that; the
 * vectors that are stored stay as the model gave them. */
#ifndef AKIN_QUERY_DENSE_H
#define AKIN_QUERY_DENSE_H

#include <stddef.h>

#include "base/err.h"
#include "query/background.h"
#include "store/store.h"

/* The share of the means that is taken off. Over the development collections 0.5 loses
 * nowhere more than 0.003 nDCG@10 against none and gains up to 0.05; 0.8 gains more on
 * two of them and loses up to 0.008 on others. */
#define DENSE_CENTRING 0.5

/* out[dim]: what is taken off the passages. */
void dense_centre(const struct background *b, float *out);

/* out[dim]: the unit vector question[dim] without its part of the mean, unit length again. */
void dense_centre_question(const struct background *b, const float *question, float *out);

/* scores[n_questions, n_refs]: cosines; of a passage without a vector (vector_id 0) the mean of the others.
 * questions[n_questions, dim], unit length. refs by ascending vector_id. background may
 * be NULL: plain cosines. */
int dense_scores(struct store *store, const struct background *background, const float *questions,
                 size_t n_questions, size_t dim, const struct store_chunk_ref *refs, size_t n_refs,
                 float *scores, struct err *err);

/* The mean and the deviation of a question's scores are those of DENSE_SAMPLE passages at most, in
 * runs of consecutive ones that lie evenly over the index: so they are the same whether all
 * passages are compared or only those that may be among the best. */
#define DENSE_SAMPLE 2048
/* The places in refs, ascending: places[DENSE_SAMPLE]; returns their number. Passages without a
 * vector are not among them. */
size_t dense_sample(const struct store_chunk_ref *refs, size_t n_refs, size_t *places);

/* One question that single vectors are compared with, as dense_scores does it. */
struct dense_question {
	struct store *store;
	size_t dim;
	float *direction; /* [dim] centred, unit length */
	float *mean;      /* [dim] that is taken off the passages, behind it; NULL: none */
	double offset, mean_square;
	float *row;
};
void dense_question_init(struct dense_question *q, struct store *store, const struct background *b,
                         const float *question, size_t dim);
void dense_question_free(struct dense_question *q);
/* Not by two threads at once. */
int dense_question_score(const struct dense_question *q, int64_t vector_id, float *score,
                         struct err *err);

#endif
