/* JSON and JSON Lines, kept as they are: a block for each member of the top
 * level, or for less where one is long. */
#ifndef AKIN_INDEXER_EXTRACT_JSON_TEXT_H
#define AKIN_INDEXER_EXTRACT_JSON_TEXT_H

#include "indexer/extract/outline.h"

void json_outline(struct outline *o);

#endif
