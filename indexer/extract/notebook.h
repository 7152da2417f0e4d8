/* Jupyter notebooks (nbformat 3 and 4). */
#ifndef AKIN_INDEXER_EXTRACT_NOTEBOOK_H
#define AKIN_INDEXER_EXTRACT_NOTEBOOK_H

#include "indexer/extract/extract.h"

/* A text_maker (format.h): cells of Markdown with their structure, of code as code, with the first
 * kilobytes of what they printed; pictures are left out. */
enum skip_reason notebook_read(struct span bytes, struct document *doc, char why[EXTRACT_WHY]);

#endif
