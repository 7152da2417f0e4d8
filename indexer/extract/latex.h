/* LaTeX: sections, environments, list items; comments are left out, formulas stay. */
#ifndef AKIN_INDEXER_EXTRACT_LATEX_H
#define AKIN_INDEXER_EXTRACT_LATEX_H

#include "indexer/extract/outline.h"

void latex_outline(struct outline *o);

#endif
