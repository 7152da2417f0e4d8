#define _POSIX_C_SOURCE 200809L
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/mem.h"
#include "indexer/extract/format.h"
#include "query/date.h"
#include "query/question.h"

/* Noon of 2024-05-31, UTC. */
static const int64_t now = 1717156800LL * 1000000000;

/* "text | phrase; phrase | excluded | number of filters", or the error's text. */
static char *taken_apart(const char *source)
{
	struct question q;
	struct err err = { 0 };
	struct buf out = buf_new(1 << 20);
	if (question_parse(&q, span_of(source), now, &err) < 0)
		return mem_strdup(err.text);
	buf_add_span(&out, q.text);
	buf_add_str(&out, " |");
	for (size_t i = 0; i < q.n_phrases; i++)
		buf_printf(&out, "%s%.*s", i ? "; " : " ", (int)q.phrases[i].len, q.phrases[i].p);
	buf_add_str(&out, " |");
	for (size_t i = 0; i < q.n_excluded; i++)
		buf_printf(&out, "%s%.*s", i ? "; " : " ", (int)q.excluded[i].len, q.excluded[i].p);
	buf_printf(&out, " | %zu", q.filter.n);
	question_free(&q);
	return buf_take(&out, NULL);
}

#define ONLY_FILTERS \
	"the question has filters or exclusions, but nothing to look for; add words (akin ls lists documents)"
#define NO_DATE " is no date; write YYYY, YYYY-MM, YYYY-MM-DD, or an age: 3d, 2w, 6m, 1y"

static const struct {
	const char *source, *wanted;
} cases[] = {
	/* what is text */
	{ "how much notice", "how much notice | | | 0" },
	{ "  two  blanks\tkept ", "  two  blanks\tkept  | | | 0" },
	{ "cats AND dogs OR NOT NEAR(a b) * ^x col:y", "cats AND dogs OR NOT NEAR(a b) * ^x col:y | | | 0" },
	{ "std::vector path::join http://a.b/c", "std::vector path::join http://a.b/c | | | 0" },
	{ "path: /tmp", "path: /tmp | | | 0" },
	{ "path:", "path: | | | 0" },
	{ "Type:md unknown:x mytype:md", "Type:md unknown:x mytype:md | | | 0" },
	{ "a \"b", "a \"b | | | 0" },
	{ "a 5\" disk and a 3\" one", "a 5\" disk and a 3\" one | | | 0" },
	{ "printf(\"hello world\")", "printf(\"hello world\") | | | 0" },
	{ "\"\" \"!?\"", "\"\" \"!?\" | | | 0" },
	{ "title:\"\" title:\"open x", "title:\"\" title:\"open x | | | 0" },
	{ "???", "??? | | | 0" },
	{ "git --no-ignore -9 -rf -O2 -std=c17 -Wl,-x a - b -",
	  "git --no-ignore -9 -rf -O2 -std=c17 -Wl,-x a - b - | | | 0" },
	{ "-word at the start", "-word at the start | | | 0" },
	{ " -word at the start", " -word at the start | | | 0" },
	{ "e-mail semi-detached a-bcd", "e-mail semi-detached a-bcd | | | 0" },
	{ "Personen und -organisationen, Schulen", "Personen und -organisationen, Schulen | | | 0" },
	{ "-\"a phrase\"", "-\"a phrase\" | | | 0" },
	/* phrases */
	{ "\"three months\"", "three months | three months | | 0" },
	{ "notice \"three months\" long", "notice three months long | three months | | 0" },
	{ "\"a b\", \"c d\".", "a b, c d. | a b; c d | | 0" },
	{ "\"5\" disk\" x", "5 disk\" x | 5 | | 0" },
	{ "\"it\"s\" x", "it\"s x | it\"s | | 0" },
	{ "\"北京 大学\"", "北京 大学 | 北京 大学 | | 0" },
	{ "x\u3000\"a b\"\u3000y", "x\u3000a b\u3000y | a b | | 0" },
	/* exclusions */
	{ "jaguar -car", "jaguar | | car | 0" },
	{ "jaguar -car speed", "jaguar speed | | car | 0" },
	{ "jaguar -car, -\"old timer\" -max_file_size x", "jaguar x | | car; old timer; max_file_size | 0" },
	{ "x -\xC3\xA9t\xC3\xA9 -ab -v1.2 -v12a -auto", "x -ab -v1.2 -v12a | | \xC3\xA9t\xC3\xA9; auto | 0" },
	{ "\xE5\x8A\xA8\xE7\x89\xA9 -\xE7\x8C\xAB", "\xE5\x8A\xA8\xE7\x89\xA9 | | \xE7\x8C\xAB | 0" },
	{ "x -\"a", "x -\"a | | | 0" },
	/* filters */
	{ "type:md notice", "notice | | | 1" },
	{ "notice type:md", "notice | | | 1" },
	{ "how type:md  much -type:code notice", "how much notice | | | 2" },
	{ "a path:\"my docs/x\" title:'b b", "a b | | | 2" },
	{ "a -title:\"b c\" lang:de since:2024 before:2w", "a | | | 4" },
	{ "-lang:en a", "a | | | 1" },
	{ "type:md -draft x", "x | | draft | 1" },
	{ "\"a phrase\" type:md -\"no no\"", "a phrase | a phrase | no no | 1" },
	/* made text of */
	{ "\\\"a b\" \\-word \\type:md c:\\dir \\x", "\"a b\" -word type:md c:\\dir \\x | | | 0" },
	/* errors */
	{ "", "the question is empty" },
	{ " \t\n\u3000", "the question is empty" },
	{ "a\xFF", "the question is not valid UTF-8" },
	{ "type:md", ONLY_FILTERS },
	{ " type:md -draft ", ONLY_FILTERS },
	{ "x since:tomorrow", "'since:tomorrow'" NO_DATE },
	{ "x before:2023-02-29", "'before:2023-02-29'" NO_DATE },
	{ "x lang:german", "'lang:german' is no language code, such as en, de, zh" },
	{ "x path:a[b", "no path can match 'path:a[b'; is a bracket open?" },
	{ "x title:--", "no word in 'title:--'" },
};

