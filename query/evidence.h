/* What in a passage answers a question best: a sentence or two, by the question's words
 * that they hold, weighted by how rare a word is among the sentences of all passages that
 * were found. Pure. */
#ifndef AKIN_QUERY_EVIDENCE_H
#define AKIN_QUERY_EVIDENCE_H

#include <stddef.h>

#include "base/span.h"

#define EVIDENCE_MAX 2

/* Bytes of a passage, without white space at their ends; ascending, never touching: two
 * sentences that follow one another are one range. n == 0: nothing stands out. */
struct evidence {
	struct evidence_range {
		size_t start, end;
	} ranges[EVIDENCE_MAX];
	size_t n;
};

/* Fills found[n_passages]. The passages are what one search found; question and passages
 * are valid UTF-8. Of a passage the first 64 KiB are looked at. A second sentence is
 * marked when it holds about as much as the best one, and both together are not most of
 * the passage. */
void evidence_find(struct span question, const struct span *passages, size_t n_passages,
                   struct evidence *found);

#endif
