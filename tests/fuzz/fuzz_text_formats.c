/* Formats whose text is made or whose structure is read: the first byte picks one. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "indexer/extract/document_check.h"
#include "indexer/extract/extract.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const names[] = { "a.eml", "a.1", "a.ipynb", "a.tex", "a.adoc", "a.srt",
		                             "a.yaml", "a.toml" };
	if (size == 0)
		return 0;
	struct span bytes = { (const char *)data + 1, size - 1 };
	struct document doc;
	char why[EXTRACT_WHY];
	const char *name = names[data[0] % (sizeof names / sizeof *names)];
	if (extract(span_of(name), bytes, &doc, why) == SKIP_NONE && document_fault(&doc, bytes))
		abort();
	document_free(&doc);
	return 0;
}
