/* The blocks and the title of a text, as a format's reader finds them. */
#ifndef AKIN_INDEXER_EXTRACT_OUTLINE_H
#define AKIN_INDEXER_EXTRACT_OUTLINE_H

#include "indexer/extract/extract.h"

/* Starts as {.text = ...}. Takes at most three times the text's memory: where
 * blocks would be smaller, neighbours become one. */
struct outline {
	struct span text; /* borrowed */
	struct block *items;
	size_t n, cap;
	char *title;
	char *author, *date; /* as in struct document */
};

void outline_free(struct outline *o);

/* Adds text[start, end) without the white space at its ends. What stands before
 * the end of the last block is left out, and nothing is added when nothing is
 * left. name (p NULL: none) is copied, white space made single spaces, cut at
 * 200 bytes. */
void outline_add(struct outline *o, enum block_kind kind, int level, size_t start, size_t end,
                 struct span name);

/* Sets the title, unless there is one or the name is empty. */
void outline_title(struct outline *o, struct span name);

/* Another author is put behind with "; "; of a date, what is ISO 8601 in front, and the first counts. */
void outline_author(struct outline *o, struct span name);
void outline_date(struct outline *o, struct span date);

/* Single spaces for white space and control bytes, none at the ends; at most
 * 200 bytes. NULL when nothing is left; free() it. */
char *outline_clean(struct span name);

/* text[start, end) of the outline's text. */
static inline struct span outline_span(const struct outline *o, size_t start, size_t end)
{
	return (struct span){ o->text.p + start, end - start };
}

#endif
