/* Plain text: paragraphs, list items, and headings where they are convincing. */
#ifndef AKIN_INDEXER_EXTRACT_PLAIN_H
#define AKIN_INDEXER_EXTRACT_PLAIN_H

#include "indexer/extract/outline.h"

void plain_outline(struct outline *o);

#endif
