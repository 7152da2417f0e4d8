/* Places of an index in a pseudo-random order that is the same each time, spread evenly
 * over its documents. Pure. */
#ifndef AKIN_QUERY_SAMPLING_H
#define AKIN_QUERY_SAMPLING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct pick {
	uint64_t order; /* pseudo-random: sampling_order */
	uint64_t key;   /* what the place says, for the caller */
	int64_t doc_id, chunk_id;
	uint32_t ordinal; /* among those of its document, by order */
	bool is_title, fits; /* the caller's own */
};
struct picks {
	struct pick *items; /* free() it */
	size_t n, cap;
};

/* Of a number that names the place. */
uint64_t sampling_order(uint64_t place);

/* Puts picks in order: every document's first before any one's second. */
void sampling_spread(struct picks *p);

#endif
