/* A whole file as tesseract reads it, for who has no index. */
#ifndef AKIN_INDEXER_OCR_DOCUMENT_H
#define AKIN_INDEXER_OCR_DOCUMENT_H

#include "indexer/extract/extract.h"

/* As extract(), of an image or of each page of a PDF. SKIP_UNSUPPORTED: it is neither.
 * SKIP_NOT_DESCRIBED: tesseract cannot read it. */
enum skip_reason ocr_document(const char *languages, struct span path, struct span bytes,
                              struct document *doc, char why[EXTRACT_WHY]);

#endif
