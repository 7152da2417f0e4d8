/* PATH arguments that narrow a command to part of the index. */
#ifndef AKIN_CLI_FILTER_H
#define AKIN_CLI_FILTER_H

#include "base/err.h"
#include "store/store.h"

struct path_filter {
	char **paths; /* absolute; owned */
	size_t n;
};

/* ERR_INPUT for a path with nothing indexed at it or below: a typing error must
 * not look like an empty result. */
int path_filter_make(struct path_filter *f, struct store *store, char **typed, size_t n,
                     struct err *err);
void path_filter_free(struct path_filter *f);

/* Borrows from f. */
struct store_filter path_filter_of(const struct path_filter *f);

#endif
