/* Replies of OpenAI's chat completions, read as their bytes come. Pure but for what the
 * caller's on_delta does.
 *
 * What a reply is, is decided by what came: the Content-Type and the first bytes tell a stream
 * of events from a whole reply, whichever was asked for. */
#ifndef AKIN_MODELS_REMOTE_CHAT_READER_H
#define AKIN_MODELS_REMOTE_CHAT_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/span.h"
#include "models/chat.h"
#include "models/remote/refusal.h"
#include "models/remote/sse.h"

enum {
	CHAT_MAX_TEXT = 16 << 20,     /* bytes of the answer, and of the reasoning */
	CHAT_MAX_CALLS = 128,
	CHAT_MAX_ARGUMENTS = 1 << 20, /* bytes of a call's */
	CHAT_MAX_NAME = 256           /* of a call's id and name */
};

/* Text of one kind: all of it, and the bytes of a character that has not come whole. */
struct chat_reader_text {
	struct buf all;
	char carry[4];
	size_t n_carry;
};

struct chat_reader_call {
	int64_t index;
	struct buf id, name, arguments;
};

struct chat_reader {
	chat_delta *on_delta; /* NULL: none */
	void *ctx;
	enum chat_reader_form { CHAT_UNDECIDED, CHAT_EVENTS, CHAT_WHOLE } form;
	struct buf whole; /* of a whole reply; the first bytes while the form is undecided */
	struct sse sse;
	struct chat_reader_text parts[2]; /* [enum chat_part] */
	struct chat_reader_call *calls;
	size_t n_calls, cap_calls;
	bool finished; /* a finish_reason came */
	bool done;     /* [DONE] came: what follows is passed over */
	enum chat_finish finish;
	bool usage_known;
	uint64_t prompt_tokens, completion_tokens;
	char model[128];
	bool broken; /* why says how; nothing more is read */
	struct err why;
	bool refused; /* an error in band, which is what broke it */
	struct refusal refusal;
};

void chat_reader_init(struct chat_reader *r, chat_delta *on_delta, void *ctx);
void chat_reader_free(struct chat_reader *r);

/* Bytes of a body. -1: nothing more is wanted (it is broken). */
int chat_reader_feed(struct chat_reader *r, const char *content_type, struct span bytes);

/* Whether the answer has begun: text, reasoning or a call. */
bool chat_reader_begun(const struct chat_reader *r);

/* No more bytes come. Fills what came into *reply, which is the caller's (chat_reply_release),
 * and is all but times. 0 when the reply is whole: it has a finish_reason, or [DONE], or is a
 * sound whole reply. Else -1 with ERR_REPLY, and CHAT_CUT in *reply; when it was an error in
 * band, `refused` is set and `refusal` is what it means. */
int chat_reader_end(struct chat_reader *r, struct chat_reply *reply, struct err *err);

#endif
