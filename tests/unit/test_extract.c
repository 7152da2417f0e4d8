#define _XOPEN_SOURCE 700
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>
#include <glob.h>

#include "base/buf.h"
#include "base/file.h"
#include "indexer/extract/document_check.h"
#include "indexer/extract/extract.h"
#include "indexer/extract/magic.h"
#include "indexer/extract/packed.h"
#include "tests/support/document_dump.h"

#define CASES "tests/cases/extract/"

static void read_whole(const char *path, struct buf *b)
{
	struct err err = { 0 };
	*b = buf_new(16 << 20);
	if (file_read(path, b, NULL, &err))
		fail_msg("%s", err.text);
}

/* NAME.EXT.in is extracted as "NAME.EXT". */
static struct span path_of_case(const char *file)
{
	const char *name = file + strlen(CASES);
	return (struct span){ name, strlen(name) - strlen(".in") };
}

static void dump_case(const char *file, struct buf *out)
{
	struct buf in;
	read_whole(file, &in);
	struct document doc;
	char why[EXTRACT_WHY];
	enum skip_reason reason = extract(path_of_case(file), buf_span(&in), &doc, why);
	if (reason) {
		buf_printf(out, "skipped: %s%s%s\n", skip_reason_name(reason), why[0] ? ", " : "", why);
	} else {
		const char *fault = document_fault(&doc, buf_span(&in));
		if (fault)
			fail_msg("%s: %s", file, fault);
		document_dump(&doc, out);
	}
	document_free(&doc);
	buf_free(&in);
}

/* With AKIN_WRITE_CASES set the expected files are written, to be read in a diff. */
static void check_case(const char *file)
{
	struct buf out = buf_new(16 << 20), expected;
	dump_case(file, &out);
	char name[4096];
	snprintf(name, sizeof name, "%.*s.expected", (int)(strlen(file) - strlen(".in")), file);
	if (getenv("AKIN_WRITE_CASES")) {
		FILE *f = fopen(name, "wb");
		assert_non_null(f);
		fwrite(out.p, 1, out.len, f);
		fclose(f);
	}
	read_whole(name, &expected);
	if (!span_equal(buf_span(&out), buf_span(&expected)))
		fail_msg("%s differs; it gives:\n%s", name, out.p);
	buf_free(&out);
	buf_free(&expected);
}

static void the_cases_give_what_they_say(void **state)
{
	(void)state;
	glob_t found;
	assert_int_equal(glob(CASES "*.in", 0, NULL, &found), 0);
	for (size_t i = 0; i < found.gl_pathc; i++)
		check_case(found.gl_pathv[i]);
	assert_true(found.gl_pathc > 5);
	globfree(&found);
}


/* ---- properties ------------------------------------------------------------ */

static unsigned next_random(uint64_t *seed)
{
	*seed = *seed * 6364136223846793005u + 1442695040888963407u;
	return (unsigned)(*seed >> 33);
}

static void check_properties(struct span path, struct span bytes)
{
	struct document doc;
	char why[EXTRACT_WHY];
	enum skip_reason reason = extract(path, bytes, &doc, why);
	const char *fault = reason ? NULL : document_fault(&doc, bytes);
	if (reason && (doc.text || doc.blocks || doc.runs))
		fault = "a skipped file leaves a document";
	if (fault)
		fail_msg("%.*s: %s, in:\n%.*s", (int)path.len, path.p, fault, (int)bytes.len, bytes.p);
	document_free(&doc);
}

/* Copies, removes, doubles and overwrites pieces, and puts in what parsers fear. */
static void mutate(uint64_t *seed, struct buf *b)
{
	static const char *const pieces[] = { "\r\n", "\r", "\xFF", "\xE2\x82", "<", "&", "```", "\n\n", "{", "}",
		                              "\"", "'", "<!--", "-->", "\\", "::\n", "| ", "#", "\t", "*/", "/*",
		                              "\xEF\xBB\xBF", "---\n", "<pre>", "</", "\x01", "\xC3\xA9", "=" };
	if (b->len == 0)
		return;
	for (unsigned n = 1 + next_random(seed) % 6; n > 0 && b->len > 1; n--) {
		size_t at = next_random(seed) % b->len;
		size_t len = next_random(seed) % 20;
		len = len < b->len - at ? len : b->len - at - 1;
		const char *piece = pieces[next_random(seed) % (sizeof pieces / sizeof *pieces)];
		struct buf out = buf_new(16 << 20);
		buf_add(&out, b->p, at);
		switch (next_random(seed) % 4) {
		case 0:
			break;
		case 1:
			buf_add_str(&out, piece);
			len = 0;
			break;
		case 2:
			buf_add(&out, b->p + at, len);
			len = 0;
			break;
		default:
			buf_add_byte(&out, (char)next_random(seed));
			len = 1;
		}
		buf_add(&out, b->p + at + len, b->len - at - len);
		buf_free(b);
		*b = out;
	}
}

