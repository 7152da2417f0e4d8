/* Passages that say what a better one of the list has said. Pure.
 *
 * A text is the set of its shingles (Broder, On the resemblance and containment of
 * documents, 1997): stretches of four words, or of five characters where a script
 * puts no space between words; case of ASCII letters, white space and punctuation
 * do not count. A text without words is one shingle, as is one of fewer words than a
 * shingle has. With A and B the sets of two passages:
 *
 *   resemblance(A, B) = |A and B| / |A or B|
 *   containment(A, B) = |A and B| / |A|     how much of A is in B
 *
 * A passage is a duplicate of an earlier one when they resemble each other by
 * DUPLICATES_RESEMBLANCE, or when nearly all of it is contained in the earlier one. A
 * later one that holds an earlier one and more is none, since it says more. Shingles
 * are compared by 64 bits of a hash that is made for speed: somebody who may put
 * documents into the index could make a passage pass for another. */
#ifndef AKIN_QUERY_DUPLICATES_H
#define AKIN_QUERY_DUPLICATES_H

#include <stddef.h>

#include "base/span.h"

#define DUPLICATES_RESEMBLANCE 0.8
#define DUPLICATES_CONTAINMENT 0.97 /* a word changed in a page of 200 still counts as within */

/* Sets representative[n]: the index of the passage that stands for each of texts[n],
 * best first (valid UTF-8, or its broken bytes count as characters). It is <= the
 * passage's own index, and equal where nothing better says the same; a representative
 * represents itself, so there are no chains.
 *
 * Time grows with the bytes, not with the square of n: a shingle that is in more than
 * 64 representatives already is not looked up for those behind them, by which a
 * duplicate may be missed in a list of hundreds, and none is found that is not one. */
void duplicates_find(const struct span *texts, size_t n, size_t *representative);

#endif
