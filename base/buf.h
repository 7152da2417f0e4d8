/* A byte buffer that grows up to a maximum given at its birth. */
#ifndef AKIN_BASE_BUF_H
#define AKIN_BASE_BUF_H

#include <stdbool.h>
#include <stddef.h>

#include "base/span.h"

/* p is NULL or NUL-terminated at p[len] (the NUL is not counted). */
struct buf {
	char *p;
	size_t len, cap, max;
	bool overflow; /* something did not fit: the content is incomplete */
};

/* An empty buffer that will hold at most `max` bytes. Allocates nothing. */
struct buf buf_new(size_t max);
void buf_free(struct buf *b); /* empty again, same maximum */
void buf_clear(struct buf *b); /* empty, memory kept */

/* Each returns 0, or -1 when the maximum would be exceeded: then nothing is
 * added and overflow is set, so that a run of appends can be checked once. */
int buf_add(struct buf *b, const void *p, size_t len);
int buf_add_str(struct buf *b, const char *s);
int buf_add_span(struct buf *b, struct span s);
int buf_add_byte(struct buf *b, char c);
/* Text that may hold any bytes: NULs and what is no UTF-8 become U+FFFD. */
int buf_add_text(struct buf *b, struct span s);
int buf_printf(struct buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Room for `more` bytes behind len, without changing len. */
int buf_reserve(struct buf *b, size_t more);

/* Moves the bytes to the caller (free() them; never NULL) and empties b. */
char *buf_take(struct buf *b, size_t *len);

static inline struct span buf_span(const struct buf *b)
{
	return (struct span){ b->p ? b->p : "", b->len };
}

#endif
