/* Formats whose bytes are no text: their readers, which a child process runs (sandbox.h). */
#ifndef AKIN_INDEXER_EXTRACT_PACKED_H
#define AKIN_INDEXER_EXTRACT_PACKED_H

#include "indexer/extract/extract.h"

struct packed_format {
	const char *name;  /* the document's format: "docx" */
	const char *magic; /* as magic_format() names it: "Word document" */
	/* Pure: bytes in, a document out, derived, with blocks; it can neither open a file nor print,
	 * and may crash. Lines and format are filled in for it. *why is a constant. NULL: not by a
	 * function, but by a program. */
	enum skip_reason (*read)(struct span path, struct span bytes, struct document *doc,
	                         const char **why);
	void (*load)(void); /* loads the libraries that it needs, before the walls are raised; NULL: none */
};

/* A test program may have readers of its own, which misbehave; ends with a row without a name. */
extern const struct packed_format packed_of_tests[] __attribute__((weak));

/* NULL: none that is read. */
const struct packed_format *packed_by_magic(const char *magic);
const struct packed_format *packed_by_name(const char *name);

#endif
