#define _POSIX_C_SOURCE 200809L
#include "cli/table.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/utf8.h"

void table_free(struct table *t)
{
	buf_free(&t->text);
	free(t->fields);
	free(t->lines);
	*t = (struct table){ 0 };
}

static int read_stdin(struct buf *text, struct err *err)
{
	char block[65536];
	for (;;) {
		ssize_t n = read(STDIN_FILENO, block, sizeof block);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_set(err, ERR_IO, "cannot read the standard input: %s", strerror(errno));
		if (n == 0)
			return 0;
		if (buf_add(text, block, (size_t)n) < 0)
			return err_set(err, ERR_LIMIT, "the standard input is larger than %zu bytes", text->max);
	}
}

int table_read_text(const char *path, struct buf *text, struct err *err)
{
	*text = buf_new(TABLE_MAX_BYTES);
	return strcmp(path, "-") == 0 ? read_stdin(text, err) : file_read(path, text, NULL, err);
}

static int bad_line(const char *path, size_t line, const char *what, struct err *err)
{
	return err_set(err, ERR_INPUT, "'%s', line %zu: %s", path, line, what);
}

static int split(struct span line, size_t columns, int rest, struct span *fields)
{
	for (size_t i = 0; i < columns; i++) {
		const char *tab = line.len ? memchr(line.p, '\t', line.len) : NULL;
		size_t len = tab && !(rest && i + 1 == columns) ? (size_t)(tab - line.p) : line.len;
		if ((i + 1 < columns) != (len < line.len))
			return -1;
		fields[i] = (struct span){ line.p, len };
		if (len < line.len)
			line = (struct span){ line.p + len + 1, line.len - len - 1 };
	}
	return 0;
}

static int add_row(struct table *t, size_t *cap, struct span line, size_t number, int rest,
                   const char *path, struct err *err)
{
	if (!utf8_is_valid(line.p, line.len) || memchr(line.p, '\0', line.len))
		return bad_line(path, number, "not valid UTF-8", err);
	if (t->n == *cap) {
		*cap = *cap + *cap / 2 + 64;
		t->fields = mem_realloc(t->fields, *cap, t->columns * sizeof *t->fields);
		t->lines = mem_realloc(t->lines, *cap, sizeof *t->lines);
	}
	if (split(line, t->columns, rest, t->fields + t->n * t->columns) < 0) {
		char what[64];
		snprintf(what, sizeof what, "%zu fields with a tab between are wanted", t->columns);
		return bad_line(path, number, what, err);
	}
	t->lines[t->n++] = number;
	return 0;
}

int table_read(struct table *t, const char *path, size_t columns, int rest, struct err *err)
{
	*t = (struct table){ .columns = columns };
	if (table_read_text(path, &t->text, err) < 0)
		return -1;
	size_t cap = 0, number = 0;
	struct span text = buf_span(&t->text);
	for (const char *p = text.p, *end = p + text.len; p < end;) {
		const char *newline = memchr(p, '\n', (size_t)(end - p));
		const char *stop = newline ? newline : end;
		struct span line = { p, (size_t)(stop - p) };
		number++;
		p = stop + 1;
		if (line.len && line.p[line.len - 1] == '\r')
			line.len--;
		if (line.len && add_row(t, &cap, line, number, rest, path, err) < 0)
			return -1;
	}
	return 0;
}
