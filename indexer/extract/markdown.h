/* Markdown: CommonMark's blocks, tables, front matter. */
#ifndef AKIN_INDEXER_EXTRACT_MARKDOWN_H
#define AKIN_INDEXER_EXTRACT_MARKDOWN_H

#include "base/buf.h"
#include "indexer/extract/outline.h"

void markdown_outline(struct outline *o);

/* Adds a line of Markdown without its inline markup: emphasis, code marks, link
 * targets, tags, backslashes. Looks at the first 1000 bytes. */
void markdown_clean(struct span line, struct buf *out);

#endif
