/* The stand-in's chat side: POST /v1/chat/completions, answered from a script.
 *
 * --chat FILE        the script: a JSON object a line, a reply each, in order; the last one
 *                    again and again. Without it, a greeting, or where the request has a
 *                    schema, the simplest thing that is valid by most schemas of its kind
 * --chat-log FILE    each request's body, as one line of JSON, written before the reply
 * --chat-times FILE  a line for each reply: monotonic seconds when the request was there,
 *                    and when the first delta was handed to the network
 * --chat-models A,B  other models are unknown
 *
 * A refusal (--fault, --limit-per-min, a wrong key, an unknown model) uses no line of the
 * script. The fields of a line, all optional:
 *
 *   content, reasoning   what the model says; reasoning comes first
 *   reasoning_field      "reasoning" (default) or "reasoning_content"
 *   tool_calls           [{"id", "name", "arguments"}]: arguments as text, or as an object
 *   finish               finish_reason; default "stop", "tool_calls" where there are calls
 *   piece_bytes          of a delta's text or arguments, at least a character; default 8,
 *                        0: all at once
 *   first_ms, delay_ms   before the first byte of the reply, and between deltas
 *   usage                the form of "choices" in the usage chunk: "empty" (default), "null",
 *                        "absent", "delta"; "none": no usage chunk. It comes only if asked for
 *   eol                  of the stream's lines: "\n" (default), "\r\n", "\r"
 *   comments             true: ": ping" between the events
 *   done                 false: no [DONE]
 *   error_after, error   so many deltas, then an in-band error object with these words
 *   plain                true: a stream request gets JSON
 *   status, body, content_type, retry_after    this instead; a body is text, or an object
 *   raw                  the stream's bytes as they are
 *   write_bytes          of a network write; default: an event each
 *   cut_at               the connection breaks after so many bytes of the body */
#ifndef STANDIN_CHAT_H
#define STANDIN_CHAT_H

#include <sys/types.h>

#include "tests/support/standin/standin.h"

struct script {
	pthread_mutex_t lock;
	cJSON **lines;
	size_t n, cap, next;
	bool given; /* by --chat */
};
/* Says on stderr what is wrong. path NULL: the greeting. */
int script_read(struct script *script, const char *path);
const cJSON *script_next(struct script *script);
void script_free(struct script *script);

/* A request. */
struct chat_ask {
	cJSON *tree;
	const char *model; /* the tree's */
	bool stream, usage;
	size_t prompt_tokens; /* a guess */
	uint64_t number;
	double received_s; /* monotonic */
};

/* How a reply is written: events that end at `end` of its bytes. */
struct event {
	size_t end;
	int wait_ms; /* before it */
};
struct pace {
	struct event *events;
	size_t n, cap;
	size_t first;       /* the event of the first delta */
	size_t write_bytes; /* 0: an event a write */
	size_t cut_at;      /* SIZE_MAX: never */
	bool stream;        /* no Content-Length */
	uint64_t number;    /* of the request */
	double received_s, first_s; /* monotonic; first_s 0: not yet */
	struct text_log *times;     /* NULL: it is written already */
};
void pace_free(struct pace *pace);
/* Waits as long as is due, then tells how many bytes of the body to write at pos, at most
 * max: 0 at its end, -1 where the connection is to break. */
ssize_t pace_next(struct pace *pace, size_t body_len, size_t pos, size_t max);

/* Makes the body that a line of the script stands for, and its pace. */
void chat_reply(struct answer *a, const cJSON *line, const struct chat_ask *ask);

/* What a request's schema asks for, as text; NULL: it has none. cJSON_free() it. */
char *least_of(const cJSON *request);

struct chat_side {
	struct script script;
	struct text_log log, times;
	const char *models; /* "A,B"; NULL: any */
	pthread_mutex_t lock;
	uint64_t n_requests;
};
int chat_side_open(struct chat_side *c, const struct options *opt); /* -1: said on stderr */
void chat_side_close(struct chat_side *c);

/* Logs and reads a request. False: a is its refusal. Release the request in each case. */
bool chat_begin(struct chat_side *c, struct stats *stats, struct span body, struct chat_ask *ask,
                struct answer *a);
/* The script's next reply, spoilt as `fault` says; waits before its first byte. */
void chat_answer(struct chat_side *c, const struct chat_ask *ask, enum fault fault,
                 struct answer *a);
/* The ids of --chat-models, as items of GET /v1/models. */
void chat_list_models(const struct chat_side *c, struct buf *out);

#endif
