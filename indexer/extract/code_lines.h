/* Code that belongs to no definition. */
#ifndef AKIN_INDEXER_EXTRACT_CODE_LINES_H
#define AKIN_INDEXER_EXTRACT_CODE_LINES_H

#include "indexer/extract/outline.h"

/* Adds text[start, end) as blocks of code, one between each pair of blank lines. */
void code_lines(struct outline *o, size_t start, size_t end);

#endif
