/* What remote.c, drive.c and outcome.c share: the state of one remote embedder. Not for
 * others. */
#ifndef AKIN_MODELS_REMOTE_REMOTE_STATE_H
#define AKIN_MODELS_REMOTE_REMOTE_STATE_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "models/embedder.h"
#include "models/local/tokenizer/tokenizer.h"
#include "models/remote/http.h"
#include "models/remote/pacer.h"
#include "models/remote/providers.h"
#include "models/remote/server.h"
#include "models/remote/token_ratio.h"
#include "models/remote/units.h"

struct remote {
	struct embedder *e;
	struct server server;
	const struct known_model *known;
	char *model, *ca_file;
	struct http *http; /* opened with the first request */
	struct http_options http_options;
	struct tokenizer *tokenizer; /* NULL: tokens are estimated */
	struct token_ratio ratio;    /* of the estimates, then */
	size_t batch_tokens;         /* that a request may have, as the server counts them */

	pthread_t thread; /* drive.h: it and the caller change what follows with the mutex */
	bool has_thread, closing;
	pthread_mutex_t mutex;
	pthread_cond_t work, moved; /* for the thread, for the caller */

	struct embed_limits limits; /* as learned; e->limits is the caller's copy */
	struct pacer pacer;
	struct unit_queue ready;
	struct unit *flying;           /* under way */
	struct job *done, *done_last;  /* complete, to be collected */
	size_t n_jobs;                 /* not complete */

	bool draining; /* nothing more is sent */
	bool stopped;
	struct err why;
	uint64_t n_answered; /* requests, with vectors */
	const char *protocol; /* of the last reply; NULL: none yet */
	bool ever_ok;
	int64_t ok_ms;       /* the last vector */
	int64_t progress_ms; /* the last vector or failure of a text, or the start of work */
	int stuck;           /* requests in a row that brought neither */
	int lost_texts;      /* texts in a row that failed, no vector between */
	int patience_ms;

	size_t accepted_texts, accepted_bytes; /* the largest request that was answered */
	size_t doubted_dim; /* of the first replies, when it is not the known model's */
	int n_doubts;       /* so many of them in a row */
};

/* What goes before each text. */
const char *remote_prefix(const struct remote *r, enum embed_kind kind);

/* Takes in a reply to one of r's units: stores vectors, puts the unit back, divides
 * it, records a text as failed, or stops the embedder. The reply stays the caller's. */
void outcome_take(struct remote *r, struct http_reply *reply);

/* When r drains and nothing is under way: gives back the batches that were answered
 * in part, and leaves the others. */
void outcome_end_drain(struct remote *r);

/* No more work: what is wrong goes to r->why. */
void outcome_stop(struct remote *r, const struct err *why);

#endif
