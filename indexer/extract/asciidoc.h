/* AsciiDoc: sections, delimited blocks, lists, tables, the document's header. */
#ifndef AKIN_INDEXER_EXTRACT_ASCIIDOC_H
#define AKIN_INDEXER_EXTRACT_ASCIIDOC_H

#include "indexer/extract/outline.h"

void asciidoc_outline(struct outline *o);

#endif
