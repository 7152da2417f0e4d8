/* What a PDF calls itself, where its metadata do not say. Pure. */
#ifndef AKIN_INDEXER_EXTRACT_PDF_NAME_H
#define AKIN_INDEXER_EXTRACT_PDF_NAME_H

#include "indexer/extract/pdf_page.h"

enum { PDF_NAME_CANDIDATES = 40 };

/* Lines of the first page, and how many pages have a line that begins with each. Starts as {0}. */
struct pdf_name {
	struct span lines[PDF_NAME_CANDIDATES]; /* borrowed */
	size_t n_pages[PDF_NAME_CANDIDATES];
	size_t n;
	bool begun;
};

/* Notes a page; the first one gives the candidates. */
void pdf_name_note(struct pdf_name *name, const struct pdf_page *page);

/* The line of the first page that most pages repeat, three at least; len 0: none. */
struct span pdf_name_best(const struct pdf_name *name);

#endif
