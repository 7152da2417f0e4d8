#define _POSIX_C_SOURCE 200809L
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/err.h"
#include "cli/config.h"
#include "cli/options.h"
#include "cli/paths.h"

struct values {
	bool quiet, verbose;
	const char *db;
	uint64_t limit, size;
	int color;
	struct option_list types;
};

static const char *const colors[] = { "auto", "always", "never", NULL };

/* Splits the line at spaces and parses it; the operands are joined by '|'. */
static int parse(const char *line, bool early, struct values *v, char operands[100], struct err *err)
{
	*v = (struct values){ .limit = 7 };
	*err = (struct err){ 0 };
	const struct option own[] = {
		{ OPTION_NUMBER, 'k', "limit", &v->limit, "N", "how many", 1, 100, NULL },
		{ OPTION_BYTES, 0, "size", &v->size, "SIZE", "how large", 0, UINT64_MAX, NULL },
		{ OPTION_CHOICE, 0, "color", &v->color, "WHEN", "when", 0, 0, colors },
		{ OPTION_LIST, 't', "type", &v->types, "TYPE", "of which type", 0, 0, NULL },
		{ 0 },
	};
	const struct option global[] = {
		{ OPTION_FLAG, 'q', "quiet", &v->quiet, NULL, "less", 0, 0, NULL },
		{ OPTION_FLAG, 'v', "verbose", &v->verbose, NULL, "more", 0, 0, NULL },
		{ OPTION_TEXT, 0, "db", &v->db, "FILE", "the index", 0, 0, NULL },
		{ OPTION_REFUSED, 0, "api-key", NULL, NULL, "set OVHCLOUD_API_KEY", 0, 0, NULL },
		{ 0 },
	};
	static char copy[200];
	char *argv[64], *rest = copy;
	int argc = 0;
	strcpy(copy, line);
	for (char *word; (word = strtok(rest, " ")); rest = NULL)
		argv[argc++] = word;
	int n = options_parse(own, global, argc, argv, early, err);
	operands[0] = '\0';
	for (int i = 0; i < n; i++) {
		strcat(operands, i ? "|" : "");
		strcat(operands, argv[i]);
	}
	return n;
}

static void options_and_operands_mix(void **state)
{
	(void)state;
	struct values v;
	struct err err;
	char operands[100];
	assert_int_equal(parse("a -k 5 b --db=x --quiet - c", false, &v, operands, &err), 4);
	assert_string_equal(operands, "a|b|-|c");
	assert_int_equal(v.limit, 5);
	assert_string_equal(v.db, "x");
	assert_true(v.quiet && !v.verbose);
	assert_int_equal(parse("-qvk9 --color never --size 3M", false, &v, operands, &err), 0);
	assert_true(v.quiet && v.verbose);
	assert_int_equal(v.limit, 9);
	assert_int_equal(v.color, 2);
	assert_int_equal(v.size, 3 << 20);
	assert_int_equal(parse("a -- -q --no", false, &v, operands, &err), 3);
	assert_string_equal(operands, "a|-q|--no");
	assert_false(v.quiet);
	assert_int_equal(v.limit, 7);
	assert_int_equal(parse("-q search -v --x", true, &v, operands, &err), 3);
	assert_string_equal(operands, "search|-v|--x");
	assert_false(v.verbose);
	/* a value may look like an option */
	assert_int_equal(parse("--db -x", false, &v, operands, &err), 0);
	assert_string_equal(v.db, "-x");
}

static void a_list_keeps_what_is_repeated(void **state)
{
	(void)state;
	struct values v;
	struct err err;
	char operands[100], many[200] = "";
	assert_int_equal(parse("-t md a --type=c -tpdf", false, &v, operands, &err), 1);
	assert_int_equal(v.types.n, 3);
	assert_string_equal(v.types.items[0], "md");
	assert_string_equal(v.types.items[1], "c");
	assert_string_equal(v.types.items[2], "pdf");
	assert_int_equal(parse("--type=", false, &v, operands, &err), -1);
	assert_string_equal(err.text, "option '--type' needs a value (TYPE)");
	for (int i = 0; i < OPTION_LIST_MAX + 1; i++)
		strcat(many, "-tx ");
	assert_int_equal(parse(many, false, &v, operands, &err), -1);
	assert_string_equal(err.text, "option '--type' is given more than 32 times");
}

