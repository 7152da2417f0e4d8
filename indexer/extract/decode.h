/* From bytes in whatever encoding to UTF-8 with '\n' line ends. Pure. */
#ifndef AKIN_INDEXER_EXTRACT_DECODE_H
#define AKIN_INDEXER_EXTRACT_DECODE_H

#include <stddef.h>

#include "indexer/extract/extract.h"

struct decoded {
	char *text; /* valid UTF-8 without NULs, NUL-terminated */
	size_t len;
	struct source_run *runs; /* as in struct document */
	size_t n_runs;
	size_t *line_starts;
	size_t n_lines;
	size_t n_controls;    /* code points below U+0020 that no text has */
	size_t n_replaced;    /* U+FFFD put where bytes made no sense */
	const char *encoding; /* "UTF-8", "UTF-16LE", "windows-1252", ... a constant */
};

void decoded_free(struct decoded *d); /* contents only; leaves {0} */

/* charset (p NULL: none) is what the bytes themselves claim (HTML's meta); it
 * counts only for bytes that are not UTF-8 or UTF-16. A byte order mark is no
 * part of the text. CRLF becomes '\n'; a lone CR is a line end in a text without
 * LF, else a space. Returns SKIP_NONE, or SKIP_BINARY with *d {0}: NULs, or
 * control bytes as no text has them, or no encoding that fits. */
enum skip_reason decode(struct span bytes, struct span charset, struct decoded *d);

#endif
