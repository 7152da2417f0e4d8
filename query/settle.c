#include "query/settle.h"

#include <math.h>
#include <stdlib.h>

#include "base/mem.h"
#include "query/topk.h"

struct candidate {
	double upper;
	size_t at;
};

static double value(const struct settling *s, const struct settle_by *by, size_t i, double dense)
{
	double lexical = s->lexical ? by->lexical * (double)s->lexical[i] : 0;
	return by->dense * dense + (lexical < by->most ? lexical : by->most);
}

static double lower(const struct settling *s, const struct settle_by *by, size_t i)
{
	return value(s, by, i, (double)s->dense[i] - (double)s->errors[i]);
}

static double upper(const struct settling *s, const struct settle_by *by, size_t i)
{
	return value(s, by, i, (double)s->dense[i] + (double)s->errors[i]);
}

static double worst(const struct topk *t)
{
	return t->n == t->k ? t->items[0].score : -INFINITY;
}

/* What a passage of the document must reach, where others of it fill its places. */
static double worst_of_document(const struct topk *t, int64_t doc_id)
{
	size_t n = 0;
	double least = INFINITY;
	for (size_t i = 0; i < t->n; i++) {
		if (t->items[i].group != doc_id)
			continue;
		n++;
		least = t->items[i].score < least ? t->items[i].score : least;
	}
	return t->per_group && n >= t->per_group ? least : -INFINITY;
}

static int best_first(const void *a, const void *b)
{
	const struct candidate *x = a, *y = b;
	if (x->upper != y->upper)
		return x->upper > y->upper ? -1 : 1;
	return x->at < y->at ? -1 : x->at > y->at;
}

/* All that may be among the best. */
static size_t find_candidates(const struct settling *s, const struct settle_by *by,
                              struct candidate **found)
{
	struct topk sure;
	size_t n = 0, cap = 0;
	double least = -INFINITY;
	topk_init(&sure, by->k, by->per_doc);
	for (size_t i = 0; i < s->n; i++) {
		double x = lower(s, by, i);
		if (x < least)
			continue;
		topk_push(&sure, x, (int64_t)i, s->refs[i].doc_id);
		least = worst(&sure);
	}
	for (size_t i = 0; i < s->n; i++) {
		double x = upper(s, by, i);
		if (x < least || x < worst_of_document(&sure, s->refs[i].doc_id))
			continue;
		*found = mem_grow(*found, &cap, n + 1, sizeof **found);
		(*found)[n++] = (struct candidate){ x, i };
	}
	topk_free(&sure);
	if (n > 1)
		qsort(*found, n, sizeof **found, best_first);
	return n;
}

static int score_exactly(struct settling *s, size_t i, struct err *err)
{
	if (s->errors[i] == 0)
		return 0;
	s->errors[i] = 0;
	s->n_exact++;
	return s->exact(s->ctx, s->refs[i].vector_id, &s->dense[i], err);
}

int settle(struct settling *s, const struct settle_by *by, struct err *err)
{
	struct candidate *candidates = NULL;
	struct topk best;
	size_t n = find_candidates(s, by, &candidates);
	int rc = 0;
	topk_init(&best, by->k, by->per_doc);
	for (size_t c = 0; rc == 0 && c < n && candidates[c].upper >= worst(&best); c++) {
		size_t i = candidates[c].at;
		rc = score_exactly(s, i, err);
		topk_push(&best, lower(s, by, i), (int64_t)i, s->refs[i].doc_id);
	}
	topk_free(&best);
	free(candidates);
	return rc;
}
