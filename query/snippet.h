/* A piece of a passage to show: around its evidence, on one line. Pure. */
#ifndef AKIN_QUERY_SNIPPET_H
#define AKIN_QUERY_SNIPPET_H

#include <stdbool.h>
#include <stddef.h>

#include "base/span.h"
#include "query/evidence.h"

struct snippet {
	char *text; /* white space is single spaces; owned */
	size_t len;
	struct evidence marks;      /* bytes of text: the evidence, as far as it is shown */
	bool cut_before, cut_after; /* the passage goes on there */
};

/* At most max_columns columns of the passage (valid UTF-8), around its evidence (NULL or
 * none: the beginning). Two ranges that are too far apart to be shown with what lies
 * between are two pieces with " … " between them. Cuts stand between words where words
 * have spaces. Free with snippet_free. */
struct snippet snippet_make(struct span passage, const struct evidence *evidence,
                            size_t max_columns);
void snippet_free(struct snippet *s);

#endif
