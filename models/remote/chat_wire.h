/* Requests of OpenAI's chat completions as bytes. Pure. Replies: chat_reader.h. */
#ifndef AKIN_MODELS_REMOTE_CHAT_WIRE_H
#define AKIN_MODELS_REMOTE_CHAT_WIRE_H

#include "base/buf.h"
#include "base/err.h"
#include "models/chat.h"

/* Adds the body of a request to b: `model`, `messages`, and each field that q sets, in the
 * order of OpenAI's reference; nothing else, since servers refuse what they do not know.
 * Images follow their message's text, as {"type":"image_url","image_url":{"url":…}}. An
 * assistant that only calls has no "content". Bytes that are no UTF-8 become U+FFFD.
 * -1: ERR_INPUT (a schema, or the parameters of a tool, are no JSON object), ERR_LIMIT (b is
 * full). */
int chat_wire_request(struct buf *b, const char *model, const struct chat_request *q,
                      struct err *err);

#endif
