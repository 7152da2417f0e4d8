/* What must hold of every document that extract() makes, for tests and fuzzing. */
#ifndef AKIN_TESTS_DOCUMENT_CHECK_H
#define AKIN_TESTS_DOCUMENT_CHECK_H

#include "base/buf.h"
#include "indexer/extract.h"

/* NULL, or the property that does not hold. */
const char *document_fault(const struct document *doc, struct span source);

/* The document in lines that a person can read and a test compares. */
void document_dump(const struct document *doc, struct buf *out);

#endif
