#include "query/settle.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#include "base/mem.h"

/* Passages that are looked at together: where even the highest scores of so many, taken from
 * different ones, are not enough, none is. */
enum { STRETCH = 64, LANES = 16 };

struct candidate {
	double upper;
	size_t place;
};

static double of_words(const struct settling *s, const struct settle_by *by, double lexical)
{
	double part = s->lexical ? by->lexical * lexical : 0;
	return part < by->most ? part : by->most;
}

static double value(const struct settling *s, const struct settle_by *by, size_t i)
{
	return by->dense * (double)s->dense[i] + of_words(s, by, s->lexical ? (double)s->lexical[i] : 0);
}

static float highest(const float *x)
{
	float most[LANES];
	for (size_t j = 0; j < LANES; j++)
		most[j] = x[j];
	for (size_t i = LANES; i < STRETCH; i += LANES)
		for (size_t j = 0; j < LANES; j++)
			most[j] = x[i + j] > most[j] ? x[i + j] : most[j];
	for (size_t j = 1; j < LANES; j++)
		most[0] = most[j] > most[0] ? most[j] : most[0];
	return most[0];
}

/* Whether none of the stretch at i can have so much. */
static bool is_hopeless(const struct settling *s, const struct settle_by *by, size_t i, double least)
{
	if (i + STRETCH > s->n)
		return false;
	double words = of_words(s, by, s->lexical ? (double)highest(s->lexical + i) : 0);
	return by->dense * (double)highest(s->dense + i) + words < least;
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
	for (size_t i = 0; t->per_group && i < t->n; i++) {
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
	return x->place < y->place ? -1 : x->place > y->place;
}

/* The best by their estimates; each is off by no more than most_error. */
static void find_best(const struct settling *s, const struct settle_by *by, struct topk *sure)
{
	topk_init(sure, by->k, by->per_doc);
	for (size_t from = 0; from < s->n; from += STRETCH) {
		if (is_hopeless(s, by, from, worst(sure)))
			continue;
		size_t to = s->n - from < STRETCH ? s->n : from + STRETCH;
		for (size_t i = from; i < to; i++)
			topk_push(sure, value(s, by, i), (int64_t)i, s->refs[i].doc_id);
	}
}

struct candidates {
	struct candidate *items;
	size_t n, cap;
};

static void add(struct candidates *c, double upper, size_t place)
{
	c->items = mem_grow(c->items, &c->cap, c->n + 1, sizeof *c->items);
	c->items[c->n++] = (struct candidate){ upper, place };
}

/* All that may be among the best: whose estimate is not further below the worst of them than
 * both may be off. */
static void find_candidates(const struct settling *s, const struct settle_by *by, struct candidates *c)
{
	struct topk sure;
	double off = by->dense * (double)s->most_error;
	find_best(s, by, &sure);
	double least = worst(&sure) - 2 * off;
	for (size_t from = 0; from < s->n; from += STRETCH) {
		if (is_hopeless(s, by, from, least))
			continue;
		size_t to = s->n - from < STRETCH ? s->n : from + STRETCH;
		for (size_t i = from; i < to; i++) {
			double x = value(s, by, i);
			if (x < least)
				continue;
			if (sure.n == sure.k || x >= worst_of_document(&sure, s->refs[i].doc_id) - 2 * off)
				add(c, x + off, i);
		}
	}
	for (size_t i = 0; i < s->n_outliers; i++)
		add(c, value(s, by, s->outliers[i]) + 2 * by->dense, s->outliers[i]);
	topk_free(&sure);
	if (c->n > 1)
		qsort(c->items, c->n, sizeof *c->items, best_first);
}

/* Whether the passage can have the value, by the bound for the dense score that it needs. */
static bool may_reach(const struct settling *s, const struct settle_by *by, size_t i, double wanted)
{
	if (wanted == -INFINITY)
		return true;
	double words = of_words(s, by, s->lexical ? (double)s->lexical[i] : 0);
	double needed = (wanted - words) / by->dense;
	float score = needed > 0 ? (float)fmin(needed, 1) : 0;
	return (double)s->dense[i] + (double)s->error(s->ctx, i, score) >= needed;
}

static int consider(struct settling *s, const struct settle_by *by, size_t i, struct topk *best,
                    struct err *err)
{
	uint8_t bit = (uint8_t)(1 << i % 8);
	if (!(s->is_exact[i / 8] & bit) && s->refs[i].vector_id > 0) {
		if (!may_reach(s, by, i, worst(best)))
			return 0;
		if (s->exact(s->ctx, s->refs[i].vector_id, &s->dense[i], err) < 0)
			return -1;
		s->is_exact[i / 8] |= bit;
		s->n_exact++;
	}
	topk_push(best, value(s, by, i), (int64_t)i, s->refs[i].doc_id);
	return 0;
}

static bool has_place(const struct topk *t, size_t place)
{
	for (size_t i = 0; i < t->n; i++)
		if (t->items[i].id == (int64_t)place)
			return true;
	return false;
}

int settle(struct settling *s, const struct settle_by *by, struct topk *best, struct err *err)
{
	struct candidates c = { 0 };
	int rc = 0;
	find_candidates(s, by, &c);
	topk_init(best, by->k, by->per_doc);
	for (size_t i = 0; rc == 0 && i < c.n && c.items[i].upper >= worst(best); i++)
		if (!s->n_outliers || !has_place(best, c.items[i].place)) /* an outlier may come twice */
			rc = consider(s, by, c.items[i].place, best, err);
	topk_sort(best);
	free(c.items);
	return rc;
}
