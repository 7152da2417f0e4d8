/* A conversation kept in a file, to be resumed. */
#ifndef AKIN_ASK_CONVERSATION_H
#define AKIN_ASK_CONVERSATION_H

#include "ask/ask.h"
#include "base/buf.h"

#define CONVERSATION_SCHEMA 1
#define CONVERSATION_MAX_BYTES ((size_t)64 << 20)

/* Drops the oldest questions with their answers until what is left is at most so many tokens
 * (as pack_estimate_tokens counts); the rules stay. Returns how many questions went. */
size_t conversation_fit(struct conversation *c, size_t tokens);

/* {"schema": 1, "model", "messages": [{"role", "text"}], "sources": [{"path", "title", "heading",
 * "text", "byte_start", "byte_end", "line_start", "line_end", "page"}]}, and a line end. */
void conversation_write(struct buf *out, const struct conversation *c, const char *model);

/* Reads the same; `where` is for the message. c starts as {0}. ERR_INPUT. */
int conversation_read(struct conversation *c, struct span text, const char *where, struct err *err);

#endif
