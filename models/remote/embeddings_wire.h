/* The embeddings API of OpenAI as bytes: request bodies written, reply bodies
 * read. Pure: no I/O, no state; threads may call it at once.
 *
 * What a reply holds is decided by what came, not by what was asked: floats and
 * base64 are told apart by their JSON type, vectors are placed by "index" where
 * it is there. Source: OpenAI's API reference, and the servers' own code. */
#ifndef AKIN_MODELS_REMOTE_EMBEDDINGS_WIRE_H
#define AKIN_MODELS_REMOTE_EMBEDDINGS_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/span.h"

enum { WIRE_MAX_DIM = 16384 };

/* Adds {"model":…,"input":[…]}: nothing else, since servers refuse what they do
 * not know. `prefix` stands before each text. Bytes that are no UTF-8 become
 * U+FFFD. -1 when b's maximum is reached. */
int wire_request(struct buf *b, const char *model, const char *prefix, const struct span *texts,
                 size_t n);

/* Bytes that a text takes in a request, quotes and comma included. */
size_t wire_text_bytes(struct span text);

/* Why a text has no vector though its reply is sound. */
enum wire_row {
	ROW_OK,
	ROW_NULL,      /* null, or no "embedding" at all */
	ROW_NOT_FINITE,
	ROW_ZERO,      /* no direction: nothing can be near it */
	ROW_DIM        /* not the model's dimension */
};

const char *wire_row_text(enum wire_row row);

struct wire_reply {
	size_t n, dim;
	float *vectors;       /* [n, dim], unit length, in the order of the request; a row that is
	                         not ROW_OK is zero */
	enum wire_row *rows;  /* [n] */
	size_t n_ok;
	uint64_t tokens;      /* usage; 0: not said */
};

/* Reads the reply to a request of n texts. dim is the model's dimension, or 0
 * when it is not known: then the first vector's. Returns 0 and fills *r (release
 * it), or -1 with ERR_REPLY and why nothing of it can be used: not JSON, cut,
 * too few or too many vectors, an index twice or out of range. An in-band
 * {"error": …} sets *in_band as well. Time is linear in the body. */
int wire_parse(struct wire_reply *r, struct span body, size_t n, size_t dim, bool *in_band,
               struct err *err);
void wire_reply_release(struct wire_reply *r);

#endif
