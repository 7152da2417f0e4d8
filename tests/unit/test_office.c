#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "indexer/extract/cell_value.h"
#include "indexer/extract/extract.h"
#include "tests/support/zip.h"

#define W "<w:document xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\"><w:body>"
#define END "</w:body></w:document>"
#define P(text) "<w:p><w:r><w:t>" text "</w:t></w:r></w:p>"

/* Through the child, as the indexer reads. */
static enum skip_reason read_zip(struct zip *z, const char *path, struct document *doc, char *why)
{
	struct span bytes = zip_finish(z);
	enum skip_reason reason = extract(span_of(path), bytes, doc, why);
	free((char *)(uintptr_t)bytes.p);
	return reason;
}

static enum skip_reason read_docx(const char *xml, struct document *doc, char *why)
{
	struct zip z = zip_new();
	zip_add(&z, "[Content_Types].xml", span_of("<Types/>"), 1);
	zip_add(&z, "word/document.xml", span_of(xml), 1);
	return read_zip(&z, "a.docx", doc, why);
}

static void expect_docx(const char *xml, const char *text)
{
	struct document doc;
	char why[EXTRACT_WHY];
	assert_int_equal(read_docx(xml, &doc, why), SKIP_NONE);
	assert_string_equal(doc.text, text);
	assert_true(doc.derived);
	document_free(&doc);
}

static void a_word_document(void **state)
{
	(void)state;
	expect_docx(W P("One.") P("Two.") END, "One.\n\nTwo.\n");
	expect_docx(W "<w:p><w:r><w:t>a</w:t><w:tab/><w:t>b</w:t><w:br/><w:t xml:space=\"preserve\"> c</w:t>"
	              "</w:r></w:p>" END, "a b\nc\n");
	expect_docx(W "<w:p><w:del><w:r><w:delText>old</w:delText><w:t>old</w:t></w:r></w:del><w:ins><w:r>"
	              "<w:t>new</w:t></w:r></w:ins></w:p>" END, "new\n");
	expect_docx(W "<w:p><w:r><w:instrText>PAGE</w:instrText><w:t>x</w:t></w:r></w:p>" END, "x\n");
	expect_docx(W "<w:tbl><w:tr><w:tc>" P("h") "</w:tc><w:tc>" P("i") "</w:tc></w:tr><w:tr><w:tc>" P("1")
	              P("2") "</w:tc><w:tc/></w:tr></w:tbl>" P("after") END, "h | i\n1\n2\n\nafter\n");
	expect_docx(W "<w:p><w:r><w:t>before</w:t></w:r><w:r><w:AlternateContent><w:Choice><w:txbxContent>"
	              P("box") "</w:txbxContent></w:Choice><w:Fallback>" P("box") "</w:Fallback>"
	              "</w:AlternateContent></w:r></w:p>" END, "before\n\nbox\n");
}

static void rows_know_their_header(void **state)
{
	(void)state;
	struct document doc;
	char why[EXTRACT_WHY];
	assert_int_equal(read_docx(W "<w:tbl><w:tr><w:tc>" P("name") "</w:tc><w:tc>" P("age")
	                             "</w:tc></w:tr><w:tr><w:tc>" P("Ada") "</w:tc><w:tc>" P("36")
	                             "</w:tc></w:tr></w:tbl>" END, &doc, why), SKIP_NONE);
	assert_int_equal(doc.n_blocks, 2);
	assert_int_equal(doc.blocks[1].kind, BLOCK_ROW);
	assert_int_equal(doc.blocks[0].level, 1);
	assert_string_equal(doc.blocks[0].name, "name | age");
	assert_int_equal(doc.blocks[1].level, 0);
	document_free(&doc);
}

static void headings_have_levels(void **state)
{
	(void)state;
	struct zip z = zip_new();
	struct document doc;
	char why[EXTRACT_WHY];
	zip_add(&z, "word/styles.xml",
	        span_of("<w:styles xmlns:w=\"u\"><w:style w:styleId=\"berschrift2\"><w:name w:val=\"heading 2\"/>"
	                "</w:style><w:style w:styleId=\"Mine\"><w:name w:val=\"Mine\"/>"
	                "<w:basedOn w:val=\"berschrift2\"/></w:style></w:styles>"), 1);
	zip_add(&z, "word/document.xml",
	        span_of(W "<w:p><w:pPr><w:pStyle w:val=\"Mine\"/></w:pPr><w:r><w:t>Head</w:t></w:r></w:p>"
	                  "<w:p><w:pPr><w:numPr><w:ilvl w:val=\"1\"/></w:numPr></w:pPr><w:r><w:t>item</w:t>"
	                  "</w:r></w:p>" END), 1);
	assert_int_equal(read_zip(&z, "a.docx", &doc, why), SKIP_NONE);
	assert_int_equal(doc.blocks[0].kind, BLOCK_HEADING);
	assert_int_equal(doc.blocks[0].level, 2);
	assert_string_equal(doc.title, "Head");
	assert_int_equal(doc.blocks[1].kind, BLOCK_LIST_ITEM);
	assert_int_equal(doc.blocks[1].level, 2);
	document_free(&doc);
}

