/* The account of a run, kept by several threads. */
#ifndef AKIN_INDEXER_TALLY_H
#define AKIN_INDEXER_TALLY_H

#include <pthread.h>

#include "indexer/index.h"

struct tally {
	pthread_mutex_t mutex;
	struct index_progress p;
	const struct index_options *opt;
};

void tally_init(struct tally *t, const struct index_options *opt);
void tally_release(struct tally *t);

void tally_add(struct tally *t, uint64_t *counter, uint64_t n); /* counter: a field of t->p */
/* Counts the file (or folder) and tells opt->skipped. why may be NULL. */
void tally_skip(struct tally *t, const char *path, bool is_dir, enum skip_reason reason,
                const char *why);
struct index_progress tally_now(struct tally *t);

#endif
