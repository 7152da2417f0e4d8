/* The conductor's documents: what came from the preparing threads is let in, waits
 * for its vectors, and is written when the last has come. On the conductor's thread. */
#ifndef AKIN_INDEXER_ADMIT_H
#define AKIN_INDEXER_ADMIT_H

#include "indexer/conduct.h"

/* A document that waits, in the list c->documents. */
struct open_document {
	struct prepared_file *file; /* owned */
	int64_t *vector_ids;        /* [chunks.n]; 0: not yet, or failed */
	char **failures;            /* [chunks.n] */
	size_t n_missing, weight;
	struct open_document *prev, *next;
	struct open_document *next_whole; /* behind it in c->whole */
};

/* Lets in what is prepared, as long as there is room; waits up to timeout_ms for the
 * first. What needs a vector comes into c->wanted. */
int admit_waiting(struct conductor *c, int timeout_ms, struct err *err);
/* The documents that wait take all the memory that they may. */
bool admit_is_full(const struct conductor *c);

/* A chunk's vector has come, or (vector_id 0) why there is none; failure is copied.
 * With its last the document is whole, and w.doc may be gone. */
int admit_vector(struct conductor *c, struct waiter w, int64_t vector_id, const char *failure,
                 struct err *err);

/* Writes and frees the documents that are whole, which is otherwise done in lots; within
 * the transaction, which has been open since the first of them. */
int admit_write_whole(struct conductor *c, struct err *err);

/* Frees the documents that still wait. */
void admit_release(struct conductor *c);

#endif
