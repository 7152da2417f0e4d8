#include "query/recall.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "query/estimate.h"
#include "query/search.h"

enum { N_QUESTIONS = 16, NEAREST = 10 };
static const char derived_name[] = "recall";

int recall_load(struct store *store, struct recall *recall, struct err *err)
{
	char *bytes;
	size_t len;
	*recall = (struct recall){ 0 };
	int rc = store_derived_get(store, derived_name, &bytes, &len, err);
	if (rc > 0 && len == sizeof *recall)
		memcpy(recall, bytes, sizeof *recall);
	free(bytes);
	if (!(recall->recall >= 0 && recall->recall <= 1))
		*recall = (struct recall){ 0 };
	return rc < 0 ? -1 : 0;
}

static int nearest(struct store *store, const float *vector, enum search_scan scan, struct hits *hits,
                   struct err *err)
{
	const struct search_options opt = { .mode = SEARCH_DENSE, .scan = scan, .vector = vector,
		                            .k = NEAREST, .min_score = 0 };
	return search(store, NULL, (struct span){ "", 0 }, &opt, hits, err);
}

static size_t n_shared(const struct hits *a, const struct hits *b)
{
	size_t n = 0;
	for (size_t i = 0; i < a->n; i++)
		for (size_t j = 0; j < b->n; j++)
			n += a->items[i].chunk_id == b->items[j].chunk_id;
	return n;
}

static int measure_one(struct store *store, const float *vector, struct recall *r, struct err *err)
{
	struct hits wanted = { 0 }, found = { 0 };
	int rc = nearest(store, vector, SCAN_EXACT, &wanted, err);
	if (rc == 0)
		rc = nearest(store, vector, SCAN_CODES, &found, err);
	if (rc == 0 && wanted.n) {
		r->recall += (double)n_shared(&wanted, &found) / (double)wanted.n;
		r->n_exact += (double)found.n_exact;
		r->n_questions++;
	}
	hits_free(&wanted);
	hits_free(&found);
	return rc;
}

int recall_measure(struct store *store, struct err *err)
{
	struct store_model model;
	struct store_counts counts;
	struct recall r = { 0 };
	int64_t last;
	if (store_model(store, &model, err) < 0 || store_counts(store, &counts, err) < 0 ||
	    store_last_vector(store, &last, err) < 0)
		return -1;
	if (counts.chunks < ESTIMATE_LEAST || model.dim == 0)
		return 0;
	float *vector = mem_floats(model.dim);
	int rc = 0;
	r.n_chunks = counts.chunks;
	for (int64_t i = 0; rc >= 0 && i < N_QUESTIONS; i++) {
		rc = store_vector_get(store, 1 + i * (last - 1) / (N_QUESTIONS - 1), vector, err);
		if (rc > 0)
			rc = measure_one(store, vector, &r, err);
	}
	free(vector);
	if (rc < 0 || r.n_questions == 0)
		return rc < 0 ? -1 : 0;
	r.recall /= (double)r.n_questions;
	r.n_exact /= (double)r.n_questions;
	return store_derived_put(store, derived_name, (struct span){ (const char *)&r, sizeof r }, err);
}
