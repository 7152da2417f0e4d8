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

struct first_field {
	struct span id;
	size_t line;
};

static int by_id(const void *a, const void *b)
{
	const struct first_field *x = a, *y = b;
	size_t len = x->id.len < y->id.len ? x->id.len : y->id.len;
	int order = len ? memcmp(x->id.p, y->id.p, len) : 0;
	if (order == 0)
		order = (x->id.len > y->id.len) - (x->id.len < y->id.len);
	return order ? order : (x->line > y->line) - (x->line < y->line);
}

int table_check_ids(const struct table *t, const char *path, struct err *err)
{
	if (t->n == 0)
		return err_set(err, ERR_INPUT, "no questions in '%s'", path);
	struct first_field *ids = mem_alloc(t->n, sizeof *ids);
	for (size_t i = 0; i < t->n; i++)
		ids[i] = (struct first_field){ t->fields[i * t->columns], t->lines[i] };
	qsort(ids, t->n, sizeof *ids, by_id);
	int rc = 0;
	for (size_t i = 1; i < t->n && rc == 0; i++)
		if (span_equal(ids[i - 1].id, ids[i].id))
			rc = err_set(err, ERR_INPUT, "'%s', line %zu: question '%.*s' is there twice", path,
			             ids[i].line, (int)(ids[i].id.len < 200 ? ids[i].id.len : 200),
			             ids[i].id.p);
	free(ids);
	return rc;
}
