#include "indexer/wanted.h"

#include <stdlib.h>

#include "base/mem.h"

static void wanted_release(struct wanted *w)
{
	free(w->waiters);
	free(w);
}

void wanted_free(struct wanted_set *set)
{
	for (size_t i = 0; i < set->n_slots; i++)
		if (set->slots[i])
			wanted_release(set->slots[i]);
	free(set->slots);
	free(set->queue);
	*set = (struct wanted_set){ 0 };
}

static size_t home(const struct wanted_set *set, const struct hash *key)
{
	size_t h;
	memcpy(&h, key->b, sizeof h);
	return h & (set->n_slots - 1);
}

/* The slot of the key, or the empty one where it belongs. */
static size_t probe(const struct wanted_set *set, const struct hash *key)
{
	size_t at = home(set, key);
	while (set->slots[at] && hash_compare(&set->slots[at]->key, key) != 0)
		at = (at + 1) & (set->n_slots - 1);
	return at;
}

static void grow(struct wanted_set *set)
{
	struct wanted_set bigger = *set;
	bigger.n_slots = set->n_slots ? set->n_slots * 2 : 1024;
	bigger.slots = mem_zalloc(bigger.n_slots, sizeof *bigger.slots);
	for (size_t i = 0; i < set->n_slots; i++)
		if (set->slots[i])
			bigger.slots[probe(&bigger, &set->slots[i]->key)] = set->slots[i];
	free(set->slots);
	*set = bigger;
}

static void add_waiter(struct wanted *w, struct waiter waiter)
{
	w->waiters = mem_grow(w->waiters, &w->cap, w->n_waiters + 1, sizeof *w->waiters);
	w->waiters[w->n_waiters++] = waiter;
}

bool wanted_add(struct wanted_set *set, const struct hash *key, uint32_t n_tokens, size_t n_bytes,
                struct waiter waiter)
{
	if (set->n * 2 >= set->n_slots)
		grow(set);
	size_t at = probe(set, key);
	if (set->slots[at]) {
		add_waiter(set->slots[at], waiter);
		return false;
	}
	struct wanted *w = mem_zalloc(1, sizeof *w);
	*w = (struct wanted){ .key = *key, .n_tokens = n_tokens, .n_bytes = n_bytes };
	add_waiter(w, waiter);
	set->slots[at] = w;
	set->n++;
	set->queue = mem_grow(set->queue, &set->queue_cap, set->n_queued + 1, sizeof *set->queue);
	set->queue[set->n_queued++] = w;
	set->queued_tokens += n_tokens;
	return true;
}

bool wanted_fills(const struct wanted_set *set, const struct embed_limits *limits)
{
	return set->n_queued >= limits->max_batch_texts || set->queued_tokens >= limits->max_batch_tokens;
}

static int by_length(const void *a, const void *b)
{
	const struct wanted *x = *(struct wanted *const *)a, *y = *(struct wanted *const *)b;
	if (x->n_tokens != y->n_tokens)
		return x->n_tokens < y->n_tokens ? -1 : 1;
	return hash_compare(&x->key, &y->key);
}

/* What was sorted together is used up before newer texts are sorted in: so
 * batches are even, and no text waits for ever behind longer ones. */
static void sort_if_low(struct wanted_set *set, const struct embed_limits *limits)
{
	size_t tokens = 0;
	for (size_t i = 0; i < set->n_sorted && i < limits->max_batch_texts; i++)
		tokens += set->queue[set->n_sorted - 1 - i]->n_tokens;
	if (set->n_sorted >= limits->max_batch_texts || tokens >= limits->max_batch_tokens)
		return;
	qsort(set->queue, set->n_queued, sizeof *set->queue, by_length);
	set->n_sorted = set->n_queued;
}

size_t wanted_take(struct wanted_set *set, const struct embed_limits *limits, struct wanted **items)
{
	sort_if_low(set, limits);
	size_t n = 0, tokens = 0, bytes = 0;
	while (n < set->n_sorted && n < limits->max_batch_texts) {
		struct wanted *w = set->queue[set->n_sorted - 1 - n];
		if (n > 0 && (tokens + w->n_tokens > limits->max_batch_tokens ||
		              bytes + w->n_bytes > limits->max_batch_bytes))
			break;
		tokens += w->n_tokens;
		bytes += w->n_bytes;
		items[n++] = w;
	}
	/* close the gap with the newer texts behind */
	size_t newer = set->n_queued - set->n_sorted;
	memmove(set->queue + set->n_sorted - n, set->queue + set->n_sorted, newer * sizeof *set->queue);
	set->n_sorted -= n;
	set->n_queued -= n;
	set->queued_tokens -= tokens;
	return n;
}

void wanted_remove(struct wanted_set *set, struct wanted *w)
{
	size_t hole = probe(set, &w->key);
	set->slots[hole] = NULL;
	set->n--;
	/* move up whoever a later search would not find behind the hole */
	for (size_t at = (hole + 1) & (set->n_slots - 1); set->slots[at]; at = (at + 1) & (set->n_slots - 1)) {
		size_t to = home(set, &set->slots[at]->key);
		bool stays = hole < at ? (to > hole && to <= at) : (to > hole || to <= at);
		if (stays)
			continue;
		set->slots[hole] = set->slots[at];
		set->slots[at] = NULL;
		hole = at;
	}
	wanted_release(w);
}
