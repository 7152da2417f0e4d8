/* Texts that are to be embedded: each once, however many chunks wait for it. */
#ifndef AKIN_INDEXER_WANTED_H
#define AKIN_INDEXER_WANTED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/hash.h"
#include "models/embedder.h"

struct open_document;

/* A chunk that waits for a text's vector. */
struct waiter {
	struct open_document *doc;
	size_t chunk;
};

struct wanted {
	struct hash key;
	uint32_t n_tokens;
	size_t n_bytes; /* at least what the embedded text has */
	struct waiter *waiters; /* [n_waiters], never empty: the first one's chunk is the text */
	size_t n_waiters, cap;
};

/* The wanted texts by key, and a queue of those not yet in a batch. */
struct wanted_set {
	struct wanted **slots; /* open addressing; n_slots is a power of two */
	size_t n_slots, n;
	struct wanted **queue;
	size_t n_queued, queue_cap;
	size_t n_sorted;       /* this many at the front are sorted by length */
	size_t queued_tokens;
};

void wanted_free(struct wanted_set *set); /* with everything in it */

/* Lets a chunk wait for the text with this key. true: the text is new and queued. */
bool wanted_add(struct wanted_set *set, const struct hash *key, uint32_t n_tokens, size_t n_bytes,
                struct waiter waiter);

/* Whether the queue fills a batch to one of the limits. */
bool wanted_fills(const struct wanted_set *set, const struct embed_limits *limits);

/* Takes texts of about the same length out of the queue, as many as one batch
 * may have, into items[limits->max_batch_texts]; returns their number. They stay
 * in the set until they are removed. */
size_t wanted_take(struct wanted_set *set, const struct embed_limits *limits, struct wanted **items);

/* Removes and frees a text that has been taken. */
void wanted_remove(struct wanted_set *set, struct wanted *w);

#endif
