/* Scores of all passages for one question after the other, from both sides. */
#ifndef AKIN_QUERY_RANK_H
#define AKIN_QUERY_RANK_H

#include <stddef.h>

#include "base/err.h"
#include "query/background.h"
#include "query/dense.h"
#include "query/fuse.h"
#include "query/lexical.h"
#include "query/question.h"
#include "query/estimate.h"
#include "query/search.h"
#include "query/topk.h"

#define RANK_WORDS 0.3
#define RANK_DOCUMENTS 1.0 /* of the words of a document, against those of a passage */

/* What one search, or a batch of them, works with. */
struct ranker {
	struct store *store;
	const struct search_options *opt;
	struct store_model model;
	struct store_chunk_ref *refs; /* passages that pass the filter, by vector_id */
	size_t n_refs;
	struct background background; /* dim 0: there is none */
	struct lexical *lexical;      /* NULL in dense mode */
	struct fuse_weights weights;
	bool must_hold; /* the question has phrases: what holds them is an answer, whatever it scores */
};

/* Within a transaction. question NULL: no filter but the options'. ranker_close also after
 * an error. */
int ranker_open(struct ranker *r, struct store *store, const struct search_options *opt,
                const struct question *question, struct err *err);
void ranker_close(struct ranker *r);

/* What the model says to one question. */
struct dense_answer {
	float *scores; /* [n_refs] cosines (query/dense.h); NULL: it was not asked */
	const struct estimates *estimates; /* the scores are one question's of these; NULL: exact */
	size_t at;                         /* which one's */
	const struct dense_question *question; /* scores exactly; with estimates */
	double mean, variance; /* of the sample's scores (query/dense.h) */
	double level;  /* background_cohort_level; unused where there is no background */
};

/* One question's scores, [n_refs] each; dense or lexical is NULL where the mode has not
 * that side. */
struct ranked {
	float *dense, *lexical; /* dense: estimates, but for the best */
	float *whole;           /* lexical with what the passage's document has of the words; NULL: that
	                         * is nothing */
	struct topk best;       /* by fused score, in order; id: the place in refs */
	struct fuse_spread spread;
	struct fuse_lexical evidence;
	struct lexical_words words;
	size_t n_exact; /* passages whose estimates were not enough */
	double level; /* what is added to a fused score for the deviations that rank_score is made of */
};
void ranked_free(struct ranked *ranked);

/* The best k, at most per_doc of a document (0: any number). dense->scores is taken. */
int rank_question(struct ranker *r, struct span question, const struct dense_answer *dense, size_t k,
                  size_t per_doc, struct ranked *ranked, struct err *err);

/* struct hit's score of a passage with this fused score. The best passage's is made of
 *
 *     max (f · (cosine - nearness) / deviation + RANK_WORDS · min(lexical part, 4)) + 2
 *
 * with the nearness of the cohort (query/cohort.h) and the deviation of random pairs, and
 * the others follow by what they are behind in fused score. RANK_WORDS and the least score
 * were chosen on the sample documents' questions and those of the development collections,
 * each with the questions of others as off topic. */
double rank_score(const struct ranker *r, const struct ranked *ranked, double fused);

/* The least score of a hit. */
double rank_least_score(const struct ranker *r);

#endif
