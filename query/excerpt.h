/* Excerpts: passages that follow one another in their document as one text, with a
 * name by which it can be cited. Pure. */
#ifndef AKIN_QUERY_EXCERPT_H
#define AKIN_QUERY_EXCERPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/hash.h"
#include "query/search.h"

#define EXCERPT_ID_LENGTH 6 /* 30 bits: among 1,000 excerpts two collide once in 2,000 times */

struct excerpt {
	/* Letters and digits of base32 (RFC 4648, lower case) of a hash of the document's
	 * content and the byte range: the same bytes of the same content have the same id
	 * whatever the question, and wherever the file lies. Where two of a list would have
	 * the same, by chance or because one file lies under two paths, the later gets
	 * another. */
	char id[EXCERPT_ID_LENGTH + 1];
	size_t rank;  /* of its best hit, from 1 */
	double score; /* likewise */
	char *path;   /* absolute; any bytes but NUL */
	char *title;  /* NULL: none */
	char *heading; /* what the heading paths of its passages have in common; NULL: nothing */
	char *text;   /* UTF-8, NUL-terminated */
	size_t text_len;
	uint64_t byte_start, byte_end; /* of the source; of the whole excerpt when it is cut */
	uint32_t line_start, line_end; /* 1-based, inclusive; when it is cut, of what is left, where
	                                  its lines are the source's */
	uint32_t page;                 /* of its beginning; 0: none */
	uint32_t n_passages;
	bool cut;                      /* it goes on behind the text */
};

struct passage {
	const struct hit *hit;
	uint32_t seq;        /* the chunk's place in its document, from 0 */
	struct hash content; /* of the document */
};

/* Sets *items to the excerpts of the passages, by the rank of their best hit, and
 * returns their number. Passages of one document are one excerpt where the seq of one
 * is that of the other + 1, or where their byte ranges overlap; what overlaps stands in
 * the text once. The white space between two of them is not kept in an index: it
 * becomes as many line ends as lie between their lines, two at most; on the same line,
 * a space, or nothing where they touch. Sorts passages. Free with excerpts_free. */
size_t excerpts_make(struct passage *passages, size_t n, struct excerpt **items);
void excerpts_free(struct excerpt *items, size_t n);

/* Cuts the text to len bytes, at a boundary of UTF-8, and marks it. len < text_len. */
void excerpt_cut(struct excerpt *e, size_t len);

#endif
