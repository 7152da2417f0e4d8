/* What must hold of every document that extract() makes: for what comes from a child
 * process, tests, fuzzing and benches. */
#ifndef AKIN_INDEXER_EXTRACT_DOCUMENT_CHECK_H
#define AKIN_INDEXER_EXTRACT_DOCUMENT_CHECK_H

#include "indexer/extract/extract.h"

/* NULL, or the property that does not hold (a constant). source is what the
 * document was extracted from; of a derived one it is not looked at. */
const char *document_fault(const struct document *doc, struct span source);

#endif
