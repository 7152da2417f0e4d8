#define _POSIX_C_SOURCE 200809L
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/process.h"

enum { LONG_MS = 60000, MAX_OUT = 1 << 20 };

/* A shell is a program like another. */
#define SH(script) ((const char *const[]){ "sh", "-c", script, NULL })

static int run(const char *const *argv, struct span input, int timeout_ms, struct buf *out, struct err *err)
{
	struct process_options opt = { .argv = argv, .input = input, .timeout_ms = timeout_ms };
	*out = buf_new(MAX_OUT);
	*err = (struct err){ 0 };
	return process_run(&opt, out, err);
}

static void says(const char *const *argv, const char *input, const char *wanted)
{
	struct buf out;
	struct err err;
	if (run(argv, span_of(input), LONG_MS, &out, &err) < 0)
		fail_msg("%s", err.text);
	assert_string_equal(buf_span(&out).p, wanted);
	buf_free(&out);
}

static void fails(const char *const *argv, enum err_code code, const char *wanted)
{
	struct buf out;
	struct err err;
	assert_int_equal(run(argv, span_of(""), LONG_MS, &out, &err), -1);
	assert_string_equal(err.text, wanted);
	assert_int_equal(err.code, code);
	buf_free(&out);
}

/* No child is left, not even as a zombie. */
static void assert_no_child(void)
{
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	assert_int_equal(errno, ECHILD);
}

static void input_goes_in_and_output_comes_out(void **state)
{
	(void)state;
	says((const char *const[]){ "cat", NULL }, "a\nb", "a\nb");
	says((const char *const[]){ "cat", NULL }, "", "");
	says((const char *const[]){ "echo", "a  b", "$HOME", ";", "*", NULL }, "", "a  b $HOME ; *\n");
	says((const char *const[]){ "true", NULL }, "not read", "");
	says(SH("cat >/dev/null; echo said >&2; echo out"), "x", "out\n");
	/* both closed before its end */
	says(SH("exec >&- 2>&-; cat >/dev/null; sleep 0.1"), "x", "");
	assert_no_child();
}

/* More than a pipe holds, both ways and on standard error. */
static void large_texts_pass(void **state)
{
	(void)state;
	char *text = mem_alloc(900001, 1);
	memset(text, 'x', 900000);
	text[900000] = '\0';
	says((const char *const[]){ "cat", NULL }, text, text);
	says((const char *const[]){ "true", NULL }, text, "");
	says(SH("cat >&2"), text, "");
	free(text);
}

static void faults_have_words(void **state)
{
	(void)state;
	fails((const char *const[]){ "no-such-program-here", NULL }, ERR_INPUT,
	      "cannot run 'no-such-program-here': No such file or directory");
	fails((const char *const[]){ "/tmp", NULL }, ERR_INPUT, "cannot run '/tmp': Permission denied");
	fails((const char *const[]){ "false", NULL }, ERR_INPUT, "'false' ended with status 1");
	fails(SH("echo one >&2; printf 'no \\033[1mcity\\377\\n\\n' >&2; exit 3"), ERR_INPUT,
	      "'sh' ended with status 3: no ?[1mcity\xEF\xBF\xBD");
	fails(SH("kill -9 $$"), ERR_INPUT, "'sh' was ended by signal 9");
	assert_no_child();
}

static void a_script_without_a_first_line_is_no_program(void **state)
{
	(void)state;
	char path[64];
	snprintf(path, sizeof path, "/tmp/akin_process_%ld", (long)getpid());
	FILE *f = fopen(path, "w");
	assert_non_null(f);
	fputs("echo a shell ran this\n", f);
	fclose(f);
	chmod(path, 0700);
	struct buf out;
	struct err err;
	assert_int_equal(run((const char *const[]){ path, NULL }, span_of(""), LONG_MS, &out, &err), -1);
	assert_non_null(strstr(err.text, "Exec format error"));
	unlink(path);
}

static void output_is_bounded(void **state)
{
	(void)state;
	struct process_options opt = { .argv = SH("while :; do echo 0123456789; done"), .timeout_ms = LONG_MS };
	struct buf out = buf_new(1000);
	struct err err = { 0 };
	assert_int_equal(process_run(&opt, &out, &err), -1);
	assert_int_equal(err.code, ERR_LIMIT);
	assert_string_equal(err.text, "'sh' wrote more than 1000 bytes, and was stopped");
	assert_int_equal(out.len, 1000);
	buf_free(&out);
	/* one that writes a little too much, and has ended when that is seen */
	opt.argv = SH("printf 12345");
	out = buf_new(4);
	assert_int_equal(process_run(&opt, &out, &err), -1);
	assert_int_equal(err.code, ERR_LIMIT);
	buf_free(&out);
	out = buf_new(5);
	assert_int_equal(process_run(&opt, &out, &err), 0);
	buf_free(&out);
	assert_no_child();
}

/* Whether a process of this number runs; a zombie does not. */
static bool runs(long pid)
{
	char path[64], state = 'X';
	snprintf(path, sizeof path, "/proc/%ld/stat", pid);
	FILE *f = fopen(path, "r");
	if (!f)
		return false;
	if (fscanf(f, "%*d (%*[^)]) %c", &state) != 1)
		state = 'X';
	fclose(f);
	return state != 'Z' && state != 'X';
}

