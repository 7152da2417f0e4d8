/* The last stage: what is prepared is embedded in batches and written. One
 * thread, the only one that writes. */
#ifndef AKIN_INDEXER_CONDUCT_H
#define AKIN_INDEXER_CONDUCT_H

#include "base/err.h"
#include "base/queue.h"
#include "indexer/prepare.h"
#include "indexer/tally.h"
#include "indexer/time_left.h"
#include "indexer/wanted.h"

struct open_batch;
struct vision;

struct conductor {
	/* given */
	struct store *store;
	struct embedder *embedder;
	const struct index_options *opt;
	struct hash recipe;
	struct queue *prepared; /* of struct prepared_file * */
	struct tally *tally;
	struct vision *vision;

	/* zero at first */
	struct wanted_set wanted;
	struct work work;                /* what was found to do */
	struct time_left left;
	struct open_document *documents; /* that wait, for vectors or to be written; a list */
	size_t open_weight;              /* of those, bytes */
	struct open_document *whole, *last_whole; /* those that only wait to be written; a queue */
	size_t n_whole;                  /* their chunks */
	struct open_batch *batches;      /* that the embedder has; a list */
	size_t n_batches;
	struct open_batch *held;         /* one of them that waits: the tokens may not suffice */
	uint64_t tokens_in_flight;       /* as the chunker counted them */
	bool tokens_are_spent;           /* opt->max_tokens */
	double begin;                    /* of the run, clock_seconds() */
	bool in_transaction;
	int64_t begun_ms;                /* the transaction */
	int64_t progress_ms;             /* when progress was last told */
	int64_t waiting_since_ms;        /* when the queue began to wait for a full batch; 0: it does not */
	int64_t *moved;                  /* ids of documents that got another path */
	size_t n_moved, moved_cap;
};

/* Runs until the queue is over and everything is written, or until it fails or is
 * interrupted: then what has arrived is committed. */
int conduct(struct conductor *c, struct err *err);
/* Opens a transaction unless one is open; whoever writes calls it before. The loop
 * commits. */
int conduct_write(struct conductor *c, struct err *err);
/* After the embedder was closed. */
void conductor_release(struct conductor *c);

#endif
