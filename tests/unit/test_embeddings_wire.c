/* The bytes of the embeddings API: requests written, replies read, errors understood. */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <dirent.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/json.h"
#include "models/remote/embeddings_wire.h"
#include "models/remote/number.h"
#include "models/remote/refusal.h"

/* ---- numbers ---- */

static float ulp_of(float x)
{
	return fabsf(nextafterf(x, INFINITY) - x);
}

static void check_number(const char *s)
{
	float got = NAN;
	const char *end = s + strlen(s), *next = number_scan(s, end, &got);
	double want = strtod(s, NULL);
	if (next != end || fabs((double)got - want) > (double)ulp_of((float)want))
		fail_msg("'%s' gives %.9g instead of %.9g", s, (double)got, want);
}

static void numbers_are_right(void **state)
{
	(void)state;
	static const char *const some[] = {
		"0", "-0", "1", "-1", "0.5", "123456789", "1e5", "1E+5", "1e-5", "-4.547132266452536e-05",
		"0.000000000000000000000000000000000000000000001", "3.4028234e38", "1.17549435e-38",
		"9007199254740993", "123456789012345678901234567890", "0.1234567890123456789012345678",
		"1234567890123456789012345678901234567890e-40", "0.00000000000000000000000000000000001e35",
		"1e-400", "-1e-40", "1e-45", "18446744073709551616", "99999999999999999999e-20"
	};
	for (size_t i = 0; i < sizeof some / sizeof *some; i++)
		check_number(some[i]);
	static const char *const formats[] = { "%.17g", "%.9g", "%.6f", "%.3e", "%.20f", "%.0f" };
	unsigned seed = 5;
	for (int i = 0; i < 200000; i++) {
		char s[80];
		double x = ((double)rand_r(&seed) / RAND_MAX - 0.5) * pow(10, rand_r(&seed) % 12 - 9);
		snprintf(s, sizeof s, formats[i % 6], x);
		check_number(s);
	}
}

/* The array of one number, and enough behind it for the short path, as for a number
 * amid a reply. */
static void check_in_array(const char *s)
{
	char body[160];
	float got[2] = { NAN, NAN };
	size_t n;
	int len = snprintf(body, sizeof body, "%s,0.25]%40s", s, "");
	const char *next = number_scan_array(body, body + len, got, 2, &n);
	double want = strtod(s, NULL);
	if (next != body + strlen(s) + 6 || n != 2 || got[1] != 0.25f ||
	    fabs((double)got[0] - want) > (double)ulp_of((float)want))
		fail_msg("'%s' gives %.9g instead of %.9g in an array", s, (double)got[0], want);
}

static void numbers_in_arrays_are_right(void **state)
{
	(void)state;
	static const char *const some[] = {
		"0", "-0", "0.0", "-0.0", "1", "-12", "9.5", "12.5", "0.5e3", "-0.5E-3", "1.0e+2",
		"0.12345678", "0.1234567", "0.123456789", "-0.1234567812345678", "0.12345678123456781",
		"0.123456789012345678", "0.1234567890123456789", "9.999999999999999999",
		"0.0000000000000000000000", "0.0000000000000000000001", "0.00000000000000000000000",
		"0.000000000000000000000001234", "0.00000000123456789012345678901234567890",
		"0.0000000099999999999999999", "0.999999999999999999999999999999999999", "-9.0000001",
		"0.012345678 ", "0.25\t", "0.25\n"
	};
	for (size_t i = 0; i < sizeof some / sizeof *some; i++) {
		char s[80];
		snprintf(s, sizeof s, "%s", some[i]);
		if (strpbrk(s, " \t\n")) {
			float x;
			size_t n;
			strcat(s, ",1                                ]");
			assert_ptr_equal(number_scan_array(s, s + strlen(s), &x, 1, &n), s + strlen(s));
			assert_true(n == 2 && x == strtof(s, NULL));
		} else {
			check_in_array(s);
		}
	}
	static const char *const formats[] = { "%.17g", "%.16g", "%.9g",  "%.8f",
		                                   "%.18f", "%.20f", "%.22f", "%.24f" };
	unsigned seed = 6;
	size_t n_off = 0;
	enum { N = 200000 };
	for (int i = 0; i < N; i++) {
		char s[80];
		double x = ((double)rand_r(&seed) / RAND_MAX - 0.5) * pow(10, rand_r(&seed) % 8 - 6);
		snprintf(s, sizeof s, formats[i % 8], x);
		check_in_array(s);
		float got;
		size_t n;
		strcat(s, "]                            ");
		assert_non_null(number_scan_array(s, s + strlen(s), &got, 1, &n));
		n_off += got != strtof(s, NULL);
	}
	/* what is rounded twice falls on the wrong side once in some 10^8 */
	assert_in_range(n_off, 0, 2);
}