static void questions_are_taken_apart(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		char *found = taken_apart(cases[i].source);
		if (strcmp(found, cases[i].wanted) != 0)
			print_message("# of: %s\n", cases[i].source);
		assert_string_equal(found, cases[i].wanted);
		free(found);
	}
}

static void plain_text_is_not_copied(void **state)
{
	(void)state;
	struct span source = span_of(" what? -9 \"open ");
	struct question q;
	assert_int_equal(question_parse(&q, source, now, NULL), 0);
	assert_ptr_equal(q.text.p, source.p);
	assert_int_equal(q.text.len, source.len);
	question_free(&q);
}

static void limits_are_errors(void **state)
{
	(void)state;
	struct question q;
	struct err err = { 0 };
	size_t len = (size_t)1 << 20;
	char *text = mem_alloc(len, 1);
	memset(text, 'a', len);
	assert_int_equal(question_parse(&q, (struct span){ text, len }, now, &err), -1);
	assert_int_equal(err.code, ERR_LIMIT);
	assert_string_equal(err.text, "the question is longer than 65536 bytes");
	assert_int_equal(question_parse(&q, (struct span){ text, QUESTION_MAX_BYTES }, now, &err), 0);
	question_free(&q);
	text[7] = '\0';
	assert_int_equal(question_parse(&q, (struct span){ text, 20 }, now, &err), -1);
	assert_string_equal(err.text, "the question is not valid UTF-8");
	const char *many[] = { "\"a\" ", "x -abc ", "x type:a " };
	for (size_t k = 0; k < 3; k++) {
		struct buf out = buf_new(len);
		for (int i = 0; i <= QUESTION_MAX_PHRASES; i++)
			buf_add_str(&out, many[k]);
		assert_int_equal(question_parse(&q, buf_span(&out), now, &err), -1);
		assert_int_equal(err.code, ERR_LIMIT);
		buf_free(&out);
	}
	struct buf out = buf_new(len);
	buf_add_str(&out, "x title:");
	buf_add(&out, text + 8, SEARCH_FILTER_MAX_VALUE + 1);
	assert_int_equal(question_parse(&q, buf_span(&out), now, &err), -1);
	assert_int_equal(err.code, ERR_LIMIT);
	buf_free(&out);
	free(text);
}

