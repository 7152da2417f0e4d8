/* A piece of a passage to show: around its evidence, on one line. Pure. */
#ifndef AKIN_QUERY_SNIPPET_H
#define AKIN_QUERY_SNIPPET_H

#include <stdbool.h>
#include <stddef.h>

#include "base/span.h"

struct snippet {
	char *text; /* white space is single spaces; owned */
	size_t len;
	size_t mark_start, mark_end; /* bytes of text: the evidence, as far as it is shown; equal: none */
	bool cut_before, cut_after;  /* the passage goes on there */
};

/* At most max_columns columns of the passage (valid UTF-8). evidence_start and
 * evidence_end are bytes of it; equal: none, and the snippet is the beginning. Cuts
 * stand between words where words have spaces. Free with snippet_free. */
struct snippet snippet_make(struct span passage, size_t evidence_start, size_t evidence_end,
                            size_t max_columns);
void snippet_free(struct snippet *s);

#endif
