/* Runs a program once, with a text on its standard input, within limits. No shell. */
#ifndef AKIN_BASE_PROCESS_H
#define AKIN_BASE_PROCESS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/span.h"

enum { PROCESS_SAID = 400 };

/* How it ended. */
struct process_end {
	int status;    /* as waitpid gives it */
	bool stopped;  /* because of the time, the output or stopped() */
	bool overflow; /* there was more output than out takes */
	char said[PROCESS_SAID + 1]; /* the last of its standard error */
};

struct walls;

struct process_options {
	const char *const *argv; /* ends with NULL; argv[0] is looked for in $PATH */
	struct span input;
	int timeout_ms;          /* then it and its children (its process group) are killed */
	const char *const *unset; /* variables that it does not get, such as keys; ends with NULL; NULL: none */
	bool (*stopped)(void *ctx); /* asked a few times a second; true kills it; NULL */
	void *ctx;
	const struct walls *walls; /* raised around the program alone, which then ends with this
	                            * process's calling thread; NULL: none */
	struct process_end *end;   /* filled once it has run; NULL */
};

/* Runs it, and adds its standard output to out (until out->max, which is ERR_LIMIT; out is full
 * then); its standard error is thrown away but for the last line, for the error. 0 when it ended
 * with status 0; else -1: ERR_INPUT (no such program, another status, a signal), ERR_LIMIT (time
 * or size), ERR_INTERRUPTED, ERR_IO. No descriptor of this process but these is inherited, and
 * signals are as in a new process. What it has started and left running in its group is killed
 * when it ends. The caller's SIGCHLD is not to be ignored. Threads may call it. */
int process_run(const struct process_options *opt, struct buf *out, struct err *err);

#endif
