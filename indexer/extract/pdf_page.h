/* The lines of a page, as pdftotext lays them out with spaces. Pure. */
#ifndef AKIN_INDEXER_EXTRACT_PDF_PAGE_H
#define AKIN_INDEXER_EXTRACT_PDF_PAGE_H

#include "base/buf.h"
#include "base/span.h"

/* Starts as {0}. */
struct pdf_page {
	struct span *lines; /* borrowed text, without white space at their ends; len 0: blank */
	size_t *indents;    /* of each, in characters */
	size_t n, cap, indents_cap;
};
void pdf_page_free(struct pdf_page *page);

/* Replaces the page's lines by those of text. */
void pdf_page_read(struct pdf_page *page, struct span text);

void pdf_page_add(struct pdf_page *page, struct span line, size_t indent);

/* Where two columns of prose stand side by side: the left one's lines before the right one's, as
 * far as lines across both divide them; three by the same rule. */
void pdf_page_columns(struct pdf_page *page);

/* Adds the page's text to out: paragraphs of joined lines, rows with " | " between cells, a blank
 * line between what stands apart. */
void pdf_page_write(const struct pdf_page *page, struct buf *out);

#endif
