/* A document as the chunker sees it: atoms, which are not cut again, and the
 * sections (headings, definitions) that they stand in. Internal to chunk.c. */
#ifndef AKIN_INDEXER_CHUNK_CHUNK_ATOMS_H
#define AKIN_INDEXER_CHUNK_CHUNK_ATOMS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "indexer/chunk/chunk.h"

/* What a cut costs, in the unit of chunk_divide.h: the square of a chunk's
 * deviation from the even length. Only their order and their rough size matter. */
#define CUT_HEADING    0.00f
#define CUT_DEFINITION 0.02f
#define CUT_LEVEL      0.03f /* for each level below the first */
#define CUT_PARAGRAPH  0.10f
#define CUT_MARKUP     0.12f
#define CUT_LIST_ITEM  0.15f
#define CUT_ROW        0.15f
#define CUT_CODE       0.15f
#define CUT_BLANK_LINE 0.25f
#define CUT_SENTENCE   0.30f
#define CUT_LINE       0.45f
#define CUT_TIED       0.60f /* between a fence and its code, an introduction and its list */
#define CUT_WORD       3.00f
#define CUT_GRAPHEME   6.00f
#define CUT_BELOW_HEADING 1e6f /* never, unless nothing else is left */

/* A name is read this far: nobody reads a longer heading as one. */
#define NAME_BYTES_MAX 512
/* Text that has more bytes than this for each token of a limit is over it
 * without being counted. Spaces apart, pieces are rarely longer. */
#define TOKEN_BYTES_MAX 24

#define SECTION_NONE UINT32_MAX
#define SECTION_DEPTH_MAX 12

struct section {
	size_t name, name_len; /* bytes of atoms.names */
	uint32_t parent;       /* SECTION_NONE at the top */
	uint32_t depth;        /* from 1 */
	int level;             /* the heading's or the definition's */
	bool is_definition;
	uint32_t tokens;       /* of the name and the sign between two */
};

struct atom {
	size_t start, end; /* bytes of doc->text, no white space at either end */
	uint32_t tokens;   /* at least 1 */
	uint32_t lead;     /* tokens of title and heading path when a chunk starts here */
	uint32_t section;  /* the one that everything in the atom stands in */
	float cut;         /* what a cut before it costs */
	bool is_heading;   /* nothing but a heading */
};

struct atoms {
	struct atom *items;
	size_t n, cap;
	struct section *sections;
	size_t n_sections, sections_cap;
	struct buf names;
	size_t title_len;      /* bytes of doc->title that fit the budget */
	uint32_t title_tokens;
	uint32_t path_limit;   /* tokens that the heading path may have */
};

void atoms_of_document(const struct document *doc, const struct chunk_options *opt,
                       struct atoms *out);
void atoms_free(struct atoms *a);

/* The innermost section that holds both. */
uint32_t section_common(const struct atoms *a, uint32_t one, uint32_t other);

/* "A > B" down to the section, within path_limit tokens: names at the top are
 * left out first. NULL for SECTION_NONE. free() it. */
char *section_path(const struct atoms *a, uint32_t section);

/* Length of the longest start of text, cut between graphemes, of at most
 * `limit` tokens. */
size_t tokens_prefix(const struct chunk_options *opt, struct span text, size_t limit);

#endif
