/* roff's escape sequences and arguments. Pure. */
#ifndef AKIN_INDEXER_EXTRACT_ROFF_H
#define AKIN_INDEXER_EXTRACT_ROFF_H

#include "base/buf.h"
#include "base/span.h"

/* Adds the text without escape sequences, characters that have a name as UTF-8, up to a comment. */
void roff_text(struct span s, struct buf *out);

/* The next argument of a request's line from *at on, without its quotes, escapes as they stand;
 * p NULL: there is none. */
struct span roff_argument(struct span line, size_t *at);

#endif