static void bad_options_are_named(void **state)
{
	(void)state;
	static const char *const cases[][2] = {
		{ "--limt 5", "unknown option '--limt'; did you mean '--limit'?" },
		{ "--lim=5", "unknown option '--lim'; did you mean '--limit'?" },
		{ "--hlep", "unknown option '--hlep'; did you mean '--help'?" },
		{ "--frobnicate", "unknown option '--frobnicate'; --help lists them" },
		{ "-z", "unknown option '-z'; --help lists them" },
		{ "-qz", "unknown option '-z'; --help lists them" },
		{ "-k", "option '--limit' needs a value (N)" },
		{ "--db=", "option '--db' needs a value (FILE)" },
		{ "-k five", "option '--limit' wants a number, not 'five'" },
		{ "-k 5x", "option '--limit' wants a number, not '5x'" },
		{ "-k -5", "option '--limit' wants a number, not '-5'" },
		{ "-k 99999999999999999999999", "option '--limit' wants a number, not "
		                                "'99999999999999999999999'" },
		{ "-k 0", "option '--limit' must be between 1 and 100, not 0" },
		{ "-k 101", "option '--limit' must be between 1 and 100, not 101" },
		{ "--size 5X", "option '--size' wants a number of bytes, such as 10M, not '5X'" },
		{ "--color red", "option '--color' must be one of auto, always, never, not 'red'" },
		{ "--quiet=1", "option '--quiet' takes no value" },
		{ "--api-key=secret", "option '--api-key' is not taken: set OVHCLOUD_API_KEY" },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct values v;
		struct err err;
		char operands[100];
		assert_int_equal(parse(cases[i][0], false, &v, operands, &err), -1);
		assert_int_equal(err.code, ERR_USAGE);
		assert_string_equal(err.text, cases[i][1]);
	}
}

static void sizes(void **state)
{
	(void)state;
	uint64_t n;
	assert_int_equal(options_bytes("0", &n), 0);
	assert_int_equal(options_bytes("16k", &n), 0);
	assert_int_equal(n, 16384);
	assert_int_equal(options_bytes("2G", &n), 0);
	assert_int_equal(n, 2ull << 30);
	static const char *const bad[] = { "", "K", "1KB", "-1", "1.5M", "18446744073709551616",
		                           "18446744073709551615K" };
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_int_equal(options_bytes(bad[i], &n), -1);
}

static void config(const char *text, const char *error, const char *db, const char *model)
{
	struct config c = { 0 };
	struct err err = { 0 };
	int rc = config_parse(&c, span_of(text), "F", &err);
	assert_int_equal(rc, error ? -1 : 0);
	if (error)
		assert_string_equal(err.text, error);
	else if (db)
		assert_string_equal(c.values[SETTING_DB], db);
	if (!error && model)
		assert_string_equal(c.values[SETTING_MODEL], model);
	config_free(&c);
}

static void configuration_files(void **state)
{
	(void)state;
	setenv("HOME", "/home/x", 1);
	config("", NULL, NULL, NULL);
	config("# no\n\n db = /a b/c \r\nmodel=local/m", NULL, "/a b/c", "local/m");
	config("db = ~/x.db\nmodel = ~/m", NULL, "/home/x/x.db", "~/m");
	config("db = 1\ndb = 2", NULL, "1", NULL);
	config("\nmodle = x", "unknown key 'modle' in 'F', line 2; did you mean model", NULL, NULL);
	config("api-key = x", "unknown key 'api-key' in 'F', line 1; known are db, model, base-url, ca-file, "
		"chat-model, chat-base-url",
	       NULL, NULL);
	config("db", "no 'key = value' in 'F', line 1", NULL, NULL);
	config("db =", "no value for 'db' in 'F', line 1", NULL, NULL);
}

static void paths(void **state)
{
	(void)state;
	assert_true(path_is_within("/a/b", "/a"));
	assert_true(path_is_within("/a", "/a"));
	assert_true(path_is_within("/a", "/"));
	assert_false(path_is_within("/ab", "/a"));
	assert_string_equal(path_from("/a/b/c", "/a"), "b/c");
	assert_string_equal(path_from("/ab/c", "/a"), "/ab/c");
	assert_string_equal(path_from("/a", "/a"), "/a");
	assert_string_equal(path_from("/a/b", "/"), "/a/b");
	char *p = path_absolute("/usr/../nosuch//dir/./x/../y");
	assert_string_equal(p, "/nosuch/dir/y");
	free(p);
	p = path_absolute("/..");
	assert_string_equal(p, "/");
	free(p);
}

static void document_names(void **state)
{
	(void)state;
	char outer[] = "/r", inner[] = "/r/in", file[] = "/r/one.txt";
	struct store_root items[] = { { .path = outer }, { .path = inner }, { .path = file } };
	struct store_roots roots = { items, 3 };
	static const char *const cases[][4] = {
		{ "/r/a/b.c.md", "/r/a/b.c.md", "a/b.c.md", "b.c" },
		{ "/r/in/x", "/r/in/x", "x", "x" },
		{ "/r/one.txt", "/r/one.txt", "one.txt", "one" },
		{ "/else/.hid", "/else/.hid", ".hid", ".hid" },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		for (int kind = 0; kind < 3; kind++) {
			struct buf b = buf_new(100);
			docid_add(&b, (enum docid_kind)kind, cases[i][0], &roots);
			assert_string_equal(b.p, cases[i][kind + 1]);
			buf_free(&b);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(options_and_operands_mix),
		cmocka_unit_test(a_list_keeps_what_is_repeated),
		cmocka_unit_test(bad_options_are_named),
		cmocka_unit_test(sizes),
		cmocka_unit_test(configuration_files),
		cmocka_unit_test(paths),
		cmocka_unit_test(document_names),
	};
	return cmocka_run_group_tests_name("options", tests, NULL, NULL);
}