static const struct {
	const char *text, *time; /* time NULL: it is none */
} dates[] = {
	{ "2024", "2024-01-01 00:00:00" },
	{ "2024-05", "2024-05-01 00:00:00" },
	{ "2024-02-29", "2024-02-29 00:00:00" },
	{ "1969-07-20", "1969-07-20 00:00:00" },
	{ "3d", "2024-05-28 12:00:00" },
	{ "0d", "2024-05-31 12:00:00" },
	{ "2w", "2024-05-17 12:00:00" },
	{ "1m", "2024-05-01 12:00:00" }, /* April has no 31st */
	{ "6m", "2023-12-01 12:00:00" }, /* nor November */
	{ "1y", "2023-05-31 12:00:00" },
	{ "99999y", "1800-01-01 00:00:00" },
	{ "2023-02-29", NULL }, { "1900-02-29", NULL }, { "2024-13", NULL }, { "2024-00-10", NULL },
	{ "2024-04-31", NULL }, { "2024-5", NULL },     { "24", NULL },      { "1799", NULL },
	{ "2200", NULL },       { "2024/05", NULL },    { "2024-05-", NULL }, { "3", NULL },
	{ "d", NULL },          { "3h", NULL },         { "-3d", NULL },     { "3dd", NULL },
	{ "999999d", NULL },    { "", NULL },           { "2024-05-17T10:00", NULL },
};

static void dates_are_read(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof dates / sizeof *dates; i++) {
		int64_t ns = 1;
		int rc = date_read(span_of(dates[i].text), now, &ns);
		if ((rc == 0) != (dates[i].time != NULL))
			print_message("# of: %s\n", dates[i].text);
		assert_int_equal(rc, dates[i].time ? 0 : -1);
		if (rc < 0)
			continue;
		time_t t = (time_t)(ns / 1000000000);
		struct tm tm;
		char text[40];
		strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S", gmtime_r(&t, &tm));
		assert_string_equal(text, dates[i].time);
	}
}

static const struct {
	const char *filters;
	bool passes;
} conditions[] = {
	{ "type:md", true }, { "type:.MD", true }, { "type:markdown", true }, { "type:text", true },
	{ "type:pdf type:md", true }, { "-type:md", false }, { "type:code", false }, { "type:m", false },
	{ "-type:code type:text", true }, { "type:text -type:md", false },
	{ "lang:fr", true }, { "lang:FR-ca", true }, { "lang:de", false }, { "lang:de lang:fr", true },
	{ "lang:fr type:pdf", false },
	{ "path:docs", true }, { "path:Docs", false }, { "path:/home/a/docs/2024/", true }, { "path:*.md", true },
	{ "path:2024/*.md", true }, { "path:docs/*.md", false }, { "path:docs/**/*.md", true },
	{ "path:docs/**", true }, { "path:/home/**", true }, { "path:/docs/**", false }, { "path:d*s/", true },
	{ "path:ocs/**", false }, { "path:./2024/R*sum??.m?", true }, { "path:*2024*", false },
	{ "-path:docs", false }, { "path:[Rr]*.md", true },
	{ "title:resume", true }, { "title:R\xC3\x89SUM\xC3\x89", true }, { "title:\"travaux resume\"", true },
	{ "title:\"resume absent\"", false }, { "title:sum", false }, { "title:absent title:des", true },
	{ "title:\xE5\x8C\x97\xE4\xBA\xAC", true }, { "title:\xE4\xBA\xAC\xE5\xA4\xA7", true },
	{ "title:\xE5\x8C\x97\xE5\xA4\xA7", false }, { "-title:absent", true },
	{ "since:2024", true }, { "since:2024-05-17", true }, { "since:2024-05-18", false },
	{ "before:2024-05-17", false }, { "before:2024-05-18", true }, { "since:2w", true },
	{ "since:13d", false },
	{ "since:2024-05 before:2024-06", true }, { "since:2030 since:2024", true }, { "-since:2024", false },
};

