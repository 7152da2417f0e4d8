/* Configuration: YAML by the keys of its top level, TOML and INI by their [tables]. Each is a
 * named block, with the comments before it. */
#ifndef AKIN_INDEXER_EXTRACT_CONFIG_TEXT_H
#define AKIN_INDEXER_EXTRACT_CONFIG_TEXT_H

#include "indexer/extract/outline.h"

void yaml_outline(struct outline *o);
void tables_outline(struct outline *o);

#endif
