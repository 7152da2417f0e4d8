/* Where a text may be cut, by Unicode's rules (ICU: UAX #14 and #29), as byte
 * offsets. Pure; threads may call these at once. */
#ifndef AKIN_BASE_BOUNDARIES_H
#define AKIN_BASE_BOUNDARIES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/span.h"

enum boundary {
	BOUNDARY_SENTENCE, /* the bare rule; sentence.h knows more */
	BOUNDARY_LINE,     /* where a line may be wrapped: words, by dictionary where there are no spaces */
	BOUNDARY_GRAPHEME,
	BOUNDARY_WORD, /* what stands between words is a unit too */
	N_BOUNDARIES
};

/* The ends of the units of text (valid UTF-8), the last of them text.len. *ends
 * is the caller's to free; returns their number, 0 for an empty text. A text of
 * many megabytes is read in slices, so that a unit never grows beyond one. */
size_t boundary_ends(enum boundary kind, struct span text, size_t **ends);

/* White space in the sense of Unicode, line ends included. */
bool is_white_space(uint32_t code);

/* The text without white space at its ends; an empty one stands where it ended. */
struct span trim_white_space(struct span text);

/* The length of the white space at the start of text. */
size_t leading_white_space(struct span text);

#endif
