#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/mem.h"
#include "base/walls.h"
#include "indexer/extract/document_check.h"
#include "indexer/extract/document_wire.h"
#include "indexer/extract/outline.h"
#include "indexer/extract/sandbox.h"

/* --- readers, in the child --------------------------------------------------------------- */

static enum skip_reason give(const char *text, struct document *doc)
{
	doc->text = mem_strdup(text);
	doc->text_len = strlen(text);
	doc->derived = true;
	return SKIP_NONE;
}

/* A line a page, each a paragraph. */
static enum skip_reason read_lines(struct span path, struct span bytes, struct document *doc,
                                   const char **why)
{
	(void)why;
	*doc = (struct document){ .text = mem_strndup(bytes.p, bytes.len), .text_len = bytes.len,
		                  .derived = true };
	struct outline o = { .text = { doc->text, doc->text_len } };
	size_t cap = 0;
	for (size_t at = 0; at < bytes.len; at = (size_t)(strchr(doc->text + at, '\n') - doc->text) + 1) {
		outline_add(&o, BLOCK_PARAGRAPH, 0, at, at + strcspn(doc->text + at, "\n"), (struct span){ 0 });
		doc->page_starts = mem_grow(doc->page_starts, &cap, doc->n_pages + 1, sizeof(size_t));
		doc->page_starts[doc->n_pages++] = at;
	}
	doc->blocks = o.items;
	doc->n_blocks = o.n;
	doc->title = mem_strndup(path.p, path.len);
	doc->author = mem_strdup("A. Author");
	doc->date = mem_strdup("2024-05");
	return SKIP_NONE;
}

static enum skip_reason refuses(struct span path, struct span bytes, struct document *doc,
                                const char **why)
{
	(void)path, (void)bytes, (void)doc;
	*why = "it is encrypted";
	return SKIP_UNSUPPORTED;
}

static enum skip_reason crashes(struct span path, struct span bytes, struct document *doc,
                                const char **why)
{
	(void)path, (void)bytes, (void)doc, (void)why;
	raise(SIGSEGV); /* which is refused, as kill() is */
	__builtin_trap();
}

static enum skip_reason recurses(struct span path, struct span bytes, struct document *doc,
                                const char **why)
{
	volatile char frame[4096];
	frame[0] = (char)bytes.len;
	bytes.len++;
	enum skip_reason reason = bytes.len ? recurses(path, bytes, doc, why) : SKIP_NONE;
	frame[1] = frame[0];
	return reason;
}

static enum skip_reason hangs(struct span path, struct span bytes, struct document *doc,
                                const char **why)
{
	(void)path, (void)bytes, (void)doc, (void)why;
	for (volatile int i = 0;; i = !i)
		;
	return SKIP_NONE;
}

static enum skip_reason allocates(struct span path, struct span bytes, struct document *doc,
                                const char **why)
{
	(void)path, (void)bytes, (void)doc, (void)why;
	for (;;)
		memset(mem_alloc(1, 1 << 20), 1, 1 << 20);
	return SKIP_NONE;
}

static enum skip_reason is_endless(struct span path, struct span bytes, struct document *doc,
                                const char **why)
{
	(void)path, (void)bytes, (void)doc, (void)why;
	static char out[65536];
	for (;;)
		if (write(STDOUT_FILENO, out, sizeof out) < 0)
			return SKIP_EMPTY;
}

static enum skip_reason lies(struct span path, struct span bytes, struct document *doc,
                                const char **why)
{
	read_lines(path, bytes, doc, why);
	doc->blocks[0].end = 1 << 30;
	return SKIP_NONE;
}

