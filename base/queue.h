/* A blocking queue of pointers between threads, bounded by count and by weight,
 * so that a fast stage waits for a slow one instead of filling the memory. */
#ifndef AKIN_BASE_QUEUE_H
#define AKIN_BASE_QUEUE_H

#include <stdbool.h>
#include <stddef.h>

struct queue;

/* At most max_items at once, and at most max_weight in sum: an item that is
 * heavier than that is let in alone. Never NULL. */
struct queue *queue_new(size_t max_items, size_t max_weight);
/* The queue must be empty or its items owned elsewhere. NULL is fine. */
void queue_free(struct queue *q);

/* Waits for room. false: the queue was cancelled, the item is still the caller's. */
bool queue_push(struct queue *q, void *item, size_t weight);

/* Waits up to timeout_ms (-1: for ever) for an item. NULL: none came in time, or
 * the queue is closed and empty, or cancelled. */
void *queue_pop(struct queue *q, int timeout_ms);

/* No item will be pushed any more: pop gives what is left. */
void queue_close(struct queue *q);
/* Whoever waits is let go, and pushes fail from now on; pop gives what is left
 * without waiting. */
void queue_cancel(struct queue *q);

bool queue_is_over(struct queue *q); /* closed (or cancelled) and empty */
size_t queue_count(struct queue *q);

#endif