static void expect_refused(enum skip_reason got, enum skip_reason want, const char *why, const char *said)
{
	if (got != want || !strstr(why, said))
		fail_msg("reason %d, '%s'; not %d, '%s'", (int)got, why, (int)want, said);
}

static void bombs_are_refused(void **state)
{
	(void)state;
	static char zeros[1 << 20];
	struct document doc;
	char why[EXTRACT_WHY];
	memset(zeros, ' ', sizeof zeros);
	struct zip z = zip_new();
	zip_add(&z, "word/document.xml", (struct span){ zeros, sizeof zeros }, 100);
	expect_refused(read_zip(&z, "bomb.docx", &doc, why), SKIP_TOO_LARGE, why, "unpacks to more than");

	z = zip_new();
	for (int i = 0; i < 70000; i++) {
		char name[32];
		snprintf(name, sizeof name, "x/%d", i);
		zip_add(&z, name, span_of(""), 1);
	}
	zip_add(&z, "word/document.xml", span_of(W P("late") END), 1);
	expect_refused(read_zip(&z, "many.docx", &doc, why), SKIP_TOO_LARGE, why, "parts");

	/* a billion laughs: nothing of it is put in */
	struct buf laughs = buf_new(1 << 20);
	buf_add_str(&laughs, "<!DOCTYPE d [<!ENTITY a0 \"ha\">");
	for (int i = 1; i < 10; i++)
		buf_printf(&laughs, "<!ENTITY a%d \"&a%d;&a%d;&a%d;&a%d;&a%d;&a%d;&a%d;&a%d;&a%d;&a%d;\">", i, i - 1,
		           i - 1, i - 1, i - 1, i - 1, i - 1, i - 1, i - 1, i - 1, i - 1);
	buf_add_str(&laughs, "]>" W P("safe &a9; sound") END);
	enum skip_reason reason = read_docx(buf_span(&laughs).p, &doc, why);
	assert_true(reason == SKIP_MALFORMED || (reason == SKIP_NONE && doc.text_len < 100));
	document_free(&doc);
	buf_clear(&laughs);

	/* elements within elements */
	buf_free(&laughs);
	laughs = buf_new(1 << 24);
	buf_add_str(&laughs, W P("kept"));
	for (int i = 0; i < 100000; i++)
		buf_add_str(&laughs, "<w:p>");
	assert_int_equal(read_docx(buf_span(&laughs).p, &doc, why), SKIP_NONE);
	assert_string_equal(doc.text, "kept\n");
	document_free(&doc);
	buf_free(&laughs);
}

/* As many as are let in: looking each up among all before would take half a minute. */
static void many_parts_are_read(void **state)
{
	(void)state;
	struct document doc;
	char why[EXTRACT_WHY];
	struct zip z = zip_new();
	zip_add(&z, "word/document.xml", span_of(W P("first") END), 1);
	for (int i = 0; i < 60000; i++) {
		char name[40];
		snprintf(name, sizeof name, "word/header%d.xml", i);
		zip_add(&z, name, span_of(i ? "" : W P("second") END), 1);
	}
	zip_add(&z, "word/document.xml", span_of(W P("again") END), 1);
	assert_int_equal(read_zip(&z, "many.docx", &doc, why), SKIP_NONE);
	assert_string_equal(doc.text, "first\n\nsecond\n");
	document_free(&doc);
}

