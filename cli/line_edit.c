#define _GNU_SOURCE
#include "cli/line_edit.h"

#include <dlfcn.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/mem.h"

enum { HISTORY_LINES = 1000 };

struct line_edit {
	bool tty;
	void *library; /* NULL: no editing */
	char *history; /* NULL: none is kept */
	char *(*readline)(const char *prompt);
	int (*add_history)(const char *line);
	int (*read_history)(const char *path);
	int (*write_history)(const char *path);
	void (*stifle_history)(int lines);
};

static bool find(void *library, const char *name, void *to)
{
	void *p = dlsym(library, name);
	memcpy(to, &p, sizeof p);
	return p != NULL;
}

static bool load(struct line_edit *e)
{
	e->library = dlopen("libedit.so.2", RTLD_NOW | RTLD_LOCAL);
	if (!e->library)
		e->library = dlopen("libreadline.so.8", RTLD_NOW | RTLD_LOCAL);
	if (e->library && find(e->library, "readline", &e->readline) &&
	    find(e->library, "add_history", &e->add_history) &&
	    find(e->library, "read_history", &e->read_history) &&
	    find(e->library, "write_history", &e->write_history) &&
	    find(e->library, "stifle_history", &e->stifle_history))
		return true;
	if (e->library)
		dlclose(e->library);
	e->library = NULL;
	return false;
}

struct line_edit *line_edit_open(bool tty, const char *history, bool *plain)
{
	struct line_edit *e = mem_zalloc(1, sizeof *e);
	e->tty = tty;
	*plain = tty && !load(e);
	if (!e->library)
		return e;
	setlocale(LC_CTYPE, ""); /* libedit reads characters by it */
	e->stifle_history(HISTORY_LINES);
	if (history && file_make_parents(history, NULL) == 0) {
		e->history = mem_strdup(history);
		e->read_history(history);
	}
	return e;
}

void line_edit_close(struct line_edit *e)
{
	if (!e)
		return;
	if (e->library && e->history) {
		mode_t before = umask(077);
		e->write_history(e->history);
		umask(before);
	}
	free(e->history);
	free(e); /* the library stays: it may have handlers of its own */
}

static char *read_plain(bool tty, const char *prompt)
{
	char *line = NULL;
	size_t cap = 0;
	if (tty) {
		fputs(prompt, stdout);
		fflush(stdout);
	}
	ssize_t len = getline(&line, &cap, stdin);
	if (len < 0) {
		free(line);
		return NULL;
	}
	while (len > 0 && (line[len - 1] == '\n' || line[len - 1] == '\r'))
		line[--len] = '\0';
	return line;
}

char *line_edit_read(struct line_edit *e, const char *prompt)
{
	if (!e->library)
		return read_plain(e->tty, prompt);
	char *line = e->readline(prompt);
	if (line && *line)
		e->add_history(line);
	return line;
}
