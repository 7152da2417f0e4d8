/* A document in lines that a person can read and a test compares. */
#ifndef AKIN_TESTS_DOCUMENT_DUMP_H
#define AKIN_TESTS_DOCUMENT_DUMP_H

#include "base/buf.h"
#include "indexer/extract/extract.h"

/* "kind level [start,end) line n <name> | text", positions in the source. */
void document_dump(const struct document *doc, struct buf *out);

#endif
