/* More like this: passages near to a passage or a document of the index, by the
 * vectors that it holds. No model is opened and no text leaves the machine. No
 * transaction of the store may be open. */
#ifndef AKIN_QUERY_SIMILAR_H
#define AKIN_QUERY_SIMILAR_H

#include <stdint.h>

#include "base/err.h"
#include "query/search.h"
#include "store/store.h"

struct similar_options {
	size_t k;           /* how many hits */
	size_t per_doc;     /* passages of one document at most; 0: any number */
	struct store_filter filter;
	int64_t without_chunk, without_doc; /* are no hits; 0: none is left out */
};

/* Ranks the passages by their cosine with vector[dim], unit length, dim the model's.
 * Hits have no evidence, since there is no question. Free with hits_free. */
int search_vector(struct store *store, const float *vector, const struct similar_options *opt,
                  struct hits *hits, struct err *err);

/* What a document is compared by, or a passage of it. */
struct similar_source {
	float *vector;      /* [dim], unit length; owned */
	int64_t chunk_id;   /* 0: the whole document */
	uint32_t line_start, line_end; /* of the passage; 0: the whole document */
};
void similar_source_free(struct similar_source *source);

/* The document `doc` (from the store) as a whole, line 0: the mean of its passages'
 * vectors, scaled to unit length. The mean, not the best of many comparisons: a
 * passage that stands in every file (a licence, a signature) would win those, while it
 * is one voice among many in the mean.
 * Or its passage that holds the line; where none does (an empty line), the one behind.
 * ERR_INPUT: the document has no passage with a vector, or ends before the line; the
 * passage could not be embedded (the reason is in the sentence). */
int similar_source(struct store *store, const struct store_document *doc, uint64_t line,
                   struct similar_source *source, struct err *err);

#endif
