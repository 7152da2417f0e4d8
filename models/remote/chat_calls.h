/* The calls of functions in a reply, from fragments. Pure. */
#ifndef AKIN_MODELS_REMOTE_CHAT_CALLS_H
#define AKIN_MODELS_REMOTE_CHAT_CALLS_H

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "models/chat.h"

enum {
	CHAT_MAX_CALLS = 128,
	CHAT_MAX_ARGUMENTS = 1 << 20, /* bytes of a call's */
	CHAT_MAX_NAME = 256           /* of its id, and of its name */
};

struct chat_call_parts {
	int64_t index; /* -1: the server gives none */
	struct buf id, name, arguments;
};

/* Starts as {0}. */
struct chat_calls {
	struct chat_call_parts *items;
	size_t n, cap;
};

/* Adds the tool_calls, and the function_call of old, of a message that came whole, or of a
 * delta: fragments belong together by "index", as far as servers keep to that. ERR_REPLY when
 * there are too many, or one is too long. */
int chat_calls_add(struct chat_calls *calls, const cJSON *said, bool whole, struct err *err);

/* Moves all into m, as valid UTF-8; where the server gave no id, it is "call_N". */
void chat_calls_take(struct chat_calls *calls, struct chat_message *m);
void chat_calls_free(struct chat_calls *calls);

#endif