static void what_is_no_array_of_numbers_is_none(void **state)
{
	(void)state;
	static const char *const bad[] = {
		"", "1", "1,", "1,]", ",1]", "1 2]", "1.]", "0.]", ".5]", "-]", "0.5.5]", "0.5-]", "0.5e]",
		"0x1]", "--0.5]", "+0.5]", "0,5:]", "0.12345678x]", "0.1234567:]", "nul]", "[1]]", "\"1\"]",
		"0.1234567\xB1]", "0.\xB1]", "\xB1.5]", "0.12345678\x80\x81]"
	};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		for (int pad = 0; pad <= 40; pad += 40) {
			char s[120];
			float x[4];
			size_t n;
			int len = snprintf(s, sizeof s, "%s%*s", bad[i], pad, "");
			if (number_scan_array(s, s + len, x, 4, &n))
				fail_msg("taken: %s", bad[i]);
		}
}

static void an_array_cut_anywhere_is_refused(void **state)
{
	(void)state;
	const char *s = "0.01234567890123456,-1.5 ,\n null,NaN, -0.000000000000000000000001,"
	                "12,0.5e-3,7.25]";
	for (size_t len = 0; len <= strlen(s); len++) {
		/* a copy without a byte behind it, for the sanitizer to see reads beyond the end */
		char *copy = malloc(len + 1);
		memcpy(copy + 1, s, len);
		float x[8];
		size_t n;
		const char *next = number_scan_array(copy + 1, copy + 1 + len, x, 8, &n);
		assert_ptr_equal(next, len == strlen(s) ? copy + 1 + len : NULL);
		if (next) {
			assert_int_equal(n, 8);
			assert_true(x[0] == 0.01234567890123456f && x[1] == -1.5f && isnan(x[2]) && isnan(x[3]) &&
			            x[5] == 12 && x[7] == 7.25f);
		}
		free(copy);
	}
}

static void what_is_no_number_is_none(void **state)
{
	(void)state;
	static const char *const bad[] = { "", "-", ".5", "1.", "1.e5", "1e", "1e+", "x", "null", "--1" };
	float x;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_null(number_scan(bad[i], bad[i] + strlen(bad[i]), &x));
	const char *large = "1e999";
	assert_non_null(number_scan(large, large + 5, &x));
	assert_true(isinf(x));
	const char *nan_text = "NaN,";
	assert_ptr_equal(number_scan(nan_text, nan_text + 4, &x), nan_text + 3);
	assert_true(isnan(x));
	const char *minus = "-Infinity";
	assert_non_null(number_scan(minus, minus + 9, &x));
	assert_true(isinf(x) && x < 0);
}

/* ---- requests ---- */

static void a_request_holds_model_and_input_only(void **state)
{
	(void)state;
	struct span texts[] = { span_of("plain"), span_of("a \"quote\" \\ \n\t\x01 \xC3\xA9 \xFF"),
		                    { "nul\0in", 6 } };
	struct buf b = buf_new(4096);
	assert_int_equal(wire_request(&b, "m\"x", "query: ", texts, 3), 0);
	assert_string_equal(b.p, "{\"model\":\"m\\\"x\",\"input\":[\"query: plain\","
	                         "\"query: a \\\"quote\\\" \\\\ \\n\\t\\u0001 \xC3\xA9 \xEF\xBF\xBD\","
	                         "\"query: nul\\u0000in\"]}");
	buf_free(&b);
	b = buf_new(20);
	assert_int_equal(wire_request(&b, "model", "", texts, 3), -1);
	buf_free(&b);
}

