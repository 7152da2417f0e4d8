/* The documents that a model's calls reach: those of the index that pass the user's own filter.
 * Nothing says whether a document beyond it exists. */
#ifndef AKIN_ASK_REACH_H
#define AKIN_ASK_REACH_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/err.h"
#include "store/store.h"

/* Calls visit for each document that passes the filter, as store_documents does; each once. */
int reach_documents(struct store *store, const struct store_filter *filter,
                    store_document_visit *visit, void *ctx, struct err *err);

/* The document that the model means: its path as it is shown or kept, or what the path ends
 * with from a slash on, where that is one document's; lines behind it (":10", ":10-20") are
 * passed over. 1: *doc is filled (free it); 0: why not is added to `why`, for the model; -1. */
int reach_find(struct store *store, const struct store_filter *filter, const char *named,
               struct store_document *doc, struct buf *why, struct err *err);

#endif
