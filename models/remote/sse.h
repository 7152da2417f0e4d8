/* Server-sent events, from bytes as they come (WHATWG HTML, 9.2.6). Pure. */
#ifndef AKIN_MODELS_REMOTE_SSE_H
#define AKIN_MODELS_REMOTE_SSE_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/span.h"

#define SSE_MAX_EVENT (16 << 20)

/* An event's data, its lines joined by LF, valid during the call. Events without data are not
 * reported. field "error" is what some servers write in the place of "data". Non-zero ends
 * the parse. */
typedef int sse_event(void *ctx, struct span field, struct span data);

/* Lines end with LF, CR or CRLF, wherever the bytes are cut; a BOM and comments are passed
 * over. An event is reported with the last byte of its blank line, at the latest. */
struct sse {
	struct buf line, data;
	bool in_error;    /* of the event so far: its field is "error" */
	bool last_was_cr; /* an LF that follows belongs to it */
	bool begun;       /* a line has ended: no BOM can come */
	sse_event *on_event;
	void *ctx;
};
void sse_init(struct sse *s, sse_event *on_event, void *ctx);
/* 0, or what on_event gave, or -1 when an event is larger than SSE_MAX_EVENT. Feed nothing
 * more then. */
int sse_feed(struct sse *s, struct span bytes);
/* The end of the stream: an event whose blank line is missing is reported, too, since servers
 * leave it out (the standard drops it). */
int sse_end(struct sse *s);
void sse_free(struct sse *s);

#endif
