/* Manual pages: the macros of man(7) and mdoc(7). */
#ifndef AKIN_INDEXER_EXTRACT_MAN_H
#define AKIN_INDEXER_EXTRACT_MAN_H

#include "indexer/extract/extract.h"

/* Whether one of the first lines is a request that a manual page begins with. */
bool man_begins(struct span text);

/* A text_maker (format.h): sections, tagged paragraphs as list items, examples as code. */
enum skip_reason man_read(struct span bytes, struct document *doc, char why[EXTRACT_WHY]);

#endif
