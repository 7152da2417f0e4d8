/* The stand-in's chat side: POST /v1/chat/completions, answered from a script.
 *
 * --chat FILE has one scripted reply a line, a JSON object; they are used in order, the last
 * one again and again. A fault (--fault, --limit-per-min, a wrong key, an unknown model) uses
 * none of them. All fields are optional:
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
 *   error_after          so many deltas, then an in-band error object (its words: error)
 *   plain                true: a stream request gets JSON
 *   status, body, content_type, retry_after    this instead: a body is text, or an object
 *   raw                  the stream's bytes as they are
 *   write_bytes          of a network write; default: an event each
 *   cut_at               the connection breaks after so many bytes of the body */
#ifndef STANDIN_CHAT_H
#define STANDIN_CHAT_H

#include "tests/support/standin/standin.h"

struct script {
	pthread_mutex_t lock;
	cJSON **lines;
	size_t n, cap, next;
};
/* Says on stderr what is wrong. path NULL: one line, a greeting. */
int script_read(struct script *script, const char *path);
const cJSON *script_next(struct script *script);
void script_free(struct script *script);

/* What matters of a request. Borrowed from its tree. */
struct chat_ask {
	const char *model;
	bool stream, usage;
	size_t prompt_tokens; /* a guess */
};

/* A reply as it is written: events that end at `end` of the body. */
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
	struct text_log *times;
	uint64_t request;
	int64_t received_us, first_us; /* monotonic; first_us 0: not yet */
};
void pace_free(struct pace *pace);
/* The next bytes of body[len] to write, after the waiting that is due; at most max. 0: the
 * end, -1: the connection is to break here. */
ssize_t pace_next(struct pace *pace, struct span body, size_t pos, size_t max, size_t *n);

/* Writes the reply that the line of a script stands for. */
void chat_reply(struct answer *a, const cJSON *line, const struct chat_ask *ask);

#endif
