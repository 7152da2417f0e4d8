/* Lines and tab-separated tables that a user gives: files, or "-" for stdin. */
#ifndef AKIN_CLI_TABLE_H
#define AKIN_CLI_TABLE_H

#include <stddef.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/span.h"

#define TABLE_MAX_BYTES ((size_t)256 << 20)

/* Spans into text, which is owned. */
struct table {
	struct buf text;
	struct span *fields; /* [n, columns] */
	size_t *lines;       /* [n]: the 1-based line of each row */
	size_t n, columns;
};
void table_free(struct table *t);

/* Reads all of a file, or of stdin for "-". ERR_IO; ERR_LIMIT. */
int table_read_text(const char *path, struct buf *text, struct err *err);

/* Reads rows of exactly `columns` fields; the last takes what is left of the line,
 * tabs too, when rest is 1. Empty lines are passed over; '\r' before the line's
 * end is not part of it. Fields are valid UTF-8. ERR_INPUT with file and line. */
int table_read(struct table *t, const char *path, size_t columns, int rest, struct err *err);

/* Of questions with their id in the first field: ERR_INPUT when there are none, or an
 * id is there twice. */
int table_check_ids(const struct table *t, const char *path, struct err *err);

#endif
