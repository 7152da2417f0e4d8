/* Hits filled from the index: what a person or a program is shown of a passage. */
#ifndef AKIN_QUERY_HITS_H
#define AKIN_QUERY_HITS_H

#include "query/search.h"

/* The passage `chunk_id` as a hit: its place and texts, and the evidence for the question
 * in it. rank and scores are the caller's. */
int hit_fill(struct store *store, int64_t chunk_id, struct span question, struct hit *hit,
             struct err *err);
void hit_free(struct hit *hit); /* contents only */

#endif
