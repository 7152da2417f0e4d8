/* One order out of two: of the dense and the lexical score of every passage. Pure.
 *
 *     fused = f · √r · z + w · min(1, c / 0.8)² · L / ideal^0.6
 *
 * f      how well the model knows the languages of the index (query/familiarity.h), so that
 *        what it makes of words that it has only heard the letters of does not drown the words
 * z      the dense score as a standard score over all passages of this question, or over an
 *        even sample of them (query/dense.h)
 * r      how far its best stands out: best z / sqrt(2 ln n), which is about 1 where the
 *        best of n passages is no further up than chance brings one (Gaussian extremes);
 *        so a model that does not understand the question has less to say
 * L      the BM25 score of the passage
 * ideal  what a passage with all of the question's words, many times each, would get; at
 *        least FUSE_LEAST_IDEAL
 * c      the share of ideal that lies in words which the index knows at all: a question in
 *        another language than the documents has little, and what still matches (digits,
 *        names) does not drown the dense side; a fifth may be missing
 * w      FUSE_LEXICAL_WEIGHT, or what `akin eval --tune` found for an index
 *
 * Form and weight were chosen on the development collections that DESIGN.md names. */
#ifndef AKIN_QUERY_FUSE_H
#define AKIN_QUERY_FUSE_H

#include <stddef.h>

#define FUSE_LEXICAL_WEIGHT 2.4
#define FUSE_LEAST_IDEAL 1.0 /* what a word of two passages in five would have */

struct fuse_lexical {
	double ideal; /* sum over the question's words; 0: it has none */
	double known; /* the part of it in words that the index has */
	double best;  /* the highest score of a passage */
};

/* How a question's scores lie; what a fused score is turned back with. */
struct fuse_spread {
	double mean, deviation; /* of the dense scores; deviation 1 where they are all equal */
	double contrast;        /* f · √r; 0 where they are all equal; 1 when there is no dense side */
	double lexical_scale;   /* fused = contrast · z + lexical_scale · L */
};

struct fuse_weights {
	double lexical;     /* w */
	double familiarity; /* f */
};

/* dense[n] or NULL, lexical[n] or NULL, out[n] (may be one of them). */
struct fuse_spread fuse_scores(const float *dense, const float *lexical, size_t n,
                               const struct fuse_lexical *evidence, const struct fuse_weights *weights,
                               float *out);

/* The two halves of it. dense: how those scores lie, of all passages or of a sample of them;
 * NULL: there is no such side. */
struct fuse_dense {
	double mean, variance;
	double best; /* of all */
	size_t n;    /* of all */
};
struct fuse_spread fuse_spread_of(const struct fuse_dense *dense, const struct fuse_lexical *lexical,
                                  const struct fuse_weights *weights);
void fuse_apply(const struct fuse_spread *s, const float *dense, const float *lexical, size_t n,
                float *out);

/* Reciprocal ranks: out = 1/(60 + rank in dense) + 1/(60 + rank in lexical); a score of
 * 0 or less has no rank (Cormack, Clarke and Büttcher, SIGIR 2009). */
void fuse_ranks(const float *dense, const float *lexical, size_t n, float *out);

#endif
