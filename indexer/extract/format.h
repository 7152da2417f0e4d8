/* Which reader a text is for. Pure. */
#ifndef AKIN_INDEXER_EXTRACT_FORMAT_H
#define AKIN_INDEXER_EXTRACT_FORMAT_H

#include "base/span.h"
#include "indexer/extract/outline.h"

/* Fills an outline of the text that it holds. */
typedef void outline_reader(struct outline *o);

/* Makes a derived document of bytes in whatever encoding, as extract() does, but for its lines
 * and its format. */
typedef enum skip_reason text_maker(struct span bytes, struct document *doc, char why[EXTRACT_WHY]);

struct format {
	const char *name;       /* "markdown", "text", "c", ... */
	outline_reader *reader; /* NULL: HTML, or what a maker reads */
	text_maker *maker;
};

/* By the path's name, else by the text's beginning (a #! line, <!DOCTYPE html>,
 * an XML or JSON head), else plain text. text may be bytes not yet decoded. */
struct format format_of(struct span path, struct span text);

/* The constant of a format's name; "text" for what is none. */
const char *format_named(struct span name);

/* The last component of a path, and what follows its last dot (len 0: none). */
struct span path_name(struct span path);
struct span path_extension(struct span path);

#endif
