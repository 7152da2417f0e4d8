#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/hash.h"
#include "base/json.h"
#include "base/utf8.h"

static void every_code_point_round_trips(void **state)
{
	(void)state;
	for (uint32_t code = 1; code <= 0x10FFFF; code++) {
		if (code >= 0xD800 && code <= 0xDFFF)
			continue;
		char bytes[4];
		uint32_t back;
		size_t len = utf8_encode(code, bytes);
		assert_int_equal(utf8_decode(bytes, len, &back), len);
		assert_int_equal(back, code);
	}
}

static void invalid_utf8_is_found(void **state)
{
	(void)state;
	static const char *const bad[] = { "\x80", "\xC0\x80", "\xC1\xBF", "\xE0\x80\x80", "\xED\xA0\x80",
		                           "\xF0\x80\x80\x80", "\xF4\x90\x80\x80", "\xF5\x80\x80\x80",
		                           "\xE2\x82", "\xFF" };
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		assert_int_equal(utf8_valid_len(bad[i], strlen(bad[i])), 0);
		uint32_t code;
		assert_int_equal(utf8_decode(bad[i], strlen(bad[i]), &code), 1);
		assert_int_equal(code, UTF8_REPLACEMENT);
	}
	assert_int_equal(utf8_valid_len("ab\xE2\x82\xAC\xFF", 6), 5);
}

static void floor_keeps_sequences_whole(void **state)
{
	(void)state;
	const char *s = "a\xE2\x82\xAC" "b";
	assert_int_equal(utf8_floor(s, 5, 1), 1);
	assert_int_equal(utf8_floor(s, 5, 2), 1);
	assert_int_equal(utf8_floor(s, 5, 3), 1);
	assert_int_equal(utf8_floor(s, 5, 4), 4);
	assert_int_equal(utf8_floor(s, 5, 99), 5);
}

static void a_buffer_keeps_its_maximum(void **state)
{
	(void)state;
	struct buf b = buf_new(10);
	assert_int_equal(buf_add_str(&b, "12345"), 0);
	assert_int_equal(buf_printf(&b, "%s", "67890"), 0);
	assert_int_equal(buf_add_byte(&b, 'x'), -1);
	assert_true(b.overflow);
	assert_string_equal(b.p, "1234567890");
	size_t len;
	char *p = buf_take(&b, &len);
	assert_int_equal(len, 10);
	free(p);
	assert_false(b.overflow);
}

static void any_bytes_become_text(void **state)
{
	(void)state;
	struct buf b = buf_new(12);
	assert_int_equal(buf_add_text(&b, (struct span){ "a\xE2\x82\xAC\0\xFF", 6 }), 0);
	assert_string_equal(b.p, "a\xE2\x82\xAC\xEF\xBF\xBD\xEF\xBF\xBD");
	assert_int_equal(buf_add_text(&b, span_of("xyz")), -1);
	assert_int_equal(b.len, 10); /* nothing of it */
	assert_true(b.overflow);
	buf_free(&b);
}

static void an_error_is_one_printable_line(void **state)
{
	(void)state;
	struct err err = { 0 };
	assert_int_equal(err_set(&err, ERR_IO, "cannot open '%s'", "a\nb\x1b[31m"), -1);
	assert_string_equal(err.text, "cannot open 'a?b?[31m'");
	err_wrap(&err, "while %s", "testing");
	assert_string_equal(err.text, "while testing: cannot open 'a?b?[31m'");
	assert_int_equal(err.code, ERR_IO);
	char euros[4000] = "x";
	for (size_t i = 1; i + 3 < sizeof euros; i += 3)
		memcpy(euros + i, "\xE2\x82\xAC", 4);
	err_set(&err, ERR_IO, "%s", euros);
	assert_true(utf8_is_valid(err.text, strlen(err.text)));
}

static void hashes_tell_parts_apart(void **state)
{
	(void)state;
	struct span a[] = { { "ab", 2 }, { "c", 1 } }, b[] = { { "a", 1 }, { "bc", 2 } };
	struct hash ha = hash_parts(a, 2), hb = hash_parts(b, 2), again = hash_parts(a, 2);
	assert_int_not_equal(hash_compare(&ha, &hb), 0);
	assert_int_equal(hash_compare(&ha, &again), 0);
	char hex[33];
	struct hash h = hash_bytes("", 0);
	hash_hex(&h, hex);
	/* the published value of XXH3_128bits of nothing */
	assert_string_equal(hex, "99aa06d3014798d86001c324468d497f");
}

static void json_values_are_checked(void **state)
{
	(void)state;
	struct err err = { 0 };
	cJSON *tree = json_parse(span_of("{\"n\": 5, \"f\": 1.5, \"s\": \"x\", \"b\": true, \"z\": null}"),
	                         "test", &err);
	assert_non_null(tree);
	assert_int_equal(json_int(tree, "n", 0, 10, -1), 5);
	assert_int_equal(json_int(tree, "n", 6, 10, -1), -1);
	assert_int_equal(json_int(tree, "f", 0, 10, -1), -1);
	assert_int_equal(json_int(tree, "s", 0, 10, -1), -1);
	assert_string_equal(json_string(tree, "s"), "x");
	assert_null(json_string(tree, "n"));
	assert_null(json_get(tree, "z"));
	assert_true(json_bool(tree, "b", false));
	cJSON_Delete(tree);
	assert_null(json_parse(span_of("{} x"), "test", &err));
	assert_null(json_parse(span_of("{"), "test", &err));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_code_point_round_trips),
		cmocka_unit_test(invalid_utf8_is_found),
		cmocka_unit_test(floor_keeps_sequences_whole),
		cmocka_unit_test(a_buffer_keeps_its_maximum),
		cmocka_unit_test(any_bytes_become_text),
		cmocka_unit_test(an_error_is_one_printable_line),
		cmocka_unit_test(hashes_tell_parts_apart),
		cmocka_unit_test(json_values_are_checked),
	};
	return cmocka_run_group_tests_name("base", tests, NULL, NULL);
}
