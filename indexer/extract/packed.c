#include "indexer/extract/packed.h"

#include <string.h>

#include "indexer/extract/compressed.h"
#include "indexer/extract/office.h"
#include "indexer/extract/rtf.h"

static const struct packed_format formats[] = {
	{ "pdf", "PDF", NULL, NULL },
	{ "docx", "Word document", docx_read, office_load },
	{ "xlsx", "Excel workbook", xlsx_read, office_load },
	{ "pptx", "PowerPoint document", pptx_read, office_load },
	{ "odt", "OpenDocument text", odf_read, office_load },
	{ "ods", "OpenDocument workbook", odf_read, office_load },
	{ "odp", "OpenDocument slides", odf_read, office_load },
	{ "epub", "EPUB book", epub_read, office_load },
	{ "rtf", "RTF document", rtf_read, NULL },
	{ "gzip", "gzip archive", compressed_read, compressed_load },
	{ "bzip2", "bzip2 archive", compressed_read, compressed_load },
	{ "xz", "xz archive", compressed_read, compressed_load },
	{ "zstd", "zstd archive", compressed_read, compressed_load },
	{ "lz4", "lz4 archive", compressed_read, compressed_load },
	{ NULL, NULL, NULL, NULL },
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
