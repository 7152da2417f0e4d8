/* The work of a remote embedder: batches as they were submitted, and the units
 * that they are sent in. A unit starts as a whole batch; it is divided when limits
 * tighten and when one of its texts has to be found. */
#ifndef AKIN_MODELS_REMOTE_UNITS_H
#define AKIN_MODELS_REMOTE_UNITS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "models/embedder.h"

/* A submitted batch. */
struct job {
	struct job *next;
	struct embed_batch *batch;
	size_t n_left; /* texts without vector and without failure */
};

struct unit {
	struct unit *next;
	struct job *job;
	uint32_t *at;       /* [n], places in the batch */
	size_t n, text_bytes;
	int tries;          /* that failed, of these very texts */
	int stale;          /* kept connections that were closed under it */
	int64_t not_before_ms;
	int64_t failed_ms;  /* when it failed first */
	struct buf body;    /* while it is under way */
};

/* First in, first out, but for what is pushed to the front. */
struct unit_queue {
	struct unit *first, *last;
};

struct unit *unit_new(struct job *job, const uint32_t *at, size_t n);
struct unit *unit_whole(struct job *job);
void unit_free(struct unit *u); /* NULL is fine */

void unit_push(struct unit_queue *q, struct unit *u);
void unit_push_front(struct unit_queue *q, struct unit *u);

/* Takes the first, whenever it may go; NULL when there is none. */
struct unit *unit_pop(struct unit_queue *q);

/* Takes the first that may go at now_ms; NULL, with *next_ms lowered to when one
 * may, if there is none. */
struct unit *unit_take(struct unit_queue *q, int64_t now_ms, int64_t *next_ms);

/* Keeps the first n texts in u; the others become a new unit with the same past. */
struct unit *unit_split(struct unit *u, size_t n);

/* How many of u's texts, at least one, keep to these; overhead is what each text
 * and the request cost beside their bytes. */
size_t unit_fitting(const struct unit *u, size_t max_texts, size_t max_bytes, size_t a_text,
                    size_t a_request);

#endif
