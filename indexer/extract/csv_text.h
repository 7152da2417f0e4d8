/* CSV and TSV (RFC 4180), a block for each record. */
#ifndef AKIN_INDEXER_EXTRACT_CSV_TEXT_H
#define AKIN_INDEXER_EXTRACT_CSV_TEXT_H

#include "indexer/extract/outline.h"

void csv_outline(struct outline *o);

#endif
