/* Builds the runs that lead from a text back to its source. */
#ifndef AKIN_INDEXER_EXTRACT_RUN_MAP_H
#define AKIN_INDEXER_EXTRACT_RUN_MAP_H

#include <stdbool.h>
#include <stddef.h>

#include "indexer/extract/extract.h"

/* Starts as {0}. Runs take at most twice the source's memory: where they
 * would be denser, neighbours become one unit. */
struct run_map {
	struct source_run *items;
	size_t n, cap;
	bool cut; /* the next run does not join the last unit */
};

void run_map_free(struct run_map *m);

/* text_len bytes of text, which stand behind those of the runs before, came
 * from source_len bytes at source_start. Equal lengths correspond byte for byte. */
void run_map_add(struct run_map *m, size_t text_len, size_t source_start, size_t source_len);

/* The next run starts a unit of its own: a word or a line begins here. */
static inline void run_map_cut(struct run_map *m)
{
	m->cut = true;
}

/* The source range that text[start, end) came from; n 0: the same range. */
void run_map_range(const struct source_run *runs, size_t n, size_t start, size_t end,
                   size_t *source_start, size_t *source_end);

/* outer leads from a text to a middle text, inner from there to the source
 * (n_inner 0: they are the same): adds to `out` what leads from text to source. */
void run_map_compose(const struct run_map *outer, const struct source_run *inner, size_t n_inner,
                     struct run_map *out);

#endif
