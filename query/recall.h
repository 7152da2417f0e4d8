/* How well an index's own codes find what its vectors say: the ten nearest passages of some
 * of its own, by codes and by every vector. */
#ifndef AKIN_QUERY_RECALL_H
#define AKIN_QUERY_RECALL_H

#include <stdint.h>

#include "base/err.h"
#include "store/store.h"

struct recall {
	uint64_t n_chunks, n_questions; /* n_questions 0: not measured */
	double recall;                  /* of the ten nearest, the share that is found by codes */
	double n_exact;                 /* passages that were scored exactly for it, on average */
};

/* Measures it and keeps it in the index; for one of so few passages that codes are not used
 * (query/estimate.h) does nothing. Needs STORE_MODIFY and no transaction. */
int recall_measure(struct store *store, struct err *err);

/* What was kept; n_questions 0: nothing. */
int recall_load(struct store *store, struct recall *recall, struct err *err);

#endif
