#include "query/sampling.h"

#include <stdlib.h>

/* Any number: it is fixed so that runs can be compared. */
static const uint64_t seed = 0x6b6e6f776e;

/* Steele, Lea, Flood 2014: the mixing function of SplitMix64. */
uint64_t sampling_order(uint64_t place)
{
	uint64_t x = (seed ^ place) + 0x9e3779b97f4a7c15u;
	x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
	x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
	return x ^ (x >> 31);
}

static int by_order(const struct pick *x, const struct pick *y)
{
	if (x->order != y->order)
		return x->order < y->order ? -1 : 1;
	return (x->chunk_id > y->chunk_id) - (x->chunk_id < y->chunk_id);
}

static int by_document(const void *a, const void *b)
{
	const struct pick *x = a, *y = b;
	if (x->doc_id != y->doc_id)
		return x->doc_id < y->doc_id ? -1 : 1;
	return by_order(x, y);
}

static int by_ordinal(const void *a, const void *b)
{
	const struct pick *x = a, *y = b;
	if (x->ordinal != y->ordinal)
		return x->ordinal < y->ordinal ? -1 : 1;
	return by_order(x, y);
}

void sampling_spread(struct picks *p)
{
	if (p->n == 0)
		return;
	qsort(p->items, p->n, sizeof *p->items, by_document);
	p->items[0].ordinal = 0;
	for (size_t i = 1; i < p->n; i++)
		p->items[i].ordinal = p->items[i].doc_id == p->items[i - 1].doc_id
		                              ? p->items[i - 1].ordinal + 1 : 0;
	qsort(p->items, p->n, sizeof *p->items, by_ordinal);
}
