/* A text as quotes are compared with it: what a model changes when it copies, without
 * meaning to, is the same in both.
 *
 * NFKC and case folded; white space is one space, and none beside punctuation, between
 * characters of scripts that have no spaces, or between a digit and a letter; quotation marks,
 * apostrophes, square brackets, marks of emphasis, escapes and the addresses of Markdown links
 * are left out, and so is what only begins a line (> # // *); dashes are "-", repeated ones and
 * stops are one; a hyphen between letters is left out with the line's end behind it ("exam-\nple"
 * and "example" are the same), and so is what groups digits (1,200 and 1 200 are 1200). Pure. */
#ifndef AKIN_ASK_PLAIN_TEXT_H
#define AKIN_ASK_PLAIN_TEXT_H

#include <stddef.h>
#include <stdint.h>

#include "base/span.h"

struct plain_text {
	char *p;        /* NUL-terminated */
	size_t len;
	uint32_t *from; /* [len] where in the source the character begins that a byte comes from */
};

/* source is valid UTF-8; what is beyond 4 GB is not read. Free with plain_text_free. */
void plain_text_make(struct span source, struct plain_text *out);
void plain_text_free(struct plain_text *t);

/* The source's bytes that [start, end) of t stands for; end > start. */
struct span plain_text_source(const struct plain_text *t, struct span source, size_t start, size_t end);

/* t without punctuation at its ends that a quote takes along, or leaves out. */
struct span plain_text_core(const struct plain_text *t);

#endif
