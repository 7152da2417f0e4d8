/* What pdftotext writes, which may be anything. */
#include <stdint.h>
#include <stdlib.h>

#include "indexer/extract/document_check.h"
#include "indexer/extract/pdf_text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct document doc;
	if (pdf_document((struct span){ (const char *)data, size }, &doc) &&
	    document_fault(&doc, (struct span){ 0 }))
		abort();
	document_free(&doc);
	return 0;
}
