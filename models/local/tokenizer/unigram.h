/* The Unigram model (Kudo 2018, arXiv:1804.10959): the division of a text into
 * pieces whose log probabilities have the largest sum. */
#ifndef AKIN_MODELS_LOCAL_TOKENIZER_UNIGRAM_H
#define AKIN_MODELS_LOCAL_TOKENIZER_UNIGRAM_H

#include "base/span.h"
#include "models/local/tokenizer/charsmap.h"
#include "models/local/tokenizer/double_array.h"
#include "models/local/tokenizer/id_sink.h"

/* All tables are borrowed and may hold anything. */
struct unigram {
	struct double_array trie; /* piece -> id */
	const double *scores;     /* [vocab_size] */
	struct charsmap map;
	const unsigned char *plain_ascii; /* [128] */
	uint32_t vocab_size, unk_id;
	uint32_t flags; /* enum tokenizer_flag */
	double unk_score;
};

/* Normalises the text, divides it and adds the ids of the pieces. Linear in
 * the text; needs memory in proportion to its longest word. Bytes that are not
 * UTF-8 count as U+FFFD. */
void unigram_encode(const struct unigram *u, struct span text, struct id_sink *sink);

#endif
