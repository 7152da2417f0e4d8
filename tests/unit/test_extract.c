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
#include "indexer/extract.h"
#include "tests/support/document_check.h"

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
	const char *why;
	enum skip_reason reason = extract(path_of_case(file), buf_span(&in), &doc, &why);
	if (reason) {
		buf_printf(out, "skipped: %s%s%s\n", skip_reason_name(reason), why ? ", " : "", why ? why : "");
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_cases_give_what_they_say),
	};
	return cmocka_run_group_tests_name("extract", tests, NULL, NULL);
}