static void assert_ends(long pid)
{
	assert_true(pid > 1);
	for (int i = 0; i < 1000 && runs(pid); i++)
		clock_sleep_ms(10);
	assert_false(runs(pid));
}

/* It and its child, though both ignore what asks them to end. */
static void time_is_bounded(void **state)
{
	(void)state;
	struct buf out;
	struct err err;
	assert_int_equal(run(SH("trap '' TERM; sleep 1000 & echo $!; wait; sleep 1000"), span_of(""), 1000, &out,
	                     &err), -1);
	assert_int_equal(err.code, ERR_LIMIT);
	assert_string_equal(err.text, "'sh' took more than 1 s, and was stopped");
	assert_ends(atol(buf_span(&out).p));
	buf_free(&out);
	assert_no_child();
}

static bool stop_at_third(void *ctx)
{
	return ++*(int *)ctx >= 3;
}

static void it_can_be_stopped(void **state)
{
	(void)state;
	int asked = 0;
	struct process_options opt = { .argv = SH("sleep 1000"), .timeout_ms = LONG_MS,
		                       .stopped = stop_at_third, .ctx = &asked };
	struct buf out = buf_new(100);
	struct err err = { 0 };
	assert_int_equal(process_run(&opt, &out, &err), -1);
	assert_int_equal(err.code, ERR_INTERRUPTED);
	assert_int_equal(asked, 3);
	buf_free(&out);
	assert_no_child();
}

/* What it leaves behind holds its pipes, and is not waited for. */
static void what_it_leaves_running_ends(void **state)
{
	(void)state;
	struct buf out;
	struct err err;
	assert_int_equal(run(SH("sleep 1000 & echo $!"), span_of(""), LONG_MS, &out, &err), 0);
	assert_ends(atol(buf_span(&out).p));
	buf_free(&out);
}

static void keys_are_not_passed_on(void **state)
{
	(void)state;
	setenv("AKIN_TEST_KEY", "secret", 1);
	setenv("AKIN_TEST_KEY_FILE", "kept", 1);
	struct process_options opt = { .argv = SH("echo \"$AKIN_TEST_KEY-$AKIN_TEST_KEY_FILE\""),
		                       .timeout_ms = LONG_MS,
		                       .unset = (const char *const[]){ "AKIN_TEST_KEY", "NONE", NULL } };
	struct buf out = buf_new(100);
	assert_int_equal(process_run(&opt, &out, NULL), 0);
	assert_string_equal(buf_span(&out).p, "-kept\n");
	assert_string_equal(getenv("AKIN_TEST_KEY"), "secret");
	buf_free(&out);
}

static size_t count_descriptors(void)
{
	DIR *dir = opendir("/proc/self/fd");
	size_t n = 0;
	assert_non_null(dir);
	while (readdir(dir))
		n++;
	closedir(dir);
	return n;
}

static void descriptors_stay_here(void **state)
{
	(void)state;
	int open_one = open("/dev/null", O_RDONLY); /* not close-on-exec */
	assert_true(open_one > 2);
	size_t before = count_descriptors();
	/* the fourth is of the folder that is being listed */
	says(SH("ls /proc/self/fd | wc -l | tr -d ' '"), "", "4\n");
	fails((const char *const[]){ "no-such-program-here", NULL }, ERR_INPUT,
	      "cannot run 'no-such-program-here': No such file or directory");
	assert_int_equal(count_descriptors(), before);
	close(open_one);
}

/* With its own standard input closed, the first descriptors are those of the program. */
static void closed_streams_do_no_harm(void **state)
{
	(void)state;
	int kept = dup(0);
	close(0);
	says(SH("cat; echo said >&2; echo out"), "in ", "in out\n");
	dup2(kept, 0);
	close(kept);
}

static void signals_are_as_in_a_new_process(void **state)
{
	(void)state;
	sigset_t mask, before;
	sigemptyset(&mask);
	sigaddset(&mask, SIGTERM);
	signal(SIGPIPE, SIG_IGN);
	sigprocmask(SIG_BLOCK, &mask, &before);
	fails(SH("kill -PIPE $$"), ERR_INPUT, "'sh' was ended by signal 13");
	fails(SH("kill -TERM $$"), ERR_INPUT, "'sh' was ended by signal 15");
	sigprocmask(SIG_SETMASK, &before, NULL);
	signal(SIGPIPE, SIG_DFL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(input_goes_in_and_output_comes_out),
		cmocka_unit_test(large_texts_pass),
		cmocka_unit_test(faults_have_words),
		cmocka_unit_test(a_script_without_a_first_line_is_no_program),
		cmocka_unit_test(output_is_bounded),
		cmocka_unit_test(time_is_bounded),
		cmocka_unit_test(it_can_be_stopped),
		cmocka_unit_test(what_it_leaves_running_ends),
		cmocka_unit_test(keys_are_not_passed_on),
		cmocka_unit_test(descriptors_stay_here),
		cmocka_unit_test(closed_streams_do_no_harm),
		cmocka_unit_test(signals_are_as_in_a_new_process),
	};
	return cmocka_run_group_tests_name("process", tests, NULL, NULL);
}
