/* From what `pdftotext -layout -htmlmeta` writes to a document. Pure. */
#ifndef AKIN_INDEXER_EXTRACT_PDF_TEXT_H
#define AKIN_INDEXER_EXTRACT_PDF_TEXT_H

#include "indexer/extract/extract.h"

/* Fills *doc: derived, with pages, title, author and date. Columns stand one after another, lines
 * of a paragraph are joined, words divided at a line's end made whole, cells of a row divided by
 * " | "; headers and footers that most pages repeat stand on the first of them alone. False when
 * no page has text: *doc is {0} then. */
bool pdf_document(struct span output, struct document *doc);

#endif