/* What it tries is refused: the errors become its text. */
static enum skip_reason breaks_out(struct span path, struct span bytes, struct document *doc,
                                const char **why)
{
	(void)path, (void)bytes, (void)why;
	static char shell[] = "sh";
	char *const argv[] = { shell, NULL }, *const none[] = { NULL };
	struct buf out = buf_new(1000);
	buf_printf(&out, "open %d", open("/etc/passwd", O_RDONLY) < 0);
	buf_printf(&out, " create %d", open("/tmp/akin-broke-out", O_WRONLY | O_CREAT, 0600) < 0);
	buf_printf(&out, " unlink %d", unlink("/tmp") < 0);
	buf_printf(&out, " socket %d", socket(AF_INET, SOCK_STREAM, 0) < 0);
	buf_printf(&out, " fork %d", fork() < 0);
	buf_printf(&out, " exec %d", execve("/bin/sh", argv, none) < 0);
	buf_printf(&out, " kill %d", kill(getppid(), 0) < 0);
	buf_printf(&out, " memfd %d", memfd_create("x", 0) < 0);
	return give(buf_span(&out).p, doc);
}

const struct packed_format packed_of_tests[] = {
	{ "lines", "", read_lines, NULL },
	{ "refuses", "", refuses, NULL },
	{ "crashes", "", crashes, NULL },
	{ "recurses", "", recurses, NULL },
	{ "hangs", "", hangs, NULL },
	{ "allocates", "", allocates, NULL },
	{ "endless", "", is_endless, NULL },
	{ "lies", "", lies, NULL },
	{ "breaks out", "", breaks_out, NULL },
	{ NULL, NULL, NULL, NULL },
};

/* --- the parent --------------------------------------------------------------------------- */

static enum skip_reason run(const char *name, const char *bytes, struct document *doc,
                            char why[EXTRACT_WHY])
{
	const struct packed_format *format = packed_by_name(name);
	assert_non_null(format);
	*doc = (struct document){ 0 };
	why[0] = '\0';
	return sandbox_read(format, span_of("a file.x"), span_of(bytes), doc, why);
}

static void is_left_out(const char *name, enum skip_reason reason, const char *wanted)
{
	struct document doc;
	char why[EXTRACT_WHY];
	assert_int_equal(run(name, "one\ntwo\n", &doc, why), reason);
	assert_string_equal(why, wanted);
	assert_null(doc.text);
}

static void a_document_comes_over_whole(void **state)
{
	(void)state;
	struct document doc;
	char why[EXTRACT_WHY];
	assert_int_equal(run("lines", "one\ntwo\nthree\n", &doc, why), SKIP_NONE);
	assert_string_equal(doc.text, "one\ntwo\nthree\n");
	assert_string_equal(doc.title, "a file.x");
	assert_string_equal(doc.author, "A. Author");
	assert_string_equal(doc.date, "2024-05");
	assert_string_equal(doc.format, "lines");
	assert_true(doc.derived);
	assert_int_equal(doc.n_blocks, 3);
	assert_int_equal(doc.n_lines, 4);
	assert_int_equal(document_page(&doc, 9), 3);
	assert_int_equal(document_line(&doc, 5), 2);
	assert_null(document_fault(&doc, (struct span){ 0 }));
	document_free(&doc);
}

static void what_a_reader_refuses_keeps_its_reason(void **state)
{
	(void)state;
	is_left_out("refuses", SKIP_UNSUPPORTED, "it is encrypted");
}

static void a_crash_costs_one_file(void **state)
{
	(void)state;
	is_left_out("crashes", SKIP_MALFORMED, "its reader crashed on it");
	is_left_out("recurses", SKIP_MALFORMED, "its reader crashed on it");
	is_left_out("lies", SKIP_MALFORMED, "its reader made nonsense of it");
}

static void memory_and_output_are_limited(void **state)
{
	(void)state;
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
	is_left_out("allocates", SKIP_TOO_LARGE, "reading it takes more than 200 MB of memory");
#endif
	is_left_out("endless", SKIP_TOO_LARGE, "its text is larger than 32 MB");
}

static void processor_time_is_limited(void **state)
{
	(void)state;
	pid_t pid = fork();
	if (pid == 0) {
		struct walls walls = { .cpu_s = 1 };
		walls_raise(&walls, NULL);
		hangs((struct span){ 0 }, (struct span){ 0 }, NULL, NULL);
	}
	struct process_end end = { 0 };
	assert_int_equal(waitpid(pid, &end.status, 0), pid);
	struct err err = { ERR_INPUT, "" };
	char why[EXTRACT_WHY];
	assert_int_equal(sandbox_judge(&end, &err, 1, why), SKIP_TOO_LARGE);
	assert_string_equal(why, "reading it takes longer than 1 s");
}

