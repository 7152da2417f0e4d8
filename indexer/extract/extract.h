/* From a file's bytes to text with a structure, each byte of which knows where
 * it stands in the source; of a format whose bytes are no text, a text of its own, by a
 * child process (packed.h). Nothing else is read or written. */
#ifndef AKIN_INDEXER_EXTRACT_EXTRACT_H
#define AKIN_INDEXER_EXTRACT_EXTRACT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/span.h"
#include "indexer/skip.h"

enum block_kind {
	BLOCK_HEADING,    /* level 1 is the highest */
	BLOCK_PARAGRAPH,
	BLOCK_LIST_ITEM,  /* level: nesting, from 1 */
	BLOCK_CODE,       /* a fenced or indented block; in source code, what stands between definitions */
	BLOCK_DEFINITION, /* a function, class, type; level: nesting, from 1 */
	BLOCK_ROW         /* a table row, a CSV record, a JSON member; level 1: the header of the rows
	                   * that follow it, its name is their columns' names */
};

/* Blocks are in order, do not overlap and are not empty; what stands between
 * them is white space or markup that belongs to no chunk's meaning. */
struct block {
	enum block_kind kind;
	int level;
	size_t start, end; /* bytes of text */
	char *name;        /* the heading's or the definition's text, cleaned of markup; else NULL */
};

/* text[text_start, text_start + text_len) came from
 * source[source_start, source_start + source_len). When the lengths are equal
 * the bytes correspond one to one; otherwise the run is one unit (an entity, a
 * re-encoded stretch). Runs are sorted by text_start, cover the text, and their
 * sources do not decrease. 32 bits are enough for the largest file that is taken,
 * and a file may have a run for every few bytes. */
struct source_run {
	uint32_t text_start, text_len;
	uint32_t source_start, source_len;
};

struct document {
	char *text; /* valid UTF-8 without NUL bytes, NUL-terminated; line ends are '\n' */
	size_t text_len;
	char *title; /* NULL: none; from the format, the first heading, or a short first line */
	const char *format; /* "markdown", "html", "text", "c", … a constant */
	struct block *blocks;
	size_t n_blocks;
	struct source_run *runs; /* n_runs 0: text is the source, byte for byte */
	size_t n_runs;
	size_t *line_starts; /* source offsets of the line starts; line_starts[0] is 0 */
	size_t n_lines;

	/* Formats whose bytes are no text (PDF, Office, mail with encodings, ...): the text is made
	 * from them, and positions and lines are those of the text itself, which `akin get` prints;
	 * runs are none. */
	bool derived;
	size_t *page_starts; /* text offsets of the pages or slides; page_starts[0] is 0, ascending; NULL: none */
	size_t n_pages;
	char *text_by;       /* a model or program whose words the text is, which no one wrote so;
	                      * NULL: none */
	char *author;        /* NULL: none; several are divided by "; " */
	char *date;          /* of the document, not of the file: ISO 8601, from a year ("2024") to a
	                      * second ("2024-05-01T12:00:00Z"); NULL: none */
};

void document_free(struct document *doc); /* contents only; leaves {0} */

/* The source range that text[start, end) came from. */
void document_source_range(const struct document *doc, size_t start, size_t end,
                           size_t *source_start, size_t *source_end);

/* The 1-based source line that holds a source offset. */
size_t document_line(const struct document *doc, size_t source_offset);

/* The 1-based page that holds a text offset; 0: the document has no pages. */
size_t document_page(const struct document *doc, size_t text_offset);

/* Fills line_starts and n_lines from the text, as a derived document has them. */
void document_number_lines(struct document *doc);

enum { EXTRACT_WHY = 256 }; /* bytes of a sentence about a file that is left out, with its NUL */

/* Writes the sentence, cut where it is too long. */
void extract_why(char why[EXTRACT_WHY], const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Reads the bytes by content first and by the path's extension second. On
 * SKIP_NONE, *doc is filled (free it); otherwise it is {0} and why may say more
 * (else it is ""). Memory is at most a small multiple of bytes.len.
 * Plain text, Markdown, reStructuredText, Org, HTML, JSON, CSV/TSV and source
 * code, here; UTF-8, UTF-16 with or without a mark, and 8-bit encodings (detected).
 * What packed.h lists is read by a child process. Threads may call it. */
enum skip_reason extract(struct span path, struct span bytes, struct document *doc,
                         char why[EXTRACT_WHY]);

#endif
