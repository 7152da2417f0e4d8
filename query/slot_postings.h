/* The passages that have a slot's word, by its forms. */
#ifndef AKIN_QUERY_SLOT_POSTINGS_H
#define AKIN_QUERY_SLOT_POSTINGS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "query/slots.h"
#include "store/store.h"

struct postings {
	struct store_posting *items; /* by ascending chunk_id; owned */
	size_t n;
};

/* What was written, and all that has its stem, which includes what was written. */
struct slot_postings {
	struct postings written, stemmed;
	bool has_stems; /* false: the slot has one form, and stemmed is empty */
};

/* Terms of titles, headings and file names count as much as the text's, titles twice.
 * Free with slot_postings_free; after -1 there is nothing to free. */
int slot_postings_read(struct store *store, const struct slot *slot, struct slot_postings *found,
                       struct err *err);
void slot_postings_free(struct slot_postings *found); /* contents only */

#endif
