#include "indexer/extract/packed.h"

#include <string.h>

static const struct packed_format formats[] = {
	{ "pdf", "PDF", NULL },
	{ NULL, NULL, NULL },
};

const struct packed_format *packed_by_magic(const char *magic)
{
	for (const struct packed_format *f = formats; f->name; f++)
		if (strcmp(f->magic, magic) == 0)
			return f;
	return NULL;
}

const struct packed_format *packed_by_name(const char *name)
{
	for (const struct packed_format *f = formats; f->name; f++)
		if (strcmp(f->name, name) == 0)
			return f;
	for (const struct packed_format *f = packed_of_tests; f && f->name; f++)
		if (strcmp(f->name, name) == 0)
			return f;
	return NULL;
}