static void what_is_not_read_says_why(void **state)
{
	(void)state;
	struct document doc;
	char why[EXTRACT_WHY];
	expect_refused(read_docx(W "<w:p/>" END, &doc, why), SKIP_EMPTY, why, "");
	expect_refused(read_docx("<w:document", &doc, why), SKIP_MALFORMED, why, "damaged");
	struct zip z = zip_new();
	zip_add(&z, "mimetype", span_of("application/vnd.oasis.opendocument.text"), 1);
	zip_add(&z, "content.xml", span_of("\1\2\3"), 1);
	zip_add(&z, "META-INF/manifest.xml",
	        span_of("<m:manifest xmlns:m=\"u\"><m:file-entry><m:encryption-data/></m:file-entry>"
	                "</m:manifest>"), 1);
	expect_refused(read_zip(&z, "a.odt", &doc, why), SKIP_UNSUPPORTED, why, "encrypted");
	char container[4096] = "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1";
	memcpy(container + 1024, "E\0n\0c\0r\0y\0p\0t\0e\0d\0P\0a\0c\0k\0a\0g\0e", 32);
	struct span bytes = { container, sizeof container };
	expect_refused(extract(span_of("a.docx"), bytes, &doc, why), SKIP_UNSUPPORTED, why, "encrypted");
	memcpy(container + 1024, "W\0o\0r\0d\0D\0o\0c\0u\0m\0e\0n\0t\0\0\0\0\0\0\0\0\0", 32);
	expect_refused(extract(span_of("a.doc"), bytes, &doc, why), SKIP_UNSUPPORTED, why, ".docx");
	/* what it is counts, not what it is called */
	z = zip_new();
	zip_add(&z, "word/document.xml", span_of(W P("by content") END), 1);
	assert_int_equal(read_zip(&z, "odd.xlsx", &doc, why), SKIP_NONE);
	assert_string_equal(doc.format, "docx");
	document_free(&doc);
}

static void expect_rtf(const char *rtf, const char *text)
{
	struct document doc;
	char why[EXTRACT_WHY];
	assert_int_equal(extract(span_of("a.rtf"), span_of(rtf), &doc, why), SKIP_NONE);
	assert_string_equal(doc.text, text);
	document_free(&doc);
}

static void rich_text(void **state)
{
	(void)state;
	expect_rtf("{\\rtf1\\ansi Plain {\\b bold} text.\\par Next.\\par}", "Plain bold text.\n\nNext.\n");
	expect_rtf("{\\rtf1\\ansi\\ansicpg1252 caf\\'e9 \\u8364?5\\par}", "café €5\n");
	expect_rtf("{\\rtf1{\\fonttbl{\\f0 A;}{\\f1\\fcharset128 B;}{\\f2\\fcharset204 C;}}"
	           "\\f1\\'93\\'fa\\'96\\'7b "
	           "{\\f2\\'cc\\'e8\\'f0}\\par}", "日本 Мир\n");
	expect_rtf("{\\rtf1 \\u-10179?\\u-8704?\\par}", "😀\n");
	expect_rtf("{\\rtf1{\\*\\generator X;}{\\pict\\bin4 \\}{{}shown\\par}", "shown\n");
	expect_rtf("{\\rtf1 text{\\footnote the note} goes on\\par}", "text goes on\n\nthe note\n");
	expect_rtf("{\\rtf1\\trowd\\intbl a\\cell b\\cell\\row\\intbl 1\\cell 2\\cell\\row\\pard after\\par}",
	           "a | b\n1 | 2\n\nafter\n");
	/* groups without end, and ends without groups */
	struct buf deep = buf_new(1 << 24);
	buf_add_str(&deep, "{\\rtf1 kept\\par");
	for (int i = 0; i < 200000; i++)
		buf_add_byte(&deep, i % 3 ? '{' : '}');
	expect_rtf(buf_span(&deep).p, "kept\n");
	buf_free(&deep);
}

static void numbers_of_cells(void **state)
{
	(void)state;
	static const struct {
		double number;
		int id;
		const char *code, *shown;
	} cases[] = {
		{ 0.1 + 0.2, 0, NULL, "0.3" },          { 1200.5, 4, NULL, "1200.5" },
		{ 45413, 14, NULL, "2024-05-01" },      { 45413.5, 22, NULL, "2024-05-01 12:00" },
		{ 1, 14, NULL, "1900-01-01" },          { 61, 14, NULL, "1900-03-01" },
		{ 0.25, 9, NULL, "25%" },               { 0.75, 20, NULL, "18:00" },
		{ 45413, 164, "dd/mm/yy", "2024-05-01" }, { 3, 164, "0.0\"days\"", "3" },
		{ 0.5, 164, "0%", "50%" },              { 7, 164, "General", "7" },
		{ 1e30, 14, NULL, "1e+30" },            { -5, 14, NULL, "-5" },
		{ 7, 164, "[$-409]#,##0", "7" },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		char out[32];
		cell_value(cases[i].number, cell_kind_of(cases[i].id, cases[i].code), false, out);
		assert_string_equal(out, cases[i].shown);
	}
	char out[32];
	cell_value(0, CELL_DATE, true, out);
	assert_string_equal(out, "1904-01-01");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_word_document),
		cmocka_unit_test(rows_know_their_header),
		cmocka_unit_test(headings_have_levels),
		cmocka_unit_test(bombs_are_refused),
		cmocka_unit_test(many_parts_are_read),
		cmocka_unit_test(what_is_not_read_says_why),
		cmocka_unit_test(rich_text),
		cmocka_unit_test(numbers_of_cells),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
