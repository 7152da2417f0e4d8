/* HTML's character references. Pure. */
#ifndef AKIN_INDEXER_EXTRACT_ENTITY_H
#define AKIN_INDEXER_EXTRACT_ENTITY_H

#include <stddef.h>

#include "base/span.h"

#define ENTITY_MAX_BYTES 4

/* Reads the reference that s begins with ("&amp;", "&#8364;", "&#x20AC"; the
 * names of HTML 4.01 and some of HTML 5's). Returns its length in s and sets
 * utf8[*n]; 0 when s begins with none. Numbers as HTML 5 reads them: 128 to 159
 * are windows-1252, what is no character is U+FFFD. */
size_t entity_decode(struct span s, char utf8[ENTITY_MAX_BYTES], size_t *n);

#endif
