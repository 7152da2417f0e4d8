/* PDF by poppler's pdftotext, within walls (base/walls.h). */
#ifndef AKIN_INDEXER_EXTRACT_PDF_H
#define AKIN_INDEXER_EXTRACT_PDF_H

#include "indexer/extract/extract.h"

/* As extract(). Threads may call it. */
enum skip_reason pdf_read(struct span bytes, struct document *doc, char why[EXTRACT_WHY]);

#endif
