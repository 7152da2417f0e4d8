/* Tokenisers: SentencePiece Unigram (XLM-R's pieces: multilingual-e5 and
 * BGE-M3) and WordPiece (BERT's), as the Hugging Face `tokenizers` library
 * computes them.
 *
 * A tokeniser is a compiled file that is mapped: opening one builds nothing and
 * reads nothing but its header. Any number of threads may use one at once. */
#ifndef AKIN_MODELS_LOCAL_TOKENIZER_TOKENIZER_H
#define AKIN_MODELS_LOCAL_TOKENIZER_TOKENIZER_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/span.h"

struct tokenizer;

/* Maps the compiled file. ERR_MODEL when it is truncated, altered in its
 * header, or of another version. Free with tokenizer_close. */
struct tokenizer *tokenizer_open(const char *path, struct err *err);
void tokenizer_close(struct tokenizer *t);

/* Reads all of the file and compares its hash: ERR_MODEL when the tables were
 * altered (encode never trusts them, but its ids would be wrong). A few
 * milliseconds: for `akin doctor`. */
int tokenizer_check(const struct tokenizer *t, struct err *err);

/* The ids of the text, special tokens not included and never produced by text
 * that spells one ("<s>"). Writes at most max ids and returns the number of all
 * of them; ids may be NULL when max is 0, to count. Bytes that are not UTF-8
 * count as U+FFFD. Time is linear in the text. */
size_t tokenizer_encode(const struct tokenizer *t, struct span text, uint32_t *ids, size_t max);

/* The number of ids, and how many of them are the one for what has no piece. */
size_t tokenizer_count(const struct tokenizer *t, struct span text, size_t *n_unknown);

/* What stands around a single text: <s> … </s>, [CLS] … [SEP]. */
struct tokenizer_specials {
	uint32_t before[4], after[4];
	size_t n_before, n_after;
};
const struct tokenizer_specials *tokenizer_specials(const struct tokenizer *t);

/* 1 + the largest id that encode can give, specials included. */
uint32_t tokenizer_vocab_size(const struct tokenizer *t);

/* How much the piece says: minus its log probability (Unigram), or a constant
 * where the vocabulary has none. Natural logarithm. */
float tokenizer_information(const struct tokenizer *t, uint32_t id);

/* Compiles a Hugging Face tokenizer.json (model Unigram or WordPiece with the
 * normalisers and pre-tokenisers that BERT-family encoders use) and writes the
 * compiled file. ERR_INPUT naming what is not supported; nothing is guessed. */
int tokenizer_compile(struct span tokenizer_json, const char *out_path, struct err *err);

#endif
