/* Sentences of an index that can be questions: the most specific one of a passage,
 * where no other document that is found for it has it too. */
#ifndef AKIN_QUERY_KNOWN_SENTENCES_H
#define AKIN_QUERY_KNOWN_SENTENCES_H

#include "query/wording.h"
#include "store/store.h"

/* The shortened sentence (wording_shorten) and its document; valid during the call.
 * Non-zero ends the walk and is returned. */
typedef int known_sentence_visit(void *ctx, const struct wording *sentence, int64_t doc_id);

/* Calls visit for at most n sentences of n different passages, spread over the documents
 * (query/sampling.h). Which words are rare is counted in a sample of max(1000, 4 n)
 * passages, from which the sentences come as well. */
int known_sentences(struct store *store, size_t n, known_sentence_visit *visit, void *ctx,
                    struct err *err);

#endif
