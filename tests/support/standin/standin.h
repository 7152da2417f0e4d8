/* The stand-in endpoint: speaks the embeddings and chat API of OpenAI over loopback
 * and plays faults on command. A test tool, never installed.
 *
 *   standin [--port N | --port-file F] [options]      (see options.c)
 *
 * It prints its port as one line on stdout and runs until SIGTERM or SIGINT;
 * then it prints its statistics, one JSON object, on stderr. */
#ifndef STANDIN_H
#define STANDIN_H

#include <cjson/cJSON.h>
#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/span.h"
#include "models/embedder.h"

enum fault {
	FAULT_NONE,
	FAULT_DOWN, /* the connection closes without a reply */
	FAULT_SLOW, /* answers rightly, much later */
	FAULT_HTML502,
	FAULT_CUT, /* a body shorter than its Content-Length */
	FAULT_TRUNCATED, /* half the JSON, with a Content-Length that is true */
	FAULT_WRONG_COUNT,
	FAULT_EXTRA,
	FAULT_WRONG_DIM,
	FAULT_NAN,
	FAULT_NULL,
	FAULT_ZERO,
	FAULT_REVERSED,
	FAULT_NO_INDEX,
	FAULT_DUP_INDEX,
	FAULT_BASE64,
	FAULT_INTS,
	FAULT_ERROR200,
	FAULT_400,
	FAULT_401,
	FAULT_403,
	FAULT_404,
	FAULT_413,
	FAULT_429,
	FAULT_429_FOREVER,
	FAULT_429_COOLDOWN, /* as a LiteLLM proxy answers after one 401 */
	FAULT_500,
	FAULT_503,
	FAULT_HUGE_BODY,
	FAULT_GARBAGE,
	N_FAULTS
};

struct fault_rate {
	enum fault fault;
	double rate; /* share of the requests, 0..1 */
};

struct options {
	int port;
	const char *port_file, *key, *poison;
	const char *log_file; /* the texts of embeddings requests */
	const char *body_log; /* their bodies */
	const char *chat_file, *chat_log, *chat_times, *chat_models; /* chat.h */
	int poison_status;    /* what a request with the poison word gets; 200: a null vector */
	bool model_vectors;   /* the embedded model's instead of a hash's */
	size_t dim;
	int latency_ms, slow_ms;
	const char *tls_cert, *tls_key; /* files in PEM: it speaks https */
	bool ipv6;            /* listens on ::1 instead of 127.0.0.1 */
	bool gzip;            /* packs replies for whoever takes gzip */
	const char *redirect; /* every request is answered with 307 to there */
	int trickle_ms;       /* between any two bytes of a reply's body; 0: all at once */
	int idle_s;           /* after which a kept connection is closed; 0: never */
	int limit_per_min, window_ms; /* limit 0: none */
	bool no_retry_after;
	size_t max_texts, max_bytes, max_tokens_text; /* 0: none */
	int refusal_status;   /* of these three: 400, 413, 422 */
	uint64_t seed;
	struct fault_rate faults[32];
	size_t n_faults;
};

/* Fills opt, or says on stderr what is wrong and returns -1. */
int options_parse(struct options *opt, int argc, char **argv);

/* Faults: drawn once a request from a seeded generator. Threads share it. */
struct fault_draw {
	pthread_mutex_t lock;
	uint64_t state;
};
enum fault fault_parse(const char *name, size_t len); /* N_FAULTS: no such fault */
enum fault fault_draw(struct fault_draw *draw, const struct options *opt);

/* out[n, dim], unit length. Texts that share words are near each other. */
void vectors_hash(const struct span *texts, size_t n, size_t dim, float *out);

/* The embedded model behind a lock, for --vectors model. */
struct model_vectors {
	pthread_mutex_t lock;
	struct embedder *e; /* NULL: not used */
};
int vectors_open(struct model_vectors *m); /* says on stderr what is wrong */
/* As passages; out[n, dim]. -1 when one cannot be embedded. */
int vectors_model(struct model_vectors *m, const struct span *texts, size_t n, float *out);

/* What a request gets: a status, a body, and headers. */
struct answer {
	int status;
	struct buf body;
	const char *content_type;
	int retry_after; /* seconds; -1: no header */
	size_t n_texts;  /* of the request */
	bool close;      /* end the connection without a reply */
	bool cut;        /* end it in the middle of the body */
	bool gzip;       /* the body is packed */
	int trickle_ms;  /* between any two bytes of the body */
	const char *location; /* of a redirect; NULL: none */
	struct pace *pace;    /* how a chat's reply is written (chat.h); NULL: at once */
};

/* Packs the body; false: it stayed as it was. */
bool answer_gzip(struct answer *a);

/* A body of n vectors as OpenAI writes it, spoilt as `fault` says. poisoned[n]
 * texts get null. */
void answer_vectors(struct answer *a, const float *vectors, size_t n, size_t dim,
                    const bool *poisoned, const char *model, enum fault fault);
/* Error bodies. answer_fault returns false when the fault is none of a whole reply. */
bool answer_fault(struct answer *a, enum fault fault);
void answer_error(struct answer *a, int status, const char *type, const char *message);

/* The log: one JSON line a text, written at once. */
struct text_log {
	int fd; /* -1: none */
	pthread_mutex_t lock;
	int64_t start_ms;
};
int log_open(struct text_log *log, const char *path); /* path NULL: none */
void log_write(struct text_log *log, struct span bytes);
/* A request's body as one line of JSON, whatever it was; tree NULL: it is none. */
void log_body(struct text_log *log, const cJSON *tree, struct span body);
void log_texts(struct text_log *log, uint64_t request, const struct span *texts, size_t n,
               int status);

/* A sliding window of requests. Returns 0 when one more is allowed, else the
 * milliseconds until it is. */
struct window {
	pthread_mutex_t lock;
	int64_t *at;
	size_t n, next;
};
int64_t window_take(struct window *w, int limit, int window_ms, int64_t now_ms);

struct stats {
	pthread_mutex_t lock;
	uint64_t requests, texts, refused, gzipped;
	uint64_t chats, unknown_fields; /* fields of chat requests that OpenAI does not name */
	int64_t first_ms, last_ms, idle_ms, idle_since_ms;
	int busy, most_busy;
};
void stats_begin(struct stats *s, int64_t now_ms);
void stats_end(struct stats *s, int64_t now_ms, size_t texts, int status);
void stats_write(struct stats *s, struct buf *out);

#endif
