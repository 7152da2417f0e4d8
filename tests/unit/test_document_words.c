#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "query/document_words.h"

enum { N = 6 };

/* Two documents of three passages each, out of order. */
static const struct store_chunk_ref refs[N] = {
	{ 1, 7, 1, 100 }, { 2, 9, 2, 100 }, { 3, 7, 3, 100 }, { 4, 9, 4, 100 }, { 5, 7, 5, 100 },
	{ 6, 9, 6, 100 },
};

static void passages_of_a_document_share_its_words(void **state)
{
	(void)state;
	struct document_words *d = document_words_new(refs, N);
	assert_non_null(d);
	document_words_clear(d);
	document_words_add(d, 0, 2);
	document_words_add(d, 2, 1);
	document_words_next(d, 1);
	double with = document_words_part(d, 4, 1);
	assert_true(with > 0);
	assert_true(document_words_part(d, 0, 1) == with);
	assert_true(document_words_part(d, 1, 1) == 0);
	/* a word of both tells them apart by how often they say it */
	document_words_clear(d);
	assert_true(document_words_part(d, 4, 1) == 0);
	document_words_add(d, 0, 4);
	document_words_add(d, 1, 1);
	document_words_next(d, 1);
	assert_true(document_words_part(d, 4, 1) > document_words_part(d, 5, 1));
	assert_true(document_words_part(d, 5, 1) > 0);
	/* no more than the ideal of passages, by the share of those that are not alone */
	assert_true(document_words_part(d, 4, 1) < 2);
	document_words_free(d);
}

static void short_documents_need_no_help(void **state)
{
	(void)state;
	struct store_chunk_ref alone[N];
	for (size_t i = 0; i < N; i++) {
		alone[i] = refs[i];
		alone[i].doc_id = (int64_t)i / 2 * 2 + (i == 5);
	}
	assert_null(document_words_new(alone, N)); /* four of six */
	assert_null(document_words_new(refs, 1));
	assert_null(document_words_new(refs, 0));
	document_words_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(passages_of_a_document_share_its_words),
		cmocka_unit_test(short_documents_need_no_help),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
