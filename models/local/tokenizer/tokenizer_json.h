/* A Hugging Face tokenizer.json, read and checked: what is not supported is
 * refused by name. */
#ifndef AKIN_MODELS_LOCAL_TOKENIZER_TOKENIZER_JSON_H
#define AKIN_MODELS_LOCAL_TOKENIZER_TOKENIZER_JSON_H

#include <cjson/cJSON.h>

#include "base/buf.h"
#include "base/err.h"
#include "models/local/tokenizer/tokenizer_file.h"

struct tokenizer_piece {
	const char *text; /* borrowed from the tree */
	uint32_t id;
	bool special; /* never produced by text */
};

struct tokenizer_json {
	struct tokenizer_header header; /* kind, flags, specials, vocab_size, unk, limits */
	struct tokenizer_piece *pieces; /* [n_pieces] */
	size_t n_pieces;
	double *scores;           /* [vocab_size], Unigram */
	const char *continuation; /* WordPiece: "##"; borrowed */
	struct buf charsmap;      /* decoded; empty when there is none */
};

/* Fills *out from the tree, which must live as long. ERR_INPUT naming what is
 * wrong or not supported. Free with tokenizer_json_release in any case. */
int tokenizer_json_read(const cJSON *tree, struct tokenizer_json *out, struct err *err);
void tokenizer_json_release(struct tokenizer_json *j);

#endif
