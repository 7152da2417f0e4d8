/* What an answer may cite: passages, numbered from 1 as they were given to the model. The
 * numbers stay through a conversation. */
#ifndef AKIN_ASK_SOURCES_H
#define AKIN_ASK_SOURCES_H

#include <stddef.h>
#include <stdint.h>

/* Owned strings. */
struct source {
	char *path;            /* absolute; any bytes but NUL */
	char *title, *heading; /* NULL: none */
	char *text;            /* UTF-8, NUL-terminated, as the model was given it */
	size_t text_len;
	uint64_t byte_start, byte_end; /* of the file */
	uint32_t line_start, line_end; /* 1-based, inclusive */
	uint32_t page;                 /* 0: none */
	double score;                  /* of the search; 0: it was read, not found */
};

struct sources {
	struct source *items;
	size_t n, cap;
};

/* Takes what s owns, and returns its number: that of a source with the same path and text,
 * if there is one already (s is freed then). */
size_t sources_add(struct sources *list, struct source *s);
void sources_free(struct sources *list);

#endif
