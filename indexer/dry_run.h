/* In the place of conduct(): counts what would be embedded, sends and writes nothing. */
#ifndef AKIN_INDEXER_DRY_RUN_H
#define AKIN_INDEXER_DRY_RUN_H

#include "indexer/conduct.h"

/* Runs until the queue is over. In the tally, chunks_embedded and tokens_embedded are
 * those that a run would send (tokens as the chunker counts them). */
int dry_run(struct conductor *c, struct err *err);

#endif