static void the_size_of_a_text_is_known_before(void **state)
{
	(void)state;
	struct span texts[] = { span_of("plain"), span_of("a \"quote\" \n\x01 \xC3\xA9") };
	struct buf b = buf_new(4096);
	wire_request(&b, "m", "", texts, 2);
	/* {"model":"m","input":[]} and no comma before the first */
	assert_int_equal(b.len, 24 - 1 + wire_text_bytes(texts[0]) + wire_text_bytes(texts[1]));
	buf_free(&b);
}

/* ---- replies ---- */

static int parse(struct wire_reply *r, const char *body, size_t n, size_t dim, bool *in_band)
{
	/* a copy without a byte behind it, for the sanitizer to see reads beyond the end */
	size_t len = strlen(body);
	char *copy = malloc(len ? len : 1);
	memcpy(copy, body, len);
	struct err err = { 0 };
	int rc = wire_parse(r, (struct span){ copy, len }, n, dim, in_band, &err);
	free(copy);
	if (rc < 0)
		assert_int_equal(err.code, ERR_REPLY);
	return rc;
}

#define ITEM(index, v) "{\"index\":" index ",\"embedding\":" v "}"

static void vectors_are_placed_by_index_and_normalised(void **state)
{
	(void)state;
	struct wire_reply r;
	bool in_band;
	assert_int_equal(parse(&r, "{\"data\":[" ITEM("1", "[0,5]") "," ITEM("0", "[3,4]") "]}", 2, 0,
	                       &in_band), 0);
	assert_int_equal(r.n_ok, 2);
	assert_int_equal(r.dim, 2);
	assert_true(fabsf(r.vectors[0] - 0.6f) < 1e-6f && fabsf(r.vectors[1] - 0.8f) < 1e-6f);
	assert_true(r.vectors[2] == 0 && r.vectors[3] == 1);
	wire_reply_release(&r);
}

static void a_spoilt_vector_is_one_texts_failure(void **state)
{
	(void)state;
	static const struct {
		const char *vector;
		enum wire_row row;
	} cases[] = { { "null", ROW_NULL }, { "[]", ROW_NULL }, { "[0,0]", ROW_ZERO },
		          { "[NaN,1]", ROW_NOT_FINITE }, { "[1,null]", ROW_NOT_FINITE },
		          { "[-Infinity,1]", ROW_NOT_FINITE }, { "[1e99,1]", ROW_NOT_FINITE },
		          { "[1,2,3]", ROW_DIM }, { "[1]", ROW_DIM }, { "\"AACAPw==\"", ROW_DIM },
		          { "\"\"", ROW_NULL } };
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		char body[256];
		struct wire_reply r;
		bool in_band;
		snprintf(body, sizeof body, "{\"data\":[" ITEM("0", "[3,4]") "," ITEM("1", "%s") "]}",
		         cases[i].vector);
		if (parse(&r, body, 2, 2, &in_band) < 0)
			fail_msg("%s", cases[i].vector);
		assert_int_equal(r.n_ok, 1);
		assert_int_equal(r.rows[1], cases[i].row);
		assert_true(r.vectors[2] == 0 && r.vectors[3] == 0);
		wire_reply_release(&r);
	}
}

