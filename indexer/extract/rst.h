/* reStructuredText: sections, directives, literal blocks, tables. */
#ifndef AKIN_INDEXER_EXTRACT_RST_H
#define AKIN_INDEXER_EXTRACT_RST_H

#include "indexer/extract/outline.h"

void rst_outline(struct outline *o);

#endif
