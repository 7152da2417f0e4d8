#define _GNU_SOURCE
#include "indexer/extract/sandbox.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/walls.h"
#include "indexer/extract/document_wire.h"

#define CHILD "--extract-child"

enum { NO_MEMORY = 2 }; /* as base/mem.h ends a process */

unsigned sandbox_seconds(size_t n)
{
	return 20 + (unsigned)(n >> 20);
}

/* --- the child ---------------------------------------------------------------------------- */

/* Bytes of address space that the process has; 0: not known. */
static size_t mapped_now(void)
{
	unsigned long pages = 0;
	FILE *f = fopen("/proc/self/statm", "r");
	if (!f)
		return 0;
	if (fscanf(f, "%lu", &pages) != 1)
		pages = 0;
	fclose(f);
	return pages * (size_t)sysconf(_SC_PAGESIZE);
}

static bool map_input(struct span *bytes)
{
	struct stat st;
	if (fstat(STDIN_FILENO, &st) < 0)
		return false;
	bytes->len = (size_t)st.st_size;
	bytes->p = "";
	if (bytes->len == 0)
		return true;
	void *p = mmap(NULL, bytes->len, PROT_READ, MAP_PRIVATE, STDIN_FILENO, 0);
	bytes->p = p;
	return p != MAP_FAILED;
}

static bool write_all(struct span s)
{
	for (size_t at = 0; at < s.len;) {
		ssize_t n = write(STDOUT_FILENO, s.p + at, s.len - at);
		if (n <= 0)
			return false;
		at += (size_t)n;
	}
	return true;
}

static int child(const char *name, const char *path)
{
	const struct packed_format *format = packed_by_name(name);
	struct span bytes;
	if (!format || !format->read || !map_input(&bytes))
		return 1;
	if (format->load)
		format->load();
	size_t mapped = mapped_now();
	struct walls walls = { sandbox_seconds(bytes.len), mapped ? mapped + SANDBOX_MEMORY : 0 };
	if (walls_raise(&walls, NULL) < 0)
		return 1;
	struct document doc = { 0 };
	const char *why = NULL;
	enum skip_reason reason = format->read(span_of(path), bytes, &doc, &why);
	struct buf out = buf_new(SIZE_MAX / 2);
	document_wire_write(reason, why, &doc, &out);
	return write_all(buf_span(&out)) ? 0 : 1;
}

__attribute__((constructor)) static void become_child(int argc, char **argv)
{
	if (argc == 4 && strcmp(argv[1], CHILD) == 0)
		_exit(child(argv[2], argv[3]));
}

/* --- the parent --------------------------------------------------------------------------- */

static bool says_no_memory(const struct process_end *end)
{
	return (WIFEXITED(end->status) && WEXITSTATUS(end->status) == NO_MEMORY) ||
	       strstr(end->said, "bad_alloc") || strstr(end->said, "ut of memory");
}

enum skip_reason sandbox_judge(const struct process_end *end, const struct err *err, unsigned cpu_s,
                               char why[EXTRACT_WHY])
{
	int signal = WIFSIGNALED(end->status) ? WTERMSIG(end->status) : 0;
	if (err->code == ERR_IO || err->code == ERR_INTERRUPTED) {
		extract_why(why, "%s", err->text);
		return SKIP_UNREADABLE;
	}
	if (says_no_memory(end)) {
		extract_why(why, "reading it takes more than %d MB of memory", SANDBOX_MEMORY >> 20);
		return SKIP_TOO_LARGE;
	}
	if (end->overflow) {
		extract_why(why, "its text is larger than %d MB", SANDBOX_OUTPUT >> 20);
		return SKIP_TOO_LARGE;
	}
	if (end->stopped || signal == SIGXCPU || signal == SIGKILL) {
		extract_why(why, "reading it takes longer than %u s", cpu_s);
		return SKIP_TOO_LARGE;
	}
	extract_why(why, "its reader crashed on it");
	return SKIP_MALFORMED;
}

static enum skip_reason take_reply(const struct packed_format *format, struct span wire,
                                   struct document *doc, char why[EXTRACT_WHY])
{
	enum skip_reason reason;
	if (document_wire_read(wire, &reason, why, doc) < 0) {
		extract_why(why, "its reader made nonsense of it");
		return SKIP_MALFORMED;
	}
	if (reason == SKIP_NONE)
		doc->format = format->name;
	return reason;
}

enum skip_reason sandbox_read(const struct packed_format *format, struct span path,
                              struct span bytes, struct document *doc, char why[EXTRACT_WHY])
{
	unsigned cpu_s = sandbox_seconds(bytes.len);
	char *name = mem_strndup(path.p, path.len);
	struct process_end end = { 0 };
	struct process_options opt = {
		.argv = (const char *const[]){ "/proc/self/exe", CHILD, format->name, name, NULL },
		.input = bytes, .timeout_ms = (int)cpu_s * 3000, .end = &end,
	};
	struct buf wire = buf_new(SANDBOX_OUTPUT);
	struct err err = { 0 };
	enum skip_reason reason = process_run(&opt, &wire, &err) < 0
	                                  ? sandbox_judge(&end, &err, cpu_s, why)
	                                  : take_reply(format, buf_span(&wire), doc, why);
	buf_free(&wire);
	free(name);
	return reason;
}