/* A child reads it: a process for each mutation is what tests/cli/test_mutated.sh has time for. */
static bool is_packed(struct span path, struct span bytes)
{
	const char *magic = magic_format(path, bytes);
	return magic && packed_by_magic(magic);
}

static void mutated_cases_keep_the_properties(void **state)
{
	(void)state;
	glob_t found;
	uint64_t seed = 7;
	assert_int_equal(glob(CASES "*.in", 0, NULL, &found), 0);
	for (size_t i = 0; i < found.gl_pathc; i++) {
		struct buf in;
		read_whole(found.gl_pathv[i], &in);
		bool packed = is_packed(path_of_case(found.gl_pathv[i]), buf_span(&in));
		for (int round = 0; round < 150 && !packed; round++) {
			struct buf b = buf_new(16 << 20);
			buf_add(&b, in.p, in.len);
			mutate(&seed, &b);
			check_properties(path_of_case(found.gl_pathv[i]), buf_span(&b));
			buf_free(&b);
		}
		buf_free(&in);
	}
	globfree(&found);
}

/* A megabyte of one thing, for each format: what is not linear does not end. */
static void hostile_inputs_end(void **state)
{
	(void)state;
	static const char *const names[] = { "a.md", "a.html", "a.rst", "a.org", "a.json", "a.csv", "a.c",
		                             "a.py", "a.sql", "a.txt", "a.ini", "a.tex", "a.adoc", "a.srt",
		                             "a.yaml", "a.toml", "a.eml", "a.ipynb", "a.1" };
	static const char *const units[] = {
		"<", "a", "<div>", "<a ", "<b x=\"", "[", "![", "{", "(", "\"", "'", "`", "\\`", "\\'", "*", "_",
		"# a\n", "- ", "- a\n", ">", "> a\n", "|", "|a\n", "\n", "\r", "a\r\n", "```\n", "<!--", "<!-- \n",
		"/*", "//", "class {", "f() {\n", "def f\n", "&", "&#", "&amp;", "==\n", "a\n==\n",
		".. a::\n", "::\n\n a\n",
		"\xC3\xA9", "\xE9", "\xFF", "\x1b$B", " ", "\t", "a b ", "</script", "<script>", "<tr><td>", "<li>",
		"<title>", "<p hidden>", "<div role=menu>",
		"{\"a\":", "\"\n", "a,\"", "#+BEGIN_SRC\n", "* a\n", "---\n", "@a\n", "\"\"\"", "[[", "]]",
		"a\n\n", "\\section{", "\\section{a}", "\\begin{a}", "\\begin{verbatim}\n", "\\item", "%", "= a\n",
		"----\n", "|===\n", "0:1 --> 0:2\n", "a:\n", "a:\n\n\n", "[a]\n", "#\n",
		"From a\nTo: b\n\n", "Content-Type: multipart/alternative; boundary=b\n\n--b\n",
		"a: =?utf-8?q?a?=\n ",
		"From: a\nSubject: b\n", "--b\n", "=?", "=\n", "{\"cells\":[", "[1,",
		".SH a\n", ".TP\n", ".Op Fl a\n", "\\(",
		".if \\{\n", ".TS\n", ".TH a 1\n.RS\n",
	};
	for (size_t u = 0; u < sizeof units / sizeof *units; u++) {
		struct buf b = buf_new(4 << 20);
		while (b.len < 1 << 20)
			buf_add_str(&b, units[u]);
		for (size_t n = 0; n < sizeof names / sizeof *names; n++)
			check_properties(span_of(names[n]), buf_span(&b));
		buf_free(&b);
	}
}

static void ranges_lead_back_to_the_source(void **state)
{
	(void)state;
	const char source[] = "\xEF\xBB\xBFone\r\ntwo \xE2\x82\xAC\r\nthree";
	struct document doc;
	char why[EXTRACT_WHY];
	assert_int_equal(extract(span_of("a.txt"), span_of(source), &doc, why), SKIP_NONE);
	assert_string_equal(doc.text, "one\ntwo \xE2\x82\xAC\nthree");
	for (size_t i = 0; i < doc.text_len; i++) {
		size_t from, to;
		document_source_range(&doc, i, i + 1, &from, &to);
		if (doc.text[i] == '\n')
			assert_memory_equal(source + from, "\r\n", 2);
		else
			assert_int_equal(source[from], doc.text[i]);
		assert_int_equal(to - from, doc.text[i] == '\n' ? 2 : 1);
	}
	assert_int_equal(doc.n_lines, 3);
	assert_int_equal(document_line(&doc, 0), 1);
	assert_int_equal(document_line(&doc, 7), 1);
	assert_int_equal(document_line(&doc, 8), 2);
	assert_int_equal(document_line(&doc, 17), 3);
	assert_int_equal(document_line(&doc, 999), 3);
	document_free(&doc);
	assert_null(doc.text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_cases_give_what_they_say),
		cmocka_unit_test(ranges_lead_back_to_the_source),
		cmocka_unit_test(mutated_cases_keep_the_properties),
		cmocka_unit_test(hostile_inputs_end),
	};
	return cmocka_run_group_tests_name("extract", tests, NULL, NULL);
}
