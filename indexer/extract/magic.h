/* Formats that are known by their first bytes. Pure. */
#ifndef AKIN_INDEXER_EXTRACT_MAGIC_H
#define AKIN_INDEXER_EXTRACT_MAGIC_H

#include "base/span.h"

/* "PDF", "Word document", "PNG image", ... for a format that is not read as
 * text, a constant; NULL when the bytes are none that is known. path tells apart
 * what is packed as a zip archive. */
const char *magic_format(struct span path, struct span bytes);

#endif
