/* Title, author and date of a PDF, from the head that `pdftotext -htmlmeta` writes. Pure. */
#ifndef AKIN_INDEXER_EXTRACT_PDF_META_H
#define AKIN_INDEXER_EXTRACT_PDF_META_H

#include "indexer/extract/extract.h"

/* Sets doc's title, author and date. Where the title is a file's name, a number or a program's
 * stopgap, it is made of `named` (what the document calls itself; len 0: not known) and of its
 * subject, if there is either. */
void pdf_meta(struct span head, struct span named, struct document *doc);

/* "2022-07-29T06:03:21-04" to "2022-07-29T10:03:21Z"; what is shorter stays as it is. NULL: it is
 * no date. free() it. */
char *iso_date_utc(struct span written);

#endif
