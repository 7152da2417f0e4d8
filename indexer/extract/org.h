/* Org mode: headlines, blocks, tables, drawers. */
#ifndef AKIN_INDEXER_EXTRACT_ORG_H
#define AKIN_INDEXER_EXTRACT_ORG_H

#include "indexer/extract/outline.h"

void org_outline(struct outline *o);

#endif
