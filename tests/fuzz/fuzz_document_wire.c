/* A document as a child process sends it. */
#include <stdint.h>
#include <stdlib.h>

#include "indexer/extract/document_check.h"
#include "indexer/extract/document_wire.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What is taken can be written, and read again alike. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct document doc, again;
	char why[EXTRACT_WHY];
	enum skip_reason reason, same;
	if (document_wire_read((struct span){ (const char *)data, size }, &reason, why, &doc) < 0)
		return 0;
	struct buf wire = buf_new(SIZE_MAX / 2);
	document_wire_write(reason, why, &doc, &wire);
	if (reason == SKIP_NONE && document_fault(&doc, (struct span){ 0 }))
		abort();
	if (document_wire_read(buf_span(&wire), &same, why, &again) < 0 || same != reason ||
	    again.text_len != doc.text_len || again.n_blocks != doc.n_blocks || again.n_pages != doc.n_pages)
		abort();
	document_free(&again);
	document_free(&doc);
	buf_free(&wire);
	return 0;
}
