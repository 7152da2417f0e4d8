/* The compiled tokeniser as bytes, for tokenizer_compile and the tests. */
#ifndef AKIN_MODELS_LOCAL_TOKENIZER_TOKENIZER_COMPILE_H
#define AKIN_MODELS_LOCAL_TOKENIZER_TOKENIZER_COMPILE_H

#include "base/buf.h"
#include "base/err.h"
#include "base/span.h"

/* Adds the compiled file to out, which must be empty. Errors as
 * tokenizer_compile. The same JSON gives the same bytes. */
int tokenizer_compile_bytes(struct span json, struct buf *out, struct err *err);

#endif
