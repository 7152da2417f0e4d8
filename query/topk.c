#include "query/topk.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#include "base/mem.h"

static bool worse(const struct scored *a, const struct scored *b)
{
	return a->score < b->score || (a->score == b->score && a->id > b->id);
}

void topk_init(struct topk *t, size_t k, size_t per_group)
{
	*t = (struct topk){ .k = k, .per_group = per_group };
}

void topk_free(struct topk *t)
{
	free(t->items);
	*t = (struct topk){ 0 };
}

static void swap(struct scored *a, struct scored *b)
{
	struct scored c = *a;
	*a = *b;
	*b = c;
}

static void sift_up(struct topk *t, size_t i)
{
	while (i > 0 && worse(&t->items[i], &t->items[(i - 1) / 2])) {
		swap(&t->items[i], &t->items[(i - 1) / 2]);
		i = (i - 1) / 2;
	}
}

static void sift_down(struct topk *t, size_t i)
{
	for (;;) {
		size_t least = i, left = 2 * i + 1;
		for (size_t child = left; child < left + 2 && child < t->n; child++)
			if (worse(&t->items[child], &t->items[least]))
				least = child;
		if (least == i)
			return;
		swap(&t->items[i], &t->items[least]);
		i = least;
	}
}

/* The worst entry of the group once the group is full; t->n otherwise. */
static size_t to_replace(const struct topk *t, int64_t group)
{
	size_t count = 0, worst = t->n;
	for (size_t i = 0; i < t->n; i++) {
		if (t->items[i].group != group)
			continue;
		count++;
		if (worst == t->n || worse(&t->items[i], &t->items[worst]))
			worst = i;
	}
	return count >= t->per_group ? worst : t->n;
}

static void replace(struct topk *t, size_t i, struct scored by)
{
	if (!worse(&t->items[i], &by))
		return;
	t->items[i] = by; /* it got better: it moves away from the root */
	sift_down(t, i);
}

void topk_push(struct topk *t, double score, int64_t id, int64_t group)
{
	struct scored s = { score, id, group };
	if (!t->k || isnan(score) || (t->n == t->k && !worse(&t->items[0], &s)))
		return;
	size_t own = t->per_group ? to_replace(t, group) : t->n;
	if (own < t->n) {
		replace(t, own, s);
	} else if (t->n == t->k) {
		replace(t, 0, s);
	} else {
		/* n only grows, so the capacity follows from it: 0, 16, 32, 64 … */
		if (t->n == 0 || (t->n >= 16 && (t->n & (t->n - 1)) == 0))
			t->items = mem_realloc(t->items, t->n ? 2 * t->n : 16, sizeof *t->items);
		t->items[t->n++] = s;
		sift_up(t, t->n - 1);
	}
}

static int best_first(const void *a, const void *b)
{
	return worse(a, b) ? 1 : worse(b, a) ? -1 : 0;
}

void topk_sort(struct topk *t)
{
	if (t->n > 1)
		qsort(t->items, t->n, sizeof *t->items, best_first);
}
