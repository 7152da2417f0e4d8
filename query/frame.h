/* Text of documents within other text: whatever it is, it cannot leave the place that it is
 * given. Bytes that are no UTF-8 become U+FFFD in a line, and are kept in a block. Pure. */
#ifndef AKIN_QUERY_FRAME_H
#define AKIN_QUERY_FRAME_H

#include "base/buf.h"
#include "base/span.h"

/* Adds it as a part of a line: what would end the line, drive a terminal, or turn the direction
 * of what follows becomes U+FFFD. */
void frame_line(struct buf *out, struct span text);

/* Adds it as lines of its own between two lines of back quotes, three or more, and more than
 * stand together anywhere in it. */
void frame_block(struct buf *out, struct span text);

#endif
