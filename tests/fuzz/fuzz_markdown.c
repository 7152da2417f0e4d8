#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "indexer/extract/document_check.h"
#include "indexer/extract/extract.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span bytes = { (const char *)data, size };
	struct document doc;
	char why[EXTRACT_WHY];
	if (extract(span_of("a.md"), bytes, &doc, why) == SKIP_NONE && document_fault(&doc, bytes))
		abort();
	document_free(&doc);
	return 0;
}
