#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "indexer/extract/document_check.h"
#include "indexer/extract/pdf_meta.h"
#include "indexer/extract/pdf_text.h"

#define HEAD(title, more) "<html><head>\n<title>" title "</title>\n" more "</head>\n<body>\n<pre>\n"
#define TAIL "</pre>\n</body>\n</html>\n"

static void read_pdf(const char *output, struct document *doc)
{
	assert_true(pdf_document(span_of(output), doc));
	assert_null(document_fault(doc, (struct span){ 0 }));
}

static void gives(const char *pages, const char *text)
{
	struct document doc;
	struct buf output = buf_new(1 << 16);
	buf_printf(&output, HEAD("A title", "") "%s" TAIL, pages);
	read_pdf(buf_span(&output).p, &doc);
	assert_string_equal(doc.text, text);
	document_free(&doc);
	buf_free(&output);
}

static void lines_become_paragraphs(void **state)
{
	(void)state;
	gives("The first line of a paragraph that\ngoes on in a second line.\n\nAnother.\n\f",
	      "The first line of a paragraph that goes on in a second line.\n\nAnother.\n\n");
	/* a first line that is indented begins anew, a short one ends */
	gives("The first paragraph ends with this line\nof two words.\n    The second one is indented here\n"
	      "and goes on.\n\f",
	      "The first paragraph ends with this line of two words.\n"
	      "The second one is indented here and goes on.\n\n");
	gives("What to bring to the boat today:\n- a lamp with a good wick in it\n- a rope\n\f",
	      "What to bring to the boat today:\n- a lamp with a good wick in it\n- a rope\n\n");
}

static void divided_words_are_mended(void **state)
{
	(void)state;
	gives("It was the light-\nhouse of the island.\n\f", "It was the lighthouse of the island.\n\n");
	gives("Es war die h\xC3\xB6-\n\xC3\xA4hnliche Sache dort.\n\f",
	      "Es war die h\xC3\xB6\xC3\xA4hnliche Sache dort.\n\n");
	gives("A soft hyp\xC2\xAD\nhen is never kept.\n\f", "A soft hyphen is never kept.\n\n");
	/* numbers, names, a dash */
	gives("In the years 1914-\n18 it was not lit.\n\f", "In the years 1914- 18 it was not lit.\n\n");
	gives("The road from Calais-\nDover is the sea.\n\f", "The road from Calais- Dover is the sea.\n\n");
}

static void rows_keep_their_cells(void **state)
{
	(void)state;
	gives("Products        $     63,355     $     63,948\nServices            19,604           17,486\n\f",
	      "Products | $ 63,355 | $ 63,948\nServices | 19,604 | 17,486\n\n");
	gives("(1)   A note is no row, though a gap is\n\f", "(1) A note is no row, though a gap is\n\n");
	gives("lamp      what the keeper lights in the even-\n          ing, and puts out again\n\f",
	      "lamp | what the keeper lights in the evening, and puts out again\n\n");
}

static void what_pages_repeat_is_there_once(void **state)
{
	(void)state;
	gives("The Gazette   7\n\none\n\fThe Gazette   8\n\ntwo\n\fThe Gazette   9\n\nthree\n\f",
	      "The Gazette | 7\n\none\n\n8\n\ntwo\n\n9\n\nthree\n\n");
	/* twice is no habit */
	gives("The Gazette\n\none\n\fThe Gazette\n\ntwo\n\f", "The Gazette\n\none\n\nThe Gazette\n\ntwo\n\n");
}

static void pages_are_counted(void **state)
{
	(void)state;
	struct document doc;
	read_pdf(HEAD("A title", "") "one\n\f\ftwo\n\f" TAIL, &doc);
	assert_int_equal(doc.n_pages, 3);
	assert_int_equal(document_page(&doc, 0), 1);
	assert_int_equal(document_page(&doc, (size_t)(strstr(doc.text, "two") - doc.text)), 3);
	document_free(&doc);
	assert_false(pdf_document(span_of(HEAD("A title", "") "\f\n\f" TAIL), &doc));
	assert_false(pdf_document(span_of(""), &doc));
}

static void the_head_tells_of_the_document(void **state)
{
	(void)state;
	struct document doc;
	read_pdf(HEAD("Lamps &amp; &lt;oil&gt;", "<meta name=\"Author\" content=\"A. &quot;Q&quot; Quay\"/>\n"
	              "<meta name=\"CreationDate\" content=\"2022-07-29T06:03:21-04\"/>\n") "one\n\f" TAIL, &doc);
	assert_string_equal(doc.title, "Lamps & <oil>");
	assert_string_equal(doc.author, "A. \"Q\" Quay");
	assert_string_equal(doc.date, "2022-07-29T10:03:21Z");
	document_free(&doc);
	/* what is no title gives way to what the pages repeat, and to the subject */
	read_pdf(HEAD("0000320193-22", "<meta name=\"Subject\" content=\"Report of 2022\"/>\n")
	         "Quay Inc.\n\nof\n\fQuay Inc.\n\fQuay Inc. and Sons\n\f" TAIL, &doc);
	assert_string_equal(doc.title, "Quay Inc.: Report of 2022");
	document_free(&doc);
}

static void dates_are_told_from_others(void **state)
{
	(void)state;
	static const char *const cases[][2] = {
		{ "2024", "2024" }, { "2024-05", "2024-05" }, { "2024-05-01", "2024-05-01" },
		{ "2024-05-01T12:00:00Z", "2024-05-01T12:00:00Z" },
		{ "2024-01-01T00:30:00+01'00", "2023-12-31T23:30:00Z" },
		{ "2024-13", NULL }, { "May 2024", NULL }, { "", NULL }, { "0000-00-00T00:00:00Z", NULL },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		char *date = iso_date_utc(span_of(cases[i][0]));
		if (cases[i][1])
			assert_string_equal(date, cases[i][1]);
		else
			assert_null(date);
		free(date);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_become_paragraphs),
		cmocka_unit_test(divided_words_are_mended),
		cmocka_unit_test(rows_keep_their_cells),
		cmocka_unit_test(what_pages_repeat_is_there_once),
		cmocka_unit_test(pages_are_counted),
		cmocka_unit_test(the_head_tells_of_the_document),
		cmocka_unit_test(dates_are_told_from_others),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
