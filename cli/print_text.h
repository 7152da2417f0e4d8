/* The text of a document, or lines and pages of it, on stdout. */
#ifndef AKIN_CLI_PRINT_TEXT_H
#define AKIN_CLI_PRINT_TEXT_H

#include <stdint.h>

#include "base/span.h"
#include "cli/command.h"
#include "indexer/extract/extract.h"

/* Prints it, with a newline at its end. On a terminal, what a file holds must not drive it;
 * elsewhere bytes are kept. */
void print_text(const struct cli *cli, struct span text);

/* Lines [line, line + count) of text, from 1, each with its end; empty: there are none. */
struct span text_lines(struct span text, uint64_t line, uint64_t count);

struct page_range {
	uint64_t first, last; /* from 1; first 0: all */
};

/* "3" or "3-5"; NULL: all. */
int page_range_read(const char *typed, struct page_range *range, struct err *err);

/* The text of the pages. -1 where the document has none, or not so many; path names it. */
int document_pages(const struct document *doc, struct page_range range, const char *path,
                   struct span *text, struct err *err);

#endif
