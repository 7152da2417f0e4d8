/* The one contract for every source of vectors: the encoder inside the program
 * and the endpoints behind HTTP.
 *
 * Vectors are float[n, dim], row-major, unit length, in the order of the texts.
 *
 * An embedder is used from one thread at a time (count_tokens and pieces excepted,
 * which any number of threads may call at once); what it does in parallel behind
 * submit() is its own affair. */
#ifndef AKIN_MODELS_EMBEDDER_H
#define AKIN_MODELS_EMBEDDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/span.h"

/* Models with prefixes ("query: ", "passage: ") embed the same words
 * differently as a question and as a text to be found. The embedder adds the
 * prefix itself. */
enum embed_kind { EMBED_PASSAGE, EMBED_QUERY };

struct embed_limits {
	size_t dim;              /* 0: known after the first reply */
	size_t max_text_tokens;  /* tokens of one text, prefix and special tokens not counted */
	size_t max_batch_texts;  /* a batch that is submitted keeps to these three */
	size_t max_batch_tokens; /* as count_tokens() counts */
	size_t max_batch_bytes;
	size_t max_in_flight;    /* batches that are worked on at once; submit more and they queue */
	bool exact_tokens;       /* count_tokens is the model's own count, not an estimate */
	double token_ratio;      /* the model's own tokens for one that count_tokens gives, as learned
	                          * from the server's replies; 0: nothing learned, take them as equal */
};

/* One unit of work. The caller fills the first part and keeps it alive and
 * unchanged until collect() gives the batch back; then vectors and failures
 * are filled. Release it with embed_batch_release(). */
struct embed_batch {
	enum embed_kind kind;
	size_t n;
	const struct span *texts; /* [n], valid UTF-8, none empty */
	void *user;               /* the caller's own */

	size_t dim;
	float *vectors;  /* [n, dim]; the row of a failed text is zero */
	char **failures; /* [n], each NULL or the reason in the server's words; NULL: none failed */
	bool *unsent;    /* [n]: after embedder_drain(), texts that have neither vector nor failure
	                    because they were not begun; NULL: none */
	uint64_t tokens; /* tokens that the model was given; as the server counts them, if it says */
};

/* Frees vectors, failures and unsent; the batch itself and its texts are the caller's. */
void embed_batch_release(struct embed_batch *batch);

/* How it goes with the server, now. All zero where there is none. */
struct embed_traffic {
	uint64_t requests;          /* answered with vectors */
	double requests_per_minute; /* at which they may leave; 0: no limit is known */
	bool rate_learned;          /* from refusals, and not told beforehand */
	int64_t pause_ms;           /* nothing leaves for so long, as the server has asked; 0: none */
	const char *protocol;       /* of the last reply, "HTTP/1.1"; a constant; NULL: none came */
};

/* What the model's own tokeniser makes of a text. A language that the model was not made
 * for falls into unknown pieces, or into many small ones. */
struct embed_pieces {
	size_t n;         /* 0: the tokeniser is not at hand, or the text is empty */
	size_t n_unknown; /* of these: it has no piece for what stands there */
};

struct embedder;
struct embedder_dropped; /* embedder.c's own */

/* What an implementation provides. `self` is its own state. */
struct embedder_ops {
	int (*submit)(void *self, struct embed_batch *batch, struct err *err);
	int (*collect)(void *self, int timeout_ms, struct embed_batch **batch, struct err *err);
	size_t (*count_tokens)(const void *self, struct span text);
	struct embed_pieces (*pieces)(const void *self, struct span text); /* NULL: not known */
	void (*close)(void *self);
	void (*drain)(void *self);
	void (*traffic)(const void *self, struct embed_traffic *t); /* NULL: there is no server */
};

struct embedder {
	const struct embedder_ops *ops;
	void *self;
	char model[128];   /* "provider/model", the name that an index stores */
	char host[256];    /* the server that texts go to; empty: they stay in this process */
	double price_per_million;   /* of tokens, in EUR or USD; 0: not known */
	double requests_per_minute; /* that the server allows; 0: not known */
	struct embed_limits limits; /* collect() may change them, as a server tells its own */
	struct embedder_dropped *dropped; /* starts NULL */
};

/* Hands a batch over; never blocks on the network. -1 when nothing can ever be
 * embedded any more (wrong key, unknown model): the batch is the caller's again. */
int embedder_submit(struct embedder *e, struct embed_batch *batch, struct err *err);

/* Waits up to timeout_ms (0: looks, -1: for ever) for a batch to be done, in
 * any order. Returns 1 and sets *batch, or 0 when none is done in time or none
 * is under way. -1 with err: the embedder has given up for good, and batches
 * that were not collected are dropped: the caller may free them after close(). */
int embedder_collect(struct embedder *e, int timeout_ms, struct embed_batch **batch,
                     struct err *err);

/* Begins nothing any more: collect() gives what is under way, and 0 at once when
 * that is over. Of a batch that was begun in part the rest is `unsent`; a batch that
 * was not begun at all is dropped, as after a failure. Submit nothing afterwards. */
void embedder_drain(struct embedder *e);

/* The blocking form: embeds n texts of any number, splitting them as the limits
 * want (a limit of 0 is none), into out[n, dim], which the caller frees. No
 * batch of the caller's may be under way. -1 on the first text that fails, with
 * its reason in err (ERR_REPLY), when what is under way has ended. */
int embedder_embed(struct embedder *e, enum embed_kind kind, const struct span *texts, size_t n,
                   float **out, struct err *err);

/* Tokens of the text, prefix and special tokens not counted. */
size_t embedder_count_tokens(const struct embedder *e, struct span text);

/* As count_tokens, from any thread. */
struct embed_pieces embedder_pieces(const struct embedder *e, struct span text);

struct embed_traffic embedder_traffic(const struct embedder *e);

/* So many tokens of count_tokens() as the model's own, by what is learned so far. */
uint64_t embedder_own_tokens(const struct embedder *e, uint64_t counted);
uint64_t embed_own_tokens(const struct embed_limits *limits, uint64_t counted);

/* Stops what is under way and frees everything, the struct (from malloc) too.
 * NULL is fine. */
void embedder_close(struct embedder *e);

#endif
