/* Which chunks a question may find at all, before anything is ranked. */
#ifndef AKIN_QUERY_SELECT_H
#define AKIN_QUERY_SELECT_H

#include <stddef.h>

#include "base/err.h"
#include "query/question.h"
#include "store/store.h"

/* The chunks that pass the filter (paths, and whatever else the caller asks; NULL: all),
 * that are of documents which pass the question's filter, hold all its phrases and none of
 * its exclusions: by ascending vector_id, those without a vector, whose vector_id is 0,
 * first. *refs is the caller's to free.
 *
 * A phrase or an exclusion is looked for in a chunk's text and heading, and in its
 * document's title and file name. Case does not count; diacritics count where the phrase
 * has them. In scripts without spaces, and in Korean, its characters must follow one
 * another, except that one character alone must be a word of its own, as Thai words must
 * be. Call it within the search's transaction. */
int question_refs(struct store *store, const struct question *q, const struct store_filter *filter,
                  struct store_chunk_ref **refs, size_t *n, struct err *err);

#endif
