/* Where parts of a passage stand in the bytes of its file. */
#define _XOPEN_SOURCE 700
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "query/in_source.h"

static char path[] = "/tmp/akin-in-source-XXXXXX";

static void write_file(const char *bytes)
{
	strcpy(path, "/tmp/akin-in-source-XXXXXX");
	int fd = mkstemp(path);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, bytes, strlen(bytes)), (ssize_t)strlen(bytes));
	close(fd);
}

/* The quote's bytes of the file; it is looked for in `text`, which lies at [start, end). */
static bool look_up(const char *text, uint64_t start, uint64_t end, const char *quote,
                    struct in_source_range *range)
{
	struct in_source_passage p = { path, start, end, 7, span_of(text) };
	size_t at = (size_t)(strstr(text, quote) - text);
	*range = (struct in_source_range){ at, at + strlen(quote), 0 };
	return in_source(&p, range, 1);
}

static void a_quote_is_found_by_its_bytes_and_line(void **state)
{
	(void)state;
	struct in_source_range r;
	write_file("head\nOne two.\nThree four.\n");
	assert_true(look_up("One two.\nThree four.", 5, 25, "Three", &r));
	assert_int_equal(r.start, 14);
	assert_int_equal(r.end, 19);
	assert_int_equal(r.line, 8);
	unlink(path);
}

/* Two passages joined, line ends of another system, indented lines. */
static void white_space_may_differ(void **state)
{
	(void)state;
	struct in_source_range r;
	write_file("One two.\r\n\r\n\r\n   Three\tfour.  Five.\r\n");
	assert_true(look_up("One two.\n\nThree four. Five.", 0, 37, "four. Five", &r));
	assert_int_equal(r.start, 23);
	assert_int_equal(r.end, 34);
	assert_int_equal(r.line, 10);
	unlink(path);
}

static void what_is_not_there_is_not_guessed(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		uint64_t start, end;
	} cases[] = {
		{ "One three.", 0, 8 },  /* it has changed */
		{ "One two. Three", 0, 8 }, /* it ends before the passage does */
		{ "One", 0, 8 },         /* and the other way round */
		{ "One two.", 0, 900 },  /* the file is shorter */
		{ "One two.", 8, 0 },
		{ "Onetwo.", 0, 8 },     /* white space against none */
	};
	write_file("One two.");
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct in_source_range r;
		assert_false(look_up(cases[i].text, cases[i].start, cases[i].end, "One", &r));
		assert_int_equal(r.start, 0);
		assert_int_equal(r.end, 3);
	}
	unlink(path);
	struct in_source_range r;
	assert_false(look_up("One two.", 0, 8, "One", &r));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_quote_is_found_by_its_bytes_and_line),
		cmocka_unit_test(white_space_may_differ),
		cmocka_unit_test(what_is_not_there_is_not_guessed),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
