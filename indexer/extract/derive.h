/* Builds the text of a derived document, block by block: what a reader of Office files, books or
 * mail finds is put together here. */
#ifndef AKIN_INDEXER_EXTRACT_DERIVE_H
#define AKIN_INDEXER_EXTRACT_DERIVE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "indexer/extract/extract.h"
#include "indexer/extract/outline.h"

enum { DERIVE_TEXT_MAX = 30 << 20 }; /* bytes; what comes then is left out */

/* Starts as derive_new(). */
struct derive {
	struct buf text;
	struct outline outline;
	size_t start;        /* of the block that is open */
	bool space;          /* white space stands before what comes next */
	size_t *pages;
	size_t n_pages, pages_cap;
};
struct derive derive_new(void);
void derive_free(struct derive *d);

/* Adds to the block that is open, white space made single spaces, control bytes and what is no
 * UTF-8 left out. */
void derive_add(struct derive *d, struct span text);
/* The same with line ends kept. */
void derive_add_lines(struct derive *d, struct span text);
/* As it stands, tabs and spaces too; only control bytes and what is no UTF-8 are left out. */
void derive_add_verbatim(struct derive *d, struct span text);
/* The blocks of another text, headings by their names, `deeper` levels down. */
void derive_add_blocks(struct derive *d, struct span text, const struct block *blocks, size_t n, int deeper);
void derive_line_break(struct derive *d);
/* Between the cells of a row: " | ". */
void derive_cell(struct derive *d);
/* Whether nothing but separators was added since the last block. */
bool derive_is_empty(const struct derive *d);
/* Whether the block that is open holds a letter, of any script. */
bool derive_has_word(const struct derive *d);
/* Takes the block that is open away. */
void derive_drop(struct derive *d);
/* Ends the block that is open; nothing when it is empty. A heading's name is its text. A blank
 * line follows it, but no row, which ends its line.
 * name: of the block, p NULL: none. */
void derive_end(struct derive *d, enum block_kind kind, int level, struct span name);
/* Behind the last row of a table: the blank line. */
void derive_table_end(struct derive *d);
/* The text of the block that is open, as it is so far; borrowed. */
struct span derive_open(const struct derive *d);
/* What comes now is on a new page. */
void derive_page(struct derive *d);

/* The first that is not empty counts. Copied, cleaned. */
void derive_title(struct derive *d, struct span title);
void derive_author(struct derive *d, struct span author); /* another is put behind with "; " */
/* An ISO 8601 time or date, of which the day is kept, and the time where it is UTC; anything else
 * is left out. */
void derive_date(struct derive *d, struct span date);

/* Moves all into the document; SKIP_EMPTY, and d is empty, when there is no text. */
enum skip_reason derive_finish(struct derive *d, struct document *doc);

#endif
