#include "query/evaluate.h"

#include <stdlib.h>

#include "base/mem.h"

enum { DEPTH = 100 };

const struct evaluation_mode evaluation_modes[EVALUATION_MODES + 1] = {
	{ "hybrid", SEARCH_HYBRID, true },
	{ "dense", SEARCH_DENSE, true },
	{ "lexical", SEARCH_LEXICAL, false },
	{ NULL, SEARCH_LEXICAL, false },
};

struct named {
	double score;
	size_t name;
};

/* Ties by name, falling: as trec_eval, so that the same run gives the same figures. */
static int best_first(const void *a, const void *b)
{
	const struct named *x = a, *y = b;
	if (x->score != y->score)
		return x->score < y->score ? 1 : -1;
	return (x->name < y->name) - (x->name > y->name);
}

static int by_id(const void *a, const void *b)
{
	int64_t x = ((const struct evaluation_document *)a)->id;
	int64_t y = ((const struct evaluation_document *)b)->id;
	return (x > y) - (x < y);
}

static int by_name(const void *a, const void *b)
{
	size_t x = ((const struct evaluation_judgement *)a)->name;
	size_t y = ((const struct evaluation_judgement *)b)->name;
	return (x > y) - (x < y);
}

static bool is_among(const struct named *named, size_t n, size_t name)
{
	for (size_t i = 0; i < n; i++)
		if (named[i].name == name)
			return true;
	return false;
}

static double grade_of(const struct evaluation_set *set, const struct evaluation_question *q,
                       size_t name)
{
	struct evaluation_judgement key = { name, 0 };
	const struct evaluation_judgement *found =
		bsearch(&key, set->judgements + q->from, q->to - q->from, sizeof key, by_name);
	return found ? found->grade : 0;
}

static size_t name_ranking(const struct evaluation_set *set, const struct ranking *ranking,
                           struct named *named)
{
	size_t n = 0;
	for (size_t i = 0; i < ranking->n && n < DEPTH && set->n_documents; i++) {
		struct evaluation_document key = { ranking->items[i].doc_id, 0 };
		const struct evaluation_document *d =
			bsearch(&key, set->documents, set->n_documents, sizeof key, by_id);
		if (d)
			named[n++] = (struct named){ ranking->items[i].score, d->name };
	}
	qsort(named, n, sizeof *named, best_first);
	return n;
}

static struct measures measure(const struct evaluation_set *set, const struct evaluation_question *q,
                               const struct ranking *ranking)
{
	struct named named[DEPTH];
	double ranked[DEPTH];
	size_t n = name_ranking(set, ranking, named), kept = 0;
	for (size_t i = 0; i < n; i++) {
		if (is_among(named, kept, named[i].name))
			continue; /* two files of one name: the better one counts */
		named[kept] = named[i];
		ranked[kept++] = grade_of(set, q, named[i].name);
	}
	double *grades = mem_alloc(q->to - q->from, sizeof *grades);
	for (size_t i = q->from; i < q->to; i++)
		grades[i - q->from] = set->judgements[i].grade;
	struct measures m = measure_ranking(ranked, kept, grades, q->to - q->from);
	free(grades);
	return m;
}

int evaluate(struct store *store, struct embedder *embedder, const struct evaluation_set *set,
             const struct search_options *opt, struct measures *measures, struct err *err)
{
	struct span *texts = mem_alloc(set->n, sizeof *texts);
	size_t *asked = mem_alloc(set->n, sizeof *asked), n = 0;
	for (size_t i = 0; i < set->n; i++) {
		measures[i] = (struct measures){ 0 };
		if (set->questions[i].text.len == 0)
			continue;
		asked[n] = i;
		texts[n++] = set->questions[i].text;
	}
	struct search_options all = *opt;
	all.k = DEPTH;
	all.per_doc = 1;
	struct ranking *rankings = mem_zalloc(n, sizeof *rankings);
	int rc = search_documents(store, embedder, texts, n, &all, rankings, err);
	for (size_t i = 0; i < n; i++) {
		if (rc == 0)
			measures[asked[i]] = measure(set, &set->questions[asked[i]], &rankings[i]);
		free(rankings[i].items);
	}
	free(rankings);
	free(asked);
	free(texts);
	return rc;
}

int evaluate_weights(struct store *store, struct embedder *embedder,
                     const struct evaluation_set *set, double *ndcg, struct err *err)
{
	struct measures *measures = mem_alloc(set->n, sizeof *measures);
	int rc = 0;
	for (size_t w = 0; w < SEARCH_WEIGHTS && rc == 0; w++) {
		struct search_options opt = { .mode = SEARCH_HYBRID, .lexical_weight = &search_weights[w] };
		rc = evaluate(store, embedder, set, &opt, measures, err);
		for (size_t i = 0; i < set->n && rc == 0; i++)
			ndcg[w * set->n + i] = measures[i].ndcg_10;
	}
	free(measures);
	return rc;
}
