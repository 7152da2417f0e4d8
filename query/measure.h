/* Measures of a ranking against judgements, as trec_eval and BEIR compute them.
 * Pure. */
#ifndef AKIN_QUERY_MEASURE_H
#define AKIN_QUERY_MEASURE_H

#include <stddef.h>

struct measures {
	double ndcg_10;    /* linear gain = grade, log2 discount (trec_eval's ndcg_cut) */
	double mrr_10;     /* 1 / rank of the first relevant one within 10 */
	double recall_10, recall_100;
	double map;        /* mean over the relevant ones of the precision at their rank */
};

/* ranked[n]: the grade of each document of the ranking, best rank first, 0 where
 * it is not relevant or not judged. judged[n_judged]: the grades of all relevant
 * documents of the question, each > 0, in any order. A document counts once: the
 * ranking holds none twice. All zero when n_judged is 0. */
struct measures measure_ranking(const double *ranked, size_t n, const double *judged,
                                size_t n_judged);

/* A mean over questions, and its standard error: the sample's standard deviation
 * (n - 1) over the root of n; NAN where n < 2. Both 0 and NAN for n = 0. */
struct estimate {
	double mean, error;
};
struct estimate estimate_mean(const double *values, size_t n);
/* Of a[i] - b[i]: what one ranking is better than another on the same questions. */
struct estimate estimate_difference(const double *a, const double *b, size_t n);

/* Each measure of n questions. */
struct summary {
	struct estimate ndcg_10, mrr_10, recall_10, recall_100, map;
};
struct summary measures_summary(const struct measures *questions, size_t n);

#endif
