/* The best path of a Unigram model through one word. */
#ifndef AKIN_MODELS_LOCAL_TOKENIZER_VITERBI_H
#define AKIN_MODELS_LOCAL_TOKENIZER_VITERBI_H

#include "models/local/tokenizer/unigram.h"

/* Memory that calls share; starts as {0}. */
struct viterbi {
	uint32_t *links; /* [cap] */
	size_t cap;
};

void viterbi_free(struct viterbi *v);

/* Adds the ids of the best division of the word (normalised, not empty). Runs
 * of characters that no piece covers give one unk. Ties go to the path found
 * first, scores are summed in double from the left: as `tokenizers` does. */
void viterbi_word(struct viterbi *v, const struct unigram *u, struct span word,
                  struct id_sink *sink);

#endif
