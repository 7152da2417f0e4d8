/* Server-sent events, however their bytes come. */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "models/remote/sse.h"

/* Events as text: field, data, a line each; LF within data as '|'. */
static int note(void *ctx, struct span field, struct span data)
{
	struct buf *b = ctx;
	if (span_equal(data, span_of("END")))
		return 7;
	buf_add_span(b, field);
	buf_add_byte(b, '=');
	for (size_t i = 0; i < data.len; i++)
		buf_add_byte(b, data.p[i] == '\n' ? '|' : data.p[i]);
	buf_add_byte(b, '\n');
	return 0;
}

static void check_pieces(const char *stream, size_t len, size_t piece, const char *expect)
{
	struct sse s;
	struct buf b = buf_new(4096);
	sse_init(&s, note, &b);
	for (size_t at = 0; at < len; at += piece)
		assert_int_equal(sse_feed(&s, (struct span){ stream + at, len - at < piece ? len - at : piece }),
		                 0);
	assert_int_equal(sse_end(&s), 0);
	assert_string_equal(buf_span(&b).p, expect);
	sse_free(&s);
	buf_free(&b);
}

static void lines_end_in_three_ways(void **state)
{
	(void)state;
	static const struct {
		const char *stream, *expect;
	} cases[] = {
		{ "", "" },
		{ "data: a\n\n", "data=a\n" },
		{ "data: a\r\n\r\ndata: b\r\rdata: c\n\n", "data=a\ndata=b\ndata=c\n" },
		{ "data: a\r\n\ndata: b\n\r\n", "data=a\ndata=b\n" },
		{ "data: a\rdata: b\ndata: c\r\n\r\n", "data=a|b|c\n" },
		{ "data:a\n\ndata:  b\n\n", "data=a\ndata= b\n" },
		{ "\xef\xbb\xbf" "data: a\n\n", "data=a\n" },
		{ "\xef\xbb\xbf\ndata: a\n\n", "data=a\n" },
		{ "data: a\n\n\xef\xbb\xbf" "data: b\n\n", "data=a\n" }, /* a BOM is one at the start only */
		{ ":\n\n: ping\r\rdata: a\n: within\n\n", "data=a\n" },
		{ "event: x\nid: 1\nretry: 5\ndata: a\nother: z\n\nevent: y\n\n", "data=a\n" },
		{ "data\n\ndata:\n\ndata: \n\n", "" },
		{ "data:\ndata: a\n\n", "data=a\n" },
		{ "data: a\ndata:\ndata: b\n\n", "data=a||b\n" },
		{ "Data: a\n\n data: b\n\ndatax: c\n\n", "" },
		{ "data: a:b\n\n", "data=a:b\n" },
		{ "error: {}\n\ndata: a\n\n", "error={}\ndata=a\n" },
		{ "data: a\nerror: b\n\n", "data=a\nerror=b\n" },
		{ "data: a", "data=a\n" },
		{ "data: a\n", "data=a\n" },
		{ "data: a\r", "data=a\n" },
		{ "data: a\n\ndata: b\nev", "data=a\ndata=b\n" },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		for (size_t piece = 1; piece <= strlen(cases[i].stream) + 1; piece++)
			check_pieces(cases[i].stream, strlen(cases[i].stream), piece, cases[i].expect);
}

static void nul_bytes_are_bytes(void **state)
{
	(void)state;
	struct sse s;
	struct buf b = buf_new(64);
	sse_init(&s, note, &b);
	assert_int_equal(sse_feed(&s, (struct span){ "data: a\0b\n\n", 11 }), 0);
	assert_int_equal(b.len, 9);
	assert_memory_equal(b.p, "data=a\0b\n", 9);
	sse_free(&s);
	buf_free(&b);
}

static void an_event_may_end_the_parse(void **state)
{
	(void)state;
	struct sse s;
	struct buf b = buf_new(64);
	sse_init(&s, note, &b);
	assert_int_equal(sse_feed(&s, span_of("data: a\n\ndata: END\n\ndata: b\n\n")), 7);
	assert_string_equal(b.p, "data=a\n");
	sse_free(&s);
	sse_init(&s, note, &b);
	assert_int_equal(sse_feed(&s, span_of("data: END")), 0);
	assert_int_equal(sse_end(&s), 7);
	sse_free(&s);
	buf_free(&b);
}

static void events_are_bounded(void **state)
{
	(void)state;
	static const char *const starts[] = { "data: ", "" };
	char *block = malloc(1 << 20);
	for (int form = 0; form < 2; form++) {
		struct sse s;
		struct buf b = buf_new(64);
		sse_init(&s, note, &b);
		/* one long line, or many that are one event */
		memset(block, 'x', 1 << 20);
		for (size_t at = 0; form == 1 && at + 64 <= 1 << 20; at += 64)
			memcpy(block + at, "\ndata: ", 7);
		int rc = sse_feed(&s, span_of(starts[form]));
		size_t fed = 0;
		for (; rc == 0 && fed < 64; fed++)
			rc = sse_feed(&s, (struct span){ block, 1 << 20 });
		assert_int_equal(rc, -1);
		assert_true(fed >= 16 && fed <= 20);
		sse_free(&s);
		buf_free(&b);
	}
	free(block);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_end_in_three_ways),
		cmocka_unit_test(nul_bytes_are_bytes),
		cmocka_unit_test(an_event_may_end_the_parse),
		cmocka_unit_test(events_are_bounded),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
