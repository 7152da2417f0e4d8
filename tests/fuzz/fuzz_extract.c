/* The first byte picks the format. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "indexer/extract/document_check.h"
#include "indexer/extract/extract.h"
#include "indexer/walk/secret.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const names[] = { "a.md", "a.html", "a.rst", "a.org", "a.json", "a.csv", "a.c",
		                             "a.py", "a.sql", "a.txt", "a.ini", "a", "a.tex", "a.adoc", "a.srt",
		                             "a.yaml", "a.toml", "a.hs", "a.kt", "a.f90" };
	if (size == 0)
		return 0;
	struct span bytes = { (const char *)data + 1, size - 1 };
	struct document doc;
	char why[EXTRACT_WHY];
	const char *name = names[data[0] % (sizeof names / sizeof *names)];
	if (extract(span_of(name), bytes, &doc, why) == SKIP_NONE) {
		if (document_fault(&doc, bytes))
			abort();
		secret_in_text((struct span){ doc.text, doc.text_len });
	}
	document_free(&doc);
	return 0;
}
