/* One tag of HTML or XML. Pure. */
#ifndef AKIN_INDEXER_EXTRACT_HTML_TAG_H
#define AKIN_INDEXER_EXTRACT_HTML_TAG_H

#include <stdbool.h>
#include <stddef.h>

#include "base/span.h"

struct html_tag {
	struct span name;  /* borrowed, as written */
	struct span attrs; /* what stands between the name and '>' */
	bool closing;      /* </name> */
	bool empty;        /* <name/> */
	size_t end;        /* behind '>' */
};

/* The tag at source[at] = '<'; false when no tag begins there. One that is never
 * closed goes to the end of the source. */
bool html_tag_read(struct span source, size_t at, struct html_tag *tag);

/* The value of an attribute, without its quotes; p NULL: it is not there. */
struct span html_tag_attr(const struct html_tag *tag, const char *name);

#endif
