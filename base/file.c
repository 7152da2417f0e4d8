#define _XOPEN_SOURCE 700
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"

static int io_error(struct err *err, const char *verb, const char *path)
{
	return err_set(err, ERR_IO, "cannot %s '%s': %s", verb, path, strerror(errno));
}

static int open_regular(const char *path, struct stat *st, struct err *err)
{
	/* O_NONBLOCK: opening a fifo must not wait for a writer */
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (fd < 0)
		return io_error(err, "open", path);
	if (fstat(fd, st) < 0) {
		io_error(err, "read", path);
		close(fd);
		return -1;
	}
	if (!S_ISREG(st->st_mode)) {
		close(fd);
		return err_set(err, ERR_IO, "cannot read '%s': not a regular file", path);
	}
	return fd;
}

static int read_all(int fd, const char *path, struct buf *b, struct err *err)
{
	for (;;) {
		if (b->cap - b->len < 2 && b->len < b->max) {
			size_t left = b->max - b->len;
			buf_reserve(b, left < 65536 ? left : 65536);
		}
		char probe;
		size_t room = b->cap ? b->cap - 1 - b->len : 0;
		if (room > b->max - b->len)
			room = b->max - b->len;
		ssize_t n = read(fd, room ? b->p + b->len : &probe, room ? room : 1);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return io_error(err, "read", path);
		if (n == 0)
			return 0;
		if (!room)
			return err_set(err, ERR_LIMIT, "'%s' is larger than %zu bytes", path, b->max);
		b->len += (size_t)n;
		b->p[b->len] = '\0';
	}
}

int file_read(const char *path, struct buf *b, struct file_stamp *stamp, struct err *err)
{
	struct stat st;
	int fd = open_regular(path, &st, err);
	if (fd < 0)
		return -1;
	if (stamp)
		*stamp = (struct file_stamp){
			.size = (uint64_t)st.st_size,
			.mtime_ns = (int64_t)st.st_mtim.tv_sec * 1000000000 + st.st_mtim.tv_nsec,
		};
	/* one more, so that the end shows without growing */
	if ((uint64_t)st.st_size < b->max - b->len)
		buf_reserve(b, (size_t)st.st_size + 1);
	int rc = read_all(fd, path, b, err);
	close(fd);
	return rc;
}

int file_map(struct file_map *map, const char *path, struct err *err)
{
	*map = (struct file_map){ 0 };
	struct stat st;
	int fd = open_regular(path, &st, err);
	if (fd < 0)
		return -1;
	if (st.st_size == 0) {
		close(fd);
		return 0;
	}
	void *p = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (p == MAP_FAILED) {
		io_error(err, "map", path);
		close(fd);
		return -1;
	}
	close(fd);
	*map = (struct file_map){ p, (size_t)st.st_size };
	return 0;
}

void file_unmap(struct file_map *map)
{
	if (map && map->p)
		munmap((void *)(uintptr_t)map->p, map->len);
	if (map)
		*map = (struct file_map){ 0 };
}

int file_make_parents(const char *path, struct err *err)
{
	char *copy = mem_strdup(path);
	int rc = 0;
	for (char *slash = strchr(copy + 1, '/'); slash && rc == 0; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		if (mkdir(copy, 0700) < 0 && errno != EEXIST)
			rc = io_error(err, "make the folder", copy);
		*slash = '/';
	}
	free(copy);
	return rc;
}

char *file_real_path(const char *path, struct err *err)
{
	char *real = realpath(path, NULL);
	if (!real)
		io_error(err, "open", path);
	return real;
}