static void what_cannot_be_placed_is_refused(void **state)
{
	(void)state;
	static const char *const bad[] = {
		"", "{", "null", "[]", "{}", "{\"data\":null}", "{\"data\":[]}", "{\"data\":{}}",
		"{\"data\":[" ITEM("0", "[1,2]") "]}",
		"{\"data\":[" ITEM("0", "[1,2]") "," ITEM("0", "[1,2]") "]}",
		"{\"data\":[" ITEM("0", "[1,2]") "," ITEM("2", "[1,2]") "]}",
		"{\"data\":[" ITEM("0", "[1,2]") "," ITEM("-1", "[1,2]") "]}",
		"{\"data\":[" ITEM("0", "[1,2]") "," ITEM("0.5", "[1,2]") "]}",
		"{\"data\":[" ITEM("0", "[1,2]") ",{\"embedding\":[1,2]}]}",
		"{\"data\":[" ITEM("0", "[1,2]") "," ITEM("1", "[1,2]") "," ITEM("2", "[1,2]") "]}",
		"{\"data\":[" ITEM("0", "[1,2]") "," ITEM("1", "[1,2]") "]",
		"{\"data\":[" ITEM("0", "[1,2]") "," ITEM("1", "[1,2]") "]} x",
		"{\"data\":[" ITEM("0", "[1,2]") " " ITEM("1", "[1,2]") "]}",
		"{\"data\":[" ITEM("0", "[1,2") "," ITEM("1", "[1,2]") "]}",
		"{\"data\":[" ITEM("0", "[1 2]") "," ITEM("1", "[1,2]") "]}",
		"{\"data\":[" ITEM("0", "[[1,2]]") "," ITEM("1", "[1,2]") "]}",
		"{\"data\":[" ITEM("0", "{}") "," ITEM("1", "[1,2]") "]}",
		"{\"data\":[" ITEM("0", "\"no base64!\"") "," ITEM("1", "[1,2]") "]}",
		"{\"data\":[" ITEM("0", "\"AACA\"") "," ITEM("1", "[1,2]") "]}",
		"{\"data\":[1,2]}", "<html>502</html>"
	};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct wire_reply r;
		bool in_band;
		if (parse(&r, bad[i], 2, 0, &in_band) == 0)
			fail_msg("taken: %s", bad[i]);
		assert_null(r.vectors);
	}
}

static void a_body_cut_anywhere_is_refused(void **state)
{
	(void)state;
	const char *body = "{\"object\":\"list\",\"data\":[" ITEM("0", "[1.5,2e1]") ","
	                   ITEM("1", "\"AACAPwAAAMA=\"") "],\"usage\":{\"prompt_tokens\":7}}";
	struct wire_reply r;
	bool in_band;
	assert_int_equal(parse(&r, body, 2, 2, &in_band), 0);
	assert_int_equal(r.n_ok, 2);
	assert_int_equal(r.tokens, 7);
	wire_reply_release(&r);
	for (size_t len = 0; len < strlen(body); len++) {
		char cut[256];
		memcpy(cut, body, len);
		cut[len] = '\0';
		assert_int_equal(parse(&r, cut, 2, 2, &in_band), -1);
	}
}

static void deep_nesting_is_refused(void **state)
{
	(void)state;
	enum { DEPTH = 100000 };
	char *body = malloc(DEPTH + 16);
	strcpy(body, "{\"x\":");
	memset(body + 5, '[', DEPTH);
	body[5 + DEPTH] = '\0';
	struct wire_reply r;
	bool in_band;
	assert_int_equal(parse(&r, body, 2, 0, &in_band), -1);
	free(body);
}

static void slashes_in_base64_may_be_escaped(void **state)
{
	(void)state;
	struct wire_reply r;
	bool in_band;
	/* 0x3fffffff, little-endian: "//" in it */
	assert_int_equal(parse(&r, "{\"data\":[" ITEM("0", "\"\\/\\/\\/\\/PwAAAAA=\"") "]}", 1, 2,
	                       &in_band), 0);
	assert_int_equal(r.rows[0], ROW_OK);
	wire_reply_release(&r);
}

/* ---- bodies of real servers, in tests/wire ---- */

static const char *const verdicts[] = {
	[VERDICT_WAIT] = "wait", [VERDICT_RATE] = "rate", [VERDICT_COOLDOWN] = "cooldown",
	[VERDICT_SIZE] = "size", [VERDICT_TEXT] = "text", [VERDICT_KEY] = "key",
	[VERDICT_PAYMENT] = "payment", [VERDICT_MODEL] = "model", [VERDICT_URL] = "url"
};
static const char *const kinds[] = { [LIMIT_TEXTS] = "texts", [LIMIT_BYTES] = "bytes",
	                                 [LIMIT_TEXT_TOKENS] = "text_tokens",
	                                 [LIMIT_BATCH_TOKENS] = "batch_tokens" };

