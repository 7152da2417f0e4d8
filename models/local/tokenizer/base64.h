/* Base64 (RFC 4648, section 4). */
#ifndef AKIN_MODELS_LOCAL_TOKENIZER_BASE64_H
#define AKIN_MODELS_LOCAL_TOKENIZER_BASE64_H

#include "base/buf.h"

/* Adds the decoded bytes to out. -1 when the text is not base64 with its
 * padding, or does not fit. */
int base64_decode(struct span text, struct buf *out);

#endif
