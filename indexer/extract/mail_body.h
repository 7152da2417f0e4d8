/* What a mail's body goes through on its way: RFC 2045 transfer encodings, RFC 3676 lines. Pure. */
#ifndef AKIN_INDEXER_EXTRACT_MAIL_BODY_H
#define AKIN_INDEXER_EXTRACT_MAIL_BODY_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/span.h"

/* Add what is encoded; what is no base64 is passed over. */
void mail_base64(struct span s, struct buf *out);
/* word: of a header's encoded word, where '_' is a space. */
void mail_quoted(struct span s, bool word, struct buf *out);
int mail_hex(char c); /* 0 to 15; -1: none */
/* Joins the lines that end in a space to the next of as many '>'. */
void mail_flowed(struct span s, bool delete_space, struct buf *out);

#endif
