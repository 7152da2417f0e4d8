/* Sentence boundaries (ICU, UAX #29), with the cases that a rule of Unicode
 * alone gets wrong kept together (abbreviations before a lower-case letter,
 * numbered list marks). Pure; threads may call it at once. */
#ifndef AKIN_BASE_SENTENCE_H
#define AKIN_BASE_SENTENCE_H

#include <stddef.h>

#include "base/span.h"

/* The ends of the sentences of text (valid UTF-8), trailing white space
 * included, as byte offsets: the last is text.len. *ends is the caller's to
 * free; returns their number, 0 for an empty text. */
size_t sentence_ends(struct span text, size_t **ends);

#endif
