/* Scores of all passages for one question after the other, from both sides. */
#ifndef AKIN_QUERY_RANK_H
#define AKIN_QUERY_RANK_H

#include <stddef.h>

#include "base/err.h"
#include "query/background.h"
#include "query/lexical.h"
#include "query/question.h"
#include "query/search.h"

/* What one search, or a batch of them, works with. */
struct ranker {
	struct store *store;
	const struct search_options *opt;
	struct store_model model;
	struct store_chunk_ref *refs; /* passages that pass the filter, by vector_id */
	size_t n_refs;
	struct background background; /* dim 0: there is none */
	struct lexical *lexical;      /* NULL in dense mode */
	double lexical_weight;
	bool must_hold; /* the question has phrases: what holds them is an answer, whatever it scores */
};

/* Within a transaction. question NULL: no filter but the options'. ranker_close also after
 * an error. */
int ranker_open(struct ranker *r, struct store *store, const struct search_options *opt,
                const struct question *question, struct err *err);
void ranker_close(struct ranker *r);

/* One question's scores, [n_refs] each; dense or lexical is NULL where the mode has not
 * that side. */
struct ranked {
	float *dense, *lexical, *fused;
	struct fuse_spread spread;
	struct fuse_lexical evidence;
	struct lexical_words words;
};
void ranked_free(struct ranked *ranked);

/* dense[n_refs] is that question's row of dense_scores, or NULL; it is taken. */
int rank_question(struct ranker *r, struct span question, float *dense, struct ranked *ranked,
                  struct err *err);

/* struct hit's score of a passage with this fused score. */
double rank_score(const struct ranker *r, const struct ranked *ranked, double fused);

/* The least score of a hit. */
double rank_least_score(const struct ranker *r);

#endif
