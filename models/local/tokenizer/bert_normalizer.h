/* BERT's text normaliser: controls dropped, white space made U+0020, spaces
 * around Chinese characters, accents stripped (canonical decomposition without
 * its nonspacing marks), lower case; each where its flag says so. */
#ifndef AKIN_MODELS_LOCAL_TOKENIZER_BERT_NORMALIZER_H
#define AKIN_MODELS_LOCAL_TOKENIZER_BERT_NORMALIZER_H

#include <stddef.h>
#include <stdint.h>

/* Starts with flags, take and context set and zeros elsewhere. */
struct bert_normalizer {
	uint32_t flags; /* enum tokenizer_flag */
	void (*take)(void *context, uint32_t code); /* gets the normalised code points */
	void *context;
	/* marks that wait for canonical order, since the last starter: [n] */
	uint32_t *marks, *sorted;
	size_t n, cap, sorted_cap;
};

void bert_normalize(struct bert_normalizer *b, uint32_t code);
void bert_normalize_end(struct bert_normalizer *b); /* hands out what waits; frees */

#endif
