/* reStructuredText: sections, directives, literal blocks, tables. */
#ifndef AKIN_INDEXER_RST_H
#define AKIN_INDEXER_RST_H

#include "indexer/outline.h"

void rst_outline(struct outline *o);

#endif
