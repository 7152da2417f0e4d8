/* WordPiece as BERT uses it: normalise, divide at white space and punctuation,
 * then take the longest known piece again and again. */
#ifndef AKIN_MODELS_LOCAL_TOKENIZER_WORDPIECE_H
#define AKIN_MODELS_LOCAL_TOKENIZER_WORDPIECE_H

#include "base/span.h"
#include "models/local/tokenizer/double_array.h"
#include "models/local/tokenizer/id_sink.h"

/* The trie is borrowed and may hold anything. */
struct wordpiece {
	struct double_array trie; /* piece, with its "##" -> id */
	uint32_t vocab_size, unk_id;
	uint32_t flags; /* enum tokenizer_flag */
	uint32_t max_word_chars;
	uint32_t continuation_node; /* TOKENIZER_NO_NODE when no piece continues a word */
};

/* Adds the ids of the text's pieces; a word that cannot be divided is one unk.
 * Linear in the text. Bytes that are not UTF-8 count as U+FFFD. */
void wordpiece_encode(const struct wordpiece *w, struct span text, struct id_sink *sink);

/* Those of one normalised word. */
void wordpiece_word(const struct wordpiece *w, struct span word, struct id_sink *sink);

#endif