static void documents_pass_filters(void **state)
{
	(void)state;
	char path[] = "/home/a/docs/2024/R\xC3\xA9sum\xC3\xA9.md";
	char title[] = "R\xC3\xA9sum\xC3\xA9 des travaux: \xE5\x8C\x97\xE4\xBA\xAC\xE5\xA4\xA7\xE5\xAD\xA6";
	struct store_document doc = { .path = path, .title = title, .format = "markdown", .language = "fr",
		                      /* 2024-05-17 12:00 */
		                      .mtime_ns = now - 14LL * 86400 * 1000000000 };
	for (size_t i = 0; i < sizeof conditions / sizeof *conditions; i++) {
		struct question q;
		struct err err = { 0 };
		char source[200];
		snprintf(source, sizeof source, "x %s", conditions[i].filters);
		assert_int_equal(question_parse(&q, span_of(source), now, &err), 0);
		if (search_filter_passes(&q.filter, &doc) != conditions[i].passes)
			print_message("# of: %s\n", source);
		assert_int_equal(search_filter_passes(&q.filter, &doc), conditions[i].passes);
		question_free(&q);
	}
	struct store_document bare = { .path = path };
	struct question q;
	assert_int_equal(question_parse(&q, span_of("x title:a"), now, NULL), 0);
	assert_false(search_filter_passes(&q.filter, &bare));
	question_free(&q);
}

/* Every format that the indexer knows by name is of a group. */
static void every_format_has_a_group(void **state)
{
	(void)state;
	static const char *const names[] = {
		"a.md", "a.txt", "a.html", "a.rst", "a.org", "a.json", "a.csv", "a.c", "a.cc", "a.cs", "a.java",
		"a.js", "a.ts", "a.go", "a.rs", "a.kt", "a.swift", "a.scala", "a.php", "a.dart", "a.zig", "a.d",
		"a.m", "a.groovy", "a.awk", "a.css", "a.proto", "a.cu", "a.tf", "a.py", "a.rb", "a.lua", "a.sh",
		"a.pl", "a.ex", "a.jl", "a.tcl", "a.vim", "a.nim", "a.sql", "a.hs", "a.vb", "a.yaml", "a.xml",
		"a.diff", "a.tex", "a.adoc", "a.srt", "a.toml", "a.eml", "a.ipynb", "a.1",
		"Makefile", "Rakefile", "Jenkinsfile", ".profile",
	};
	static const char *const groups[] = { "code", "text", "doc", "data" };
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		struct format format = format_of(span_of(names[i]), span_of("x\n"));
		char path[] = "/no-extension";
		struct store_document doc = { .path = path };
		strncpy(doc.format, format.name, sizeof doc.format - 1);
		int n = 0;
		for (size_t g = 0; g < 4; g++) {
			struct search_filter f = { 0 };
			assert_int_equal(search_filter_add(&f, FILTER_TYPE, false, span_of(groups[g]), now, NULL), 0);
			n += search_filter_passes(&f, &doc);
			search_filter_free(&f);
		}
		if (n != 1)
			print_message("# of: %s, %s\n", names[i], format.name);
		assert_int_equal(n, 1);
	}
}

int main(void)
{
	setenv("TZ", "UTC", 1);
	tzset();
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(questions_are_taken_apart),
		cmocka_unit_test(plain_text_is_not_copied),
		cmocka_unit_test(limits_are_errors),
		cmocka_unit_test(dates_are_read),
		cmocka_unit_test(documents_pass_filters),
		cmocka_unit_test(every_format_has_a_group),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
