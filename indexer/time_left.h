/* How long a run will go on, by what is known at a moment. Pure: the time comes in.
 *
 * What is to be embedded of the files that have not been read yet is estimated from
 * those that have. Where a server lets only so many requests through, the requests
 * that are left count, at the rate at which they have been answered lately (which
 * refusals and slow replies lower) and, before there were many, at the rate that is
 * known. Elsewhere the tokens that are left count, at the speed seen lately. */
#ifndef AKIN_INDEXER_TIME_LEFT_H
#define AKIN_INDEXER_TIME_LEFT_H

#include <stdbool.h>
#include <stdint.h>

#include "models/embedder.h"

/* The work at one moment. */
struct work {
	uint64_t bytes_to_do, bytes_read; /* of new and changed files */
	/* found in what was read, each text once: all that has to be embedded */
	uint64_t texts, tokens, text_bytes;
	uint64_t texts_open, tokens_open; /* those of them that are not embedded yet */
	uint64_t requests;                /* answered */
	double requests_per_minute;       /* at which they may leave; 0: no limit is known */
};

/* A moment from which the speed is measured. */
struct time_mark {
	double at_s;
	uint64_t requests, tokens;
};

/* All zero at first. The speed is that since `older`, which lies back two thirds
 * to eight ninths of the run: so chance evens out, and a change of speed shows. */
struct time_left {
	bool was_called, has_begun;
	double called_s, begun_s; /* first called; first text embedded */
	struct time_mark older, newer;
	/* the answer */
	double seconds;   /* < 0: not known yet */
	bool at_the_rate; /* the server's rate is what holds the run back */
};

/* Takes the work at `now` seconds of any clock and sets the answer. Call it in order
 * of time, at least about once a second of the run. */
void time_left_update(struct time_left *t, const struct work *w, const struct embed_limits *limits,
                      double now);

#endif
