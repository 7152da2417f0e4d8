/* Measures rankings of an index's documents on questions with judgements, one mode of
 * search beside the other. Prints nothing. */
#ifndef AKIN_QUERY_EVALUATE_H
#define AKIN_QUERY_EVALUATE_H

#include "query/measure.h"
#include "query/search.h"

/* The modes that are measured, the one that search takes by itself first. Ends with a
 * row without a name. */
struct evaluation_mode {
	const char *name;
	enum search_mode mode;
	bool needs_model;
};
extern const struct evaluation_mode evaluation_modes[];
#define EVALUATION_MODES 3

/* What judgements say of documents is said of names, since two files of an index may
 * share one (a stem): name numbers ascend as the names' bytes do, so that ties are
 * broken as trec_eval breaks them. A name that no document has is one that is never
 * found. */
struct evaluation_document {
	int64_t id;
	size_t name;
};
struct evaluation_judgement {
	size_t name;
	double grade; /* > 0 */
};
struct evaluation_question {
	struct span text; /* empty: there is none, and it counts as 0 in every measure */
	size_t from, to;  /* its judgements are judgements[from, to): at least one */
};

/* All borrowed. */
struct evaluation_set {
	const struct evaluation_question *questions;
	size_t n;
	const struct evaluation_judgement *judgements; /* by name within a question, none twice */
	const struct evaluation_document *documents;   /* by id */
	size_t n_documents;
};

/* Ranks the best 100 documents of each question and measures them, into measures[n].
 * opt gives the mode, its weight and the filter. The embedder may be NULL in lexical
 * mode; wrap it in a memo (query/memo.h) to rank the same questions again. */
int evaluate(struct store *store, struct embedder *embedder, const struct evaluation_set *set,
             const struct search_options *opt, struct measures *measures, struct err *err);

/* The nDCG@10 of each question in hybrid search at each of search_weights, into
 * ndcg[SEARCH_WEIGHTS, n]. */
int evaluate_weights(struct store *store, struct embedder *embedder,
                     const struct evaluation_set *set, double *ndcg, struct err *err);

#endif
