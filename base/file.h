/* Whole files, bounded. */
#ifndef AKIN_BASE_FILE_H
#define AKIN_BASE_FILE_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/span.h"

/* What a file looked like when it was read. */
struct file_stamp {
	uint64_t size; /* bytes */
	int64_t mtime_ns;
};

/* Adds the content of a regular file to b (whose maximum bounds it), and says
 * how the file looked before the first byte was read. A fifo, a socket or a
 * device is refused without waiting for it. ERR_IO with the path in it;
 * ERR_LIMIT when it does not fit. stamp may be NULL. */
int file_read(const char *path, struct buf *b, struct file_stamp *stamp, struct err *err);

/* A read-only mapping of a whole file. */
struct file_map {
	const unsigned char *p;
	size_t len;
};

int file_map(struct file_map *map, const char *path, struct err *err);
void file_unmap(struct file_map *map); /* NULL and empty are fine */

/* Makes the folders above path that are missing, mode 0700 as XDG asks. */
int file_make_parents(const char *path, struct err *err);

/* Makes path absolute and resolves links, as realpath. NULL with err set when
 * it does not exist or cannot be read. free() it. */
char *file_real_path(const char *path, struct err *err);

#endif
