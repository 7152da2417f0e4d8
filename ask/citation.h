/* One citation as models write it, read while it comes:
 *
 *   [2: "quote"]  [2: “quote”]  [1, 2: "quote"]  [1: "a"; 2: "b"]  [1: "a", "b"]  [2: quote]
 *   [2]  [1-3]  [2] "quote"  [2]: "quote"  [source 2, line 5: "quote"]  (2: "quote")
 *
 * in brackets of any width; quotation marks of any script. A quote may hold brackets and
 * quotation marks: it ends where the citation can go on. Pure. */
#ifndef AKIN_ASK_CITATION_H
#define AKIN_ASK_CITATION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/span.h"

#define CITATION_MAX_BYTES 8192 /* what is longer is no citation */
#define CITATION_MAX_PARTS 32

/* Offsets count from the citation's start. What stands between semicolons is a group: its
 * quotes are of its numbers. */
struct citation {
	size_t len;
	size_t n_numbers, n_quotes;
	struct citation_number {
		size_t number, group;
	} numbers[CITATION_MAX_PARTS];
	struct citation_quote {
		size_t start, end, group;
	} quotes[CITATION_MAX_PARTS];
};

/* Starts as {0}. */
struct citation_reader {
	struct citation found;
	size_t at;    /* bytes read */
	int state;
	uint32_t open, quote; /* the bracket and the quotation mark that are open */
	size_t quote_start, quote_end;
	size_t number, digits, group; /* what is being read */
	size_t n_numbers;  /* of found, those that are there for certain */
	size_t closed;     /* behind the bracket; 0: it is open */
	size_t mark;       /* where what may be skipped began */
	bool range, line_end, spaced, letters;
};

enum citation_answer { CITATION_MORE, CITATION_NONE, CITATION_FOUND };

/* Whether a citation may begin with this character. */
bool citation_may_begin(uint32_t code);

/* Reads on in text, which begins with the citation and has what it had in the call before.
 * complete: nothing will follow. CITATION_FOUND fills r->found; CITATION_NONE: what begins here
 * is text, and within the first r->at bytes no citation was looked for. */
enum citation_answer citation_read(struct citation_reader *r, struct span text, bool complete);

#endif
