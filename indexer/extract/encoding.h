/* Which encoding bytes are in. Pure. */
#ifndef AKIN_INDEXER_EXTRACT_ENCODING_H
#define AKIN_INDEXER_EXTRACT_ENCODING_H

#include <stdbool.h>
#include <stddef.h>

#include "base/span.h"

/* The length of a byte order mark, and its encoding; 0: none. */
size_t encoding_mark(struct span bytes, const char **name);

/* "UTF-16LE" or "UTF-16BE" for text that has no mark; NULL: it is neither. */
const char *encoding_utf16(struct span bytes);

/* Japanese in seven bits: its escape sequences are there, nothing above 0x7F. */
bool encoding_is_iso2022jp(struct span bytes);

/* True when most of the bytes above 0x7F are well-formed UTF-8: then the few
 * that are not are damage. */
bool encoding_mostly_utf8(struct span bytes);

/* Names of encodings to try, best first, for bytes that are no UTF-8; ends with
 * "windows-1252", which takes anything. Returns their number, at most max. The
 * names are constants. */
size_t encoding_guess(struct span bytes, struct span charset, const char **names, size_t max);

#endif