static void describe_refusal(int status, struct span body, char *out, size_t size)
{
	struct refusal f = refusal_read(status, body);
	if (f.verdict == VERDICT_SIZE)
		snprintf(out, size, "size %s %zu", kinds[f.kind], f.limit);
	else
		snprintf(out, size, "%s", verdicts[f.verdict]);
}

static void describe(int status, size_t n, struct span body, char *out, size_t size)
{
	struct wire_reply r;
	bool in_band;
	char why[64];
	if (status != 200) {
		describe_refusal(status, body, out, size);
	} else if (wire_parse(&r, body, n, 0, &in_band, NULL) == 0) {
		snprintf(out, size, "vectors %zu dim %zu tokens %d", r.n_ok, r.dim, (int)r.tokens);
		wire_reply_release(&r);
	} else if (in_band) {
		describe_refusal(status, body, why, sizeof why);
		snprintf(out, size, "in_band %s", why);
	} else {
		snprintf(out, size, "unusable");
	}
}

static void check_file(const char *name)
{
	char path[512], expect[128] = "", got[128];
	int status = 0;
	size_t n = 1;
	struct buf b = buf_new(1 << 20);
	snprintf(path, sizeof path, "tests/wire/%s", name);
	assert_int_equal(file_read(path, &b, NULL, NULL), 0);
	char *body = strstr(b.p, "\n\n"), *line = strstr(b.p, "\nexpect: ");
	assert_non_null(body);
	assert_non_null(line);
	sscanf(line, "\nexpect: %127[^\n]", expect);
	sscanf(strstr(b.p, "status: "), "status: %d", &status);
	if (strstr(b.p, "\ntexts: "))
		sscanf(strstr(b.p, "\ntexts: "), "\ntexts: %zu", &n);
	describe(status, n, span_of(body + 2), got, sizeof got);
	if (strcmp(got, expect) != 0)
		fail_msg("%s: '%s' instead of '%s'", name, got, expect);
	buf_free(&b);
}

static void real_bodies_are_understood(void **state)
{
	(void)state;
	DIR *dir = opendir("tests/wire");
	assert_non_null(dir);
	int n = 0;
	for (struct dirent *entry; (entry = readdir(dir));) {
		if (!strstr(entry->d_name, ".txt") || strncmp(entry->d_name, "chat_", 5) == 0)
			continue;
		check_file(entry->d_name);
		n++;
	}
	closedir(dir);
	assert_true(n >= 40);
}

static void words_are_bounded_and_printable(void **state)
{
	(void)state;
	char *body = malloc(400000);
	int len = sprintf(body, "{\"error\":{\"message\":\"\\u001b[31mred\\n\\u202e");
	memset(body + len, 'x', 300000);
	strcpy(body + len + 300000, "\"}}");
	struct refusal f = refusal_read(500, span_of(body));
	assert_true(strlen(f.words) < sizeof f.words);
	assert_null(strchr(f.words, '\x1b'));
	assert_null(strstr(f.words, "\xE2\x80\xAE"));
	free(body);
	f = refusal_read(500, (struct span){ "", 0 });
	assert_string_equal(f.words, "no words");
	f = refusal_read(502, span_of("<html><title>502 Bad Gateway</title></html>"));
	assert_string_equal(f.words, "502 Bad Gateway");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_are_right),
		cmocka_unit_test(numbers_in_arrays_are_right),
		cmocka_unit_test(what_is_no_array_of_numbers_is_none),
		cmocka_unit_test(an_array_cut_anywhere_is_refused),
		cmocka_unit_test(what_is_no_number_is_none),
		cmocka_unit_test(a_request_holds_model_and_input_only),
		cmocka_unit_test(the_size_of_a_text_is_known_before),
		cmocka_unit_test(vectors_are_placed_by_index_and_normalised),
		cmocka_unit_test(a_spoilt_vector_is_one_texts_failure),
		cmocka_unit_test(what_cannot_be_placed_is_refused),
		cmocka_unit_test(a_body_cut_anywhere_is_refused),
		cmocka_unit_test(deep_nesting_is_refused),
		cmocka_unit_test(slashes_in_base64_may_be_escaped),
		cmocka_unit_test(real_bodies_are_understood),
		cmocka_unit_test(words_are_bounded_and_printable),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
