/* The one contract for language models that answer in words: chat completions of an
 * OpenAI-compatible server. Nothing is sent but what OpenAI's reference names, and of that
 * only what was asked for.
 *
 * A struct chat belongs to one thread. Strings of a request are borrowed for the call; those
 * of a reply are the caller's (chat_reply_release). All text is UTF-8; what comes from the
 * server is not to be trusted, and what of it is no UTF-8 has become U+FFFD. */
#ifndef AKIN_MODELS_CHAT_H
#define AKIN_MODELS_CHAT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/span.h"
#include "models/models.h"

#define CHAT_MODEL_DEFAULT "ovhcloud/Meta-Llama-3_3-70B-Instruct"

enum chat_role { CHAT_SYSTEM, CHAT_USER, CHAT_ASSISTANT, CHAT_TOOL };

/* A function that the model wants called. Owned strings, never NULL. */
struct chat_call {
	char *id, *name;
	char *arguments; /* as the model wrote it: to be JSON, and not checked */
};

/* One message. Owned strings. */
struct chat_message {
	enum chat_role role;
	char *text;     /* NULL: none (an assistant that only calls) */
	char **images;  /* [n_images] data URLs, of a CHAT_USER */
	size_t n_images;
	struct chat_call *calls; /* [n_calls], of a CHAT_ASSISTANT */
	size_t n_calls;
	char *call_id, *name;    /* of a CHAT_TOOL: what it answers; else NULL */
};
void chat_message_release(struct chat_message *m); /* contents only */

/* A conversation, oldest first. Starts as {0}. */
struct chat_messages {
	struct chat_message *items;
	size_t n, cap;
};
/* Adds a message with a copy of the text (NULL: none); the pointer is valid until the next. */
struct chat_message *chat_messages_add(struct chat_messages *list, enum chat_role role,
                                       const char *text);
void chat_messages_cut(struct chat_messages *list, size_t n); /* keeps the first n */
void chat_messages_free(struct chat_messages *list);

/* A function that the model may call. */
struct chat_tool {
	const char *name, *description;
	const char *parameters; /* a JSON Schema object, as text */
};

/* What the model says, as it comes: bytes of whole characters, in order. */
enum chat_part { CHAT_ANSWER, CHAT_REASONING };
typedef void chat_delta(void *ctx, enum chat_part part, struct span text);

struct chat_request {
	const struct chat_message *messages;
	size_t n_messages;
	const struct chat_tool *tools; /* with tools, "tool_choice": "auto" is sent */
	size_t n_tools;
	const char *schema;      /* response_format json_schema: the schema, as text; NULL: none */
	const char *schema_name; /* [A-Za-z0-9_-]{1,64} */
	bool schema_strict;
	/* each is sent only where it is set */
	uint64_t max_tokens;     /* 0: not set */
	double temperature, top_p; /* NAN: not set */
	const char *const *stop; /* [n_stop] */
	size_t n_stop;
	const char *user;        /* NULL: not set */
	bool stream;             /* with stream_options include_usage */
	chat_delta *on_delta;    /* NULL: none. Also called, once, when a reply comes whole */
	void *ctx;
	/* NULL, or called before it is sent again, wait_ms from now: `why` is the server's words */
	void (*on_wait)(void *ctx, int64_t wait_ms, const char *why);
	/* asked some twenty times a second; true ends the request with ERR_INTERRUPTED. NULL: never */
	bool (*stopped)(void *ctx);
	void *stopped_ctx;
};

enum chat_finish {
	CHAT_STOP, CHAT_LENGTH, CHAT_CALLS, CHAT_FILTERED,
	CHAT_CUT /* the reply broke off: what came of it is there */
};

struct chat_reply {
	struct chat_message message; /* CHAT_ASSISTANT; text "" where it said nothing */
	char *reasoning;             /* NULL: none came */
	enum chat_finish finish;
	bool usage_known;
	uint64_t prompt_tokens, completion_tokens;
	char model[128];             /* as the server names it; "" */
	double first_token_ms, total_ms; /* from the request; first_token_ms NAN: none came */
};
void chat_reply_release(struct chat_reply *r); /* contents only */

struct chat {
	char model[128];        /* "provider/model" */
	char host[256];         /* where texts go */
	size_t context_tokens;  /* prompt and answer together; 0: not known */
	bool sees_images;       /* false where it is known to be blind */
	double requests_per_minute; /* that the server allows; 0: not known */
	double price_in, price_out; /* of a million tokens, in EUR or USD; 0: not known */
	struct remote_chat *self;
};

/* Opens `name`, "provider/model" (providers as for embeddings), or any server's model with
 * opt->base_url. Contacts no server. ERR_USAGE, ERR_AUTH as model_open. */
struct chat *chat_open(const char *name, const struct model_options *opt, struct err *err);
void chat_close(struct chat *c); /* NULL is fine */

/* Asks, and waits for the whole reply. 429, 503 and failed connections are tried again, with
 * Retry-After, until opt->patience_ms have gone by or a first byte of the answer has come;
 * never afterwards. -1: ERR_AUTH, ERR_MODEL (no such model), ERR_NETWORK, ERR_REPLY,
 * ERR_INTERRUPTED, and ERR_LIMIT when the prompt is over the model's context (`*limit`, if
 * not NULL, is the limit in tokens that the server names, or 0). Where a reply broke off
 * (ERR_REPLY, ERR_NETWORK, ERR_INTERRUPTED) *reply holds what came, with CHAT_CUT; else it is
 * empty. Release it in each case. */
int chat_complete(struct chat *c, const struct chat_request *q, struct chat_reply *reply,
                  size_t *limit, struct err *err);

#endif
