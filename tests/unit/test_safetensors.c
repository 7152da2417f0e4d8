#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "models/local/safetensors.h"

#define F32(name, shape, from, to) \
	"\"" name "\":{\"dtype\":\"F32\",\"shape\":" shape ",\"data_offsets\":[" from "," to "]}"

/* A file with this header and `data` bytes behind it. */
static unsigned char *make(const char *header, size_t data, size_t *len)
{
	size_t n = strlen(header);
	unsigned char *file = mem_zalloc(8 + n + data, 1);
	for (size_t i = 0; i < 8; i++)
		file[i] = (unsigned char)((uint64_t)n >> (8 * i));
	memcpy(file + 8, header, n);
	*len = 8 + n + data;
	return file;
}

static void tensors_are_found(void **state)
{
	(void)state;
	size_t len;
	unsigned char *file = make("{\"__metadata__\":{\"format\":\"pt\"}," F32("b", "[2,3]", "8", "32")
	                           "," F32("a", "[2]", "0", "8") "," F32("empty", "[0]", "8", "8") "} ",
	                           32, &len);
	struct safetensors st;
	struct err err = { 0 };
	if (safetensors_read(&st, file, len, &err) < 0)
		fail_msg("%s", err.text);
	assert_int_equal(st.n, 3);
	const struct tensor *t = safetensors_find(&st, "b");
	assert_non_null(t);
	assert_int_equal(t->n_dims, 2);
	assert_int_equal(t->dims[1], 3);
	assert_ptr_equal(t->data, file + len - 24);
	assert_null(safetensors_find(&st, "c"));
	safetensors_free(&st);
	free(file);
}

static void damaged_headers_are_refused(void **state)
{
	(void)state;
	static const char *const headers[] = {
		"",
		"{}",
		"[]",
		"{",
		"{" F32("a", "[8]", "0", "32") "}}",
		"{" F32("a", "[7]", "0", "32") "}",                                  /* shape and size */
		"{" F32("a", "[9]", "0", "36") "}",                                  /* over the end */
		"{" F32("a", "[7]", "0", "28") "}",                                  /* before the end */
		"{" F32("a", "[5]", "0", "20") "," F32("b", "[4]", "16", "32") "}",  /* overlap */
		"{" F32("a", "[2]", "0", "8") "," F32("b", "[4]", "16", "32") "}",   /* hole */
		"{" F32("a", "[4]", "0", "16") "," F32("a", "[4]", "16", "32") "}",  /* twice */
		"{" F32("a", "[8]", "32", "0") "}",
		"{" F32("a", "[-8]", "0", "32") "}",
		"{" F32("a", "[8.5]", "0", "32") "}",
		"{" F32("a", "[1e300]", "0", "32") "}",
		"{" F32("a", "[4294967296,4294967296,8]", "0", "32") "}",            /* overflow */
		"{" F32("a", "[1,1,1,1,1,1,1,1,8]", "0", "32") "}",
		"{" F32("a", "8", "0", "32") "}",
		"{\"a\":{\"dtype\":\"F33\",\"shape\":[8],\"data_offsets\":[0,32]}}",
		"{\"a\":{\"shape\":[8],\"data_offsets\":[0,32]}}",
		"{\"a\":{\"dtype\":\"F32\",\"data_offsets\":[0,32]}}",
		"{\"a\":{\"dtype\":\"F32\",\"shape\":[8]}}",
		"{\"a\":{\"dtype\":\"F32\",\"shape\":[8],\"data_offsets\":[0]}}",
		"{\"a\":{\"dtype\":\"F32\",\"shape\":[8],\"data_offsets\":[0,32,1]}}",
		"{\"a\":3}",
	};
	for (size_t i = 0; i < sizeof headers / sizeof *headers; i++) {
		size_t len;
		unsigned char *file = make(headers[i], 32, &len);
		struct safetensors st;
		struct err err = { 0 };
		if (safetensors_read(&st, file, len, &err) == 0)
			fail_msg("accepted: %s", headers[i]);
		assert_int_equal(err.code, ERR_MODEL);
		safetensors_free(&st);
		free(file);
	}
}

static void a_file_that_was_cut_off_is_refused(void **state)
{
	(void)state;
	size_t len;
	unsigned char *file = make("{" F32("a", "[8]", "0", "32") "}", 32, &len);
	struct safetensors st;
	struct err err = { 0 };
	for (size_t n = 0; n < len; n++) {
		unsigned char *cut = mem_alloc(n, 1); /* of that size, so that a sanitizer sees */
		memcpy(cut, file, n);
		assert_int_equal(safetensors_read(&st, cut, n, &err), -1);
		assert_int_equal(err.code, ERR_MODEL);
		safetensors_free(&st);
		free(cut);
	}
	assert_int_equal(safetensors_read(&st, file, len, &err), 0);
	safetensors_free(&st);
	memset(file, 0xff, 8); /* a header of 2^64 - 1 bytes */
	assert_int_equal(safetensors_read(&st, file, len, &err), -1);
	safetensors_free(&st);
	free(file);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tensors_are_found),
		cmocka_unit_test(damaged_headers_are_refused),
		cmocka_unit_test(a_file_that_was_cut_off_is_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