static void nothing_leaves_the_walls(void **state)
{
	(void)state;
	struct document doc;
	char why[EXTRACT_WHY];
	if (!walls_have_seccomp())
		skip();
	assert_int_equal(run("breaks out", "", &doc, why), SKIP_NONE);
	assert_string_equal(doc.text, "open 1 create 1 unlink 1 socket 1 fork 1 exec 1 kill 1 memfd 1");
	document_free(&doc);
}

/* A program within walls reads files, and nothing else; what it starts in its turn is refused. */
static void a_program_is_walled_in(void **state)
{
	(void)state;
	struct walls walls = { .cpu_s = 10, .memory = 256 << 20 };
	struct buf out = buf_new(1 << 16);
	struct err err = { 0 };
	struct process_options opt = { .argv = (const char *const[]){ "cat", "/etc/passwd", NULL },
		                       .timeout_ms = 20000, .walls = &walls };
	if (!walls_have_seccomp())
		skip();
	if (process_run(&opt, &out, &err) < 0)
		fail_msg("%s", err.text);
	assert_true(out.len > 0);
	buf_clear(&out);
	static const char *const refused[][5] = {
		{ "cp", "/etc/passwd", "/tmp/akin-broke-out", NULL },
		{ "sh", "-c", "exec cat /etc/passwd", NULL },
		{ "sh", "-c", "ls | cat", NULL },
		{ "rm", "/tmp/akin-is-not-there", NULL },
	};
	for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
		opt.argv = refused[i];
		assert_int_equal(process_run(&opt, &out, &err), -1);
	}
	if (walls_have_landlock()) { /* which files it may read is for Landlock to say */
		char own[] = "/tmp/akin-not-yours-XXXXXX";
		int fd = mkstemp(own);
		assert_int_equal(write(fd, "secret", 6), 6);
		close(fd);
		opt.argv = (const char *const[]){ "cat", own, NULL };
		assert_int_equal(process_run(&opt, &out, &err), -1);
		unlink(own);
	}
	assert_int_equal(out.len, 0);
	assert_int_equal(access("/tmp/akin-broke-out", F_OK), -1);
	buf_free(&out);
}

static void the_wire_takes_nothing_on_trust(void **state)
{
	(void)state;
	struct document doc = { 0 }, again;
	const char *none = NULL;
	char why[EXTRACT_WHY];
	enum skip_reason reason;
	struct buf wire = buf_new(1 << 16);
	read_lines(span_of("x"), span_of("one\ntwo\n"), &doc, &none);
	document_wire_write(SKIP_NONE, NULL, &doc, &wire);
	for (size_t len = 0; len < wire.len; len++)
		assert_int_equal(document_wire_read((struct span){ wire.p, len }, &reason, why, &again), -1);
	/* any byte changed: refused, or a document as it should be */
	for (size_t i = 0; i < wire.len; i++) {
		for (int bit = 0; bit < 8; bit++) {
			wire.p[i] ^= (char)(1 << bit);
			if (document_wire_read(buf_span(&wire), &reason, why, &again) == 0 && reason == SKIP_NONE)
				assert_null(document_fault(&again, (struct span){ 0 }));
			document_free(&again);
			wire.p[i] ^= (char)(1 << bit);
		}
	}
	document_free(&doc);
	buf_free(&wire);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_document_comes_over_whole),
		cmocka_unit_test(what_a_reader_refuses_keeps_its_reason),
		cmocka_unit_test(a_crash_costs_one_file),
		cmocka_unit_test(memory_and_output_are_limited),
		cmocka_unit_test(processor_time_is_limited),
		cmocka_unit_test(nothing_leaves_the_walls),
		cmocka_unit_test(a_program_is_walled_in),
		cmocka_unit_test(the_wire_takes_nothing_on_trust),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
