/* Divides a document into chunks on its own boundaries, evenly, within a budget
 * of tokens. Pure. */
#ifndef AKIN_INDEXER_CHUNK_CHUNK_H
#define AKIN_INDEXER_CHUNK_CHUNK_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "indexer/extract/extract.h"

struct chunk {
	size_t start, end;           /* bytes of doc->text; not empty, no white space at either end */
	size_t byte_start, byte_end; /* of the source */
	uint32_t line_start, line_end; /* of the source, 1-based, inclusive */
	uint32_t page;               /* 1-based; 0: the document has none */
	uint32_t n_tokens;           /* of the text that is embedded (chunk_embedded_text) */
	uint32_t title_len;          /* bytes of doc->title that are embedded with it; 0: none */
	char *heading;               /* the path of headings above, "A > B"; NULL: none */
};

struct chunks {
	struct chunk *items;
	size_t n;
};
void chunks_free(struct chunks *c);

struct chunk_options {
	size_t max_tokens;    /* of the embedded text: never exceeded */
	size_t target_tokens; /* a chunk wants to be at most this long; <= max_tokens */
	size_t (*count_tokens)(const void *ctx, struct span text);
	const void *ctx;
};

/* Chunks cover all of the document's text but white space, in order, without
 * overlap, each within a page where there are pages. Text without sections that fits
 * is one chunk; a longer one is cut into parts of even length. A document that has
 * sections (three or more headings or definitions) is cut along them into shorter ones.
 * A single word over the budget is cut on a grapheme boundary. */
void chunk_document(const struct document *doc, const struct chunk_options *opt,
                    struct chunks *out);

/* The text that is embedded for a chunk: the title and the heading path, where
 * the chunk's own text does not begin with them, a newline, and the text. */
void chunk_embedded_text(const struct document *doc, const struct chunk *chunk, struct buf *out);

#endif
