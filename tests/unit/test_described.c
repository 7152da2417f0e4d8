#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "indexer/extract/described.h"
#include "indexer/extract/document_check.h"

static const struct {
	const char *words, *clean;
} words[] = {
	{ "A desk.", "A desk." },
	{ "\n  A desk.\r\nA lamp.\r\n\n", "A desk.\nA lamp." },
	{ "\x1b[31mred\x07 \xc2\x85 end\t.", "[31mred    end ." },
	{ "a\xff\xc3", "a\xef\xbf\xbd\xef\xbf\xbd" },
	{ "\xc2\x85 \n a \x1b", "a" },
	{ "\xc4\xa0 b", "\xc4\xa0 b" }, /* its low byte is a space's */
	{ "  \n ", "" },
	{ "", "" },
};

static void words_are_cleaned(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		struct buf out = buf_new(DESCRIBED_MAX);
		described_clean(span_of(words[i].words), &out);
		assert_string_equal(buf_span(&out).p, words[i].clean);
		buf_free(&out);
	}
}

static void long_ones_are_cut(void **state)
{
	(void)state;
	size_t len = 3 * DESCRIBED_MAX;
	char *text = mem_alloc(len, 1);
	for (int kind = 0; kind < 2; kind++) {
		for (size_t i = 0; i < len; i++)
			text[i] = kind ? '\xff' : "\xe2\x82\xac"[i % 3];
		struct buf out = buf_new(DESCRIBED_MAX);
		described_clean((struct span){ text, len }, &out);
		assert_in_range(out.len, DESCRIBED_MAX - 3, DESCRIBED_MAX);
		assert_true(utf8_is_valid(out.p, out.len));
		buf_free(&out);
	}
	free(text);
}

static void they_become_a_document(void **state)
{
	(void)state;
	struct document doc;
	const char *text = "A desk.\n\n# No heading\n```\n\n\n\nThe end";
	described_document(span_of("/a/b/room.jpg"), "Description", span_of(text), "some/model", &doc);
	const char *fault = document_fault(&doc, (struct span){ "", 0 });
	if (fault)
		fail_msg("%s", fault);
	assert_string_equal(doc.title, "room.jpg");
	assert_string_equal(doc.format, "image");
	assert_string_equal(doc.text_by, "some/model");
	assert_int_equal(doc.n_blocks, 4);
	assert_int_equal(doc.blocks[0].kind, BLOCK_HEADING);
	assert_string_equal(doc.blocks[0].name, "Description");
	for (size_t i = 1; i < 4; i++)
		assert_int_equal(doc.blocks[i].kind, BLOCK_PARAGRAPH);
	document_free(&doc);
}

static void pages_keep_apart(void **state)
{
	(void)state;
	struct document doc;
	const char *text = "One\ntwo\n\n\n\nThree\n\n";
	size_t *starts = mem_alloc(3, sizeof *starts);
	memcpy(starts, (size_t[]){ 0, 9, 11 }, 3 * sizeof *starts);
	described_pages(span_of("scan.pdf"), span_of(text), starts, 3, "tesseract/eng", &doc);
	const char *fault = document_fault(&doc, (struct span){ "", 0 });
	if (fault)
		fail_msg("%s", fault);
	assert_int_equal(doc.n_pages, 3);
	assert_int_equal(doc.n_blocks, 2);
	assert_int_equal(document_page(&doc, doc.blocks[0].start), 1);
	assert_int_equal(document_page(&doc, doc.blocks[1].start), 3);
	document_free(&doc);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words_are_cleaned),
		cmocka_unit_test(long_ones_are_cut),
		cmocka_unit_test(they_become_a_document),
		cmocka_unit_test(pages_keep_apart),
	};
	return cmocka_run_group_tests_name("described", tests, NULL, NULL);
}
