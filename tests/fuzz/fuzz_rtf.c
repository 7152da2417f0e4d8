/* RTF, as its reader takes it. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "indexer/extract/document_check.h"
#include "indexer/extract/rtf.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span bytes = { (const char *)data, size };
	struct document doc = { 0 };
	const char *why = NULL;
	if (rtf_read(span_of("a.rtf"), bytes, &doc, &why) == SKIP_NONE) {
		doc.format = "rtf";
		document_number_lines(&doc);
		if (document_fault(&doc, bytes))
			abort();
	}
	document_free(&doc);
	return 0;
}
