/* Lists of models as servers write them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "base/buf.h"
#include "models/remote/catalogue.h"

static void note(void *ctx, const struct offered_model *m)
{
	buf_printf(ctx, "%s %lld %zu\n", m->id, (long long)m->max_input_tokens, m->known_dim);
}

static int read_list(const char *body, struct buf *seen)
{
	struct err err = { 0 };
	buf_clear(seen);
	int n = catalogue_read(span_of(body), note, seen, &err);
	assert_true((n < 0) == (err.code != ERR_NONE));
	return n;
}

static void lists_are_read(void **state)
{
	(void)state;
	struct buf seen = buf_new(4096);
	assert_int_equal(read_list("{\"object\":\"list\",\"data\":["
	                           "{\"id\":\"BGE-M3\",\"max_input_tokens\":8192},"
	                           "{\"id\":\"x\",\"max_model_len\":512},{\"no\":\"id\"},3,"
	                           "{\"id\":7}]}", &seen), 2);
	assert_string_equal(buf_span(&seen).p, "BGE-M3 8192 1024\nx 512 0\n");
	assert_int_equal(read_list("[{\"id\":\"a\",\"max_input_tokens\":-4}]", &seen), 1);
	assert_string_equal(buf_span(&seen).p, "a 0 0\n");
	assert_int_equal(read_list("{\"data\":[]}", &seen), 0);
	buf_free(&seen);
}

static void what_is_no_list_is_an_error(void **state)
{
	(void)state;
	struct buf seen = buf_new(4096);
	assert_int_equal(read_list("", &seen), -1);
	assert_int_equal(read_list("<html>", &seen), -1);
	assert_int_equal(read_list("{\"data\":{}}", &seen), -1);
	assert_int_equal(read_list("{\"data\":null}", &seen), -1);
	assert_int_equal(read_list("7", &seen), -1);
	buf_free(&seen);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lists_are_read),
		cmocka_unit_test(what_is_no_list_is_an_error),
	};
	return cmocka_run_group_tests_name("catalogue", tests, NULL, NULL);
}
