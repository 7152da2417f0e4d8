#define _POSIX_C_SOURCE 200809L
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/columns.h"
#include "cli/show.h"
#include "cli/terminal.h"

static void gives(void (*f)(struct buf *, struct span), const char *in, size_t len, const char *out)
{
	struct buf b = buf_new(1000);
	f(&b, (struct span){ in, len });
	assert_string_equal(buf_span(&b).p, out);
	buf_free(&b);
}

#define GIVES(f, in, out) gives(f, in, sizeof in - 1, out)
#define NO "\xEF\xBF\xBD" /* U+FFFD */

static void text_cannot_drive_a_terminal(void **state)
{
	(void)state;
	GIVES(text_harmless, "plain \xC3\xA9 \xE6\xBC\xA2 \xF0\x9F\x98\x80",
	      "plain \xC3\xA9 \xE6\xBC\xA2 \xF0\x9F\x98\x80");
	GIVES(text_harmless, "\x1b]0;title\x07x\x1b[2J", NO "]0;title" NO "x" NO "[2J");
	GIVES(text_harmless, "a\tb\r\nc\x7f\0d", "a b  c" NO NO "d");
	GIVES(text_harmless, "\xC2\x9B" "31m", NO "31m");           /* C1: CSI */
	GIVES(text_harmless, "\xE2\x80\xAE" "evil\xE2\x81\xA6", NO "evil" NO); /* RLO, LRI */
	GIVES(text_harmless, "\xF3\xA0\x81\xA1", NO);               /* a tag character */
	GIVES(text_harmless, "a\xFF\xC3", "a" NO NO);
}

static void paths_lose_no_byte(void **state)
{
	(void)state;
	GIVES(text_path, "/a b/\xC3\xA9.txt", "/a b/\xC3\xA9.txt");
	GIVES(text_path, "a\nb\tc\x1b[0m\xFF", "a\\nb\\tc\\x1b[0m\\xff");
	GIVES(text_path, "\xE2\x80\xAE.txt", "\\xe2\\x80\\xae.txt");
}

static void urls_are_encoded(void **state)
{
	(void)state;
	struct buf b = buf_new(1000);
	text_file_url(&b, "host", "/a b/\xC3\xA9%;\x1b#?.md", 12);
	assert_string_equal(b.p, "file://host/a%20b/%C3%A9%25%3B%1B%23%3F.md#12");
	buf_free(&b);
}

static void columns(void **state)
{
	(void)state;
	assert_int_equal(columns_in(span_of("abc")), 3);
	assert_int_equal(columns_in(span_of("e\xCC\x81")), 1);
	assert_int_equal(columns_in(span_of("\xE6\xBC\xA2\xED\x95\x9C")), 4);
	assert_int_equal(columns_in(span_of("\xF0\x9F\x98\x80")), 2);
	assert_int_equal(columns_in(span_of("\xE0\xB8\x81\xE0\xB8\xB4")), 1); /* Thai with a vowel above */
}

static void colours_follow_the_environment(void **state)
{
	(void)state;
	struct terminal t;
	FILE *null = fopen("/dev/null", "w");
	unsetenv("NO_COLOR");
	unsetenv("CLICOLOR_FORCE");
	terminal_init(&t, null, COLOR_AUTO);
	assert_false(t.color || t.tty);
	assert_int_equal(t.width, 80);
	assert_string_equal(terminal_style(&t, STYLE_MARK), "");
	setenv("CLICOLOR_FORCE", "1", 1);
	terminal_init(&t, null, COLOR_AUTO);
	assert_true(t.color);
	setenv("NO_COLOR", "1", 1);
	terminal_init(&t, null, COLOR_AUTO);
	assert_false(t.color);
	terminal_init(&t, null, COLOR_ALWAYS);
	assert_true(t.color);
	/* no link where nobody can click */
	struct buf b = buf_new(100);
	terminal_link(&t, &b, "/a", 1, span_of("label"));
	assert_string_equal(b.p, "label");
	buf_free(&b);
	unsetenv("NO_COLOR");
	unsetenv("CLICOLOR_FORCE");
	fclose(null);
}

static void lines_keep_to_the_width(void **state)
{
	(void)state;
	static const char *const texts[] = {
		"one two three four five six seven eight nine ten eleven twelve thirteen",
		"averyveryveryveryveryverylongwordwithoutanyplacetocutit and more",
		("\xE6\xBC\xA2\xE6\xBC\xA2\xE6\xBC\xA2\xE6\xBC\xA2\xE6\xBC\xA2\xE6\xBC\xA2\xE6\xBC\xA2"
		 "\xE6\xBC\xA2\xE6\xBC\xA2\xE6\xBC\xA2\xE6\xBC\xA2\xE6\xBC\xA2\xE6\xBC\xA2 x"),
	};
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		struct terminal t = { .width = 26 };
		struct buf b = buf_new(10000), words = buf_new(10000);
		show_wrapped(&t, &b, span_of(texts[i]), &(struct evidence){ .n = 0 }, 4);
		for (char *line = strtok(b.p, "\n"); line; line = strtok(NULL, "\n")) {
			assert_true(columns_in(span_of(line)) <= 26 + (line[strlen(line) - 1] == ' '));
			buf_add_str(&words, line + 4);
		}
		/* nothing is lost but spaces at line ends */
		size_t kept = 0;
		for (const char *p = texts[i]; *p; p++)
			kept += *p != ' ';
		for (const char *p = words.p; *p; p++)
			kept -= *p != ' ';
		assert_int_equal(kept, 0);
		buf_free(&b);
		buf_free(&words);
	}
}

static void marks_end_with_their_line(void **state)
{
	(void)state;
	struct terminal t = { .width = 24, .color = true };
	struct buf b = buf_new(10000);
	const struct evidence marks = { { { 7, 27 }, { 34, 39 } }, 2 };
	show_wrapped(&t, &b, span_of("before marked marked marked after again"), &marks, 4);
	assert_string_equal(b.p, "    before \x1b[1;4mmarked marked\x1b[0m\n"
	                         "    \x1b[1;4mmarked\x1b[0m after \x1b[1;4magain\x1b[0m\n");
	buf_free(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text_cannot_drive_a_terminal),
		cmocka_unit_test(paths_lose_no_byte),
		cmocka_unit_test(urls_are_encoded),
		cmocka_unit_test(columns),
		cmocka_unit_test(colours_follow_the_environment),
		cmocka_unit_test(lines_keep_to_the_width),
		cmocka_unit_test(marks_end_with_their_line),
	};
	return cmocka_run_group_tests_name("terminal", tests, NULL, NULL);
}
