/* Hits filled from the index: what a person or a program is shown of a passage. */
#ifndef AKIN_QUERY_HITS_H
#define AKIN_QUERY_HITS_H

#include "query/search.h"

/* The passage `chunk_id` as a hit: its place and texts. The rest is the caller's. */
int hit_fill(struct store *store, int64_t chunk_id, struct hit *hit, struct err *err);
void hit_free(struct hit *hit); /* contents only */

/* Leaves out the hits that say nearly the same as a better one (query/duplicates.h), which
 * gets their paths, then all but the first k, and numbers the ranks. */
void hits_fold(struct hits *hits, size_t k);

/* Marks what answers the question in each hit. */
void hits_find_evidence(struct hits *hits, struct span question);

#endif
