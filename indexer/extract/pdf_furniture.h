/* Headers and footers that most pages of a PDF repeat. Pure. */
#ifndef AKIN_INDEXER_EXTRACT_PDF_FURNITURE_H
#define AKIN_INDEXER_EXTRACT_PDF_FURNITURE_H

#include "indexer/extract/pdf_page.h"

/* Lines at the edges of pages, by what they say but for digits and spaces, and how many pages
 * have them. Starts as {0}. */
struct pdf_furniture {
	struct pdf_edge *edges; /* a hash table */
	size_t n, cap;
	size_t n_pages;
};
void pdf_furniture_free(struct pdf_furniture *f);

/* Notes the first and the last lines of a page. */
void pdf_furniture_note(struct pdf_furniture *f, const struct pdf_page *page);

/* Once all pages are noted, in their order: takes out the lines at the page's edges that half of
 * the pages, and three, have. The first page that has one keeps it; of the others the number
 * that it begins or ends with stays, which is the page's as printed. */
void pdf_furniture_drop(struct pdf_furniture *f, struct pdf_page *page);

#endif
