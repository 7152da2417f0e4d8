/* The XML within Office documents: the first byte picks the format, what follows is packed as
 * the part that holds the text, with a few that lead to it. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "indexer/extract/document_check.h"
#include "indexer/extract/office.h"
#include "tests/support/zip.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct kind {
	enum skip_reason (*read)(struct span path, struct span bytes, struct document *doc,
	                         const char **why);
	const char *part;
	const char *around[4][2];
};

#define RELATIONS(type, target) \
	"<Relationships><Relationship Id=\"r1\" Type=\"x/" type "\" Target=\"" target "\"/></Relationships>"

static const struct kind kinds[] = {
	{ docx_read, "word/document.xml", { { NULL, NULL } } },
	{ docx_read, "word/styles.xml",
	  { { "word/document.xml", "<d><p><pStyle val=\"a\"/><t>x</t></p></d>" } } },
	{ xlsx_read, "xl/worksheets/sheet1.xml",
	  { { "xl/workbook.xml", "<w xmlns:r=\"r\"><sheet name=\"S\" r:id=\"r1\"/></w>" },
	    { "xl/_rels/workbook.xml.rels", RELATIONS("worksheet", "worksheets/sheet1.xml") },
	    { "xl/sharedStrings.xml", "<s><si><t>one</t></si><si><t>two</t></si></s>" },
	    { "xl/styles.xml", "<s><cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"14\"/></cellXfs></s>" } } },
	{ pptx_read, "ppt/slides/slide1.xml",
	  { { "ppt/presentation.xml", "<p xmlns:r=\"r\"><sldId r:id=\"r1\"/></p>" },
	    { "ppt/_rels/presentation.xml.rels", RELATIONS("slide", "slides/slide1.xml") } } },
	{ odf_read, "content.xml", { { NULL, NULL } } },
	{ epub_read, "a.opf",
	  { { "META-INF/container.xml", "<c><rootfile full-path=\"a.opf\"/></c>" },
	    { "a.xhtml", "<html><body><h1>A</h1><p>text</p></body></html>" } } },
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size < 2)
		return 0;
	const struct kind *kind = &kinds[data[0] % (sizeof kinds / sizeof *kinds)];
	struct zip z = zip_new();
	for (size_t i = 0; i < 4 && kind->around[i][0]; i++)
		zip_add(&z, kind->around[i][0], span_of(kind->around[i][1]), 1);
	zip_add(&z, kind->part, (struct span){ (const char *)data + 1, size - 1 }, 1);
	struct span bytes = zip_finish(&z);
	struct document doc = { 0 };
	const char *why = NULL;
	if (kind->read(span_of("a"), bytes, &doc, &why) == SKIP_NONE) {
		doc.format = "office";
		document_number_lines(&doc);
		if (document_fault(&doc, bytes))
			abort();
	}
	document_free(&doc);
	free((char *)(uintptr_t)bytes.p);
	return 0;
}
