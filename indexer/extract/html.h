/* HTML to text. A reader of its own, because every byte of text must know where
 * it stands in the source, which DOM parsers do not say. It follows HTML 5's
 * tokenizer (13.2.5) and keeps counters in place of a tree, so that neither
 * nesting nor what is never closed costs more than one pass. */
#ifndef AKIN_INDEXER_EXTRACT_HTML_H
#define AKIN_INDEXER_EXTRACT_HTML_H

#include "base/buf.h"
#include "indexer/extract/outline.h"
#include "indexer/extract/run_map.h"

struct html {
	struct buf text;
	struct run_map runs; /* from text to the source that was read */
	struct outline outline;
};

/* Reads valid UTF-8. Scripts, styles, templates, navigation and comments are
 * left out, and what calls itself a menu, a search field or a dialogue, or is hidden;
 * white space is one space except in <pre>; a table's row is a line
 * with " | " between cells. html_free(). */
void html_read(struct span source, struct html *html);
void html_free(struct html *html);

/* The charset that a <meta> or an XML declaration in the first bytes claims,
 * p NULL: none. Borrowed. */
struct span html_charset(struct span bytes);

#endif
