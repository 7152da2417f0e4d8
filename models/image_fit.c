#include "models/image_fit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/process.h"
#include "base/walls.h"
#include "models/image_scale.h"

#define CHILD "--scale-child"

enum { CPU_S = 20, TIMEOUT_MS = 60000 };
/* Of address space: the program and the library, and a picture of 50 million pixels. */
static const size_t child_memory = (size_t)700 << 20;

/* --- the child ---------------------------------------------------------------------------- */

static int map_input(struct span *bytes, struct err *err)
{
	struct stat st;
	void *p = fstat(STDIN_FILENO, &st) == 0 && st.st_size > 0
	          ? mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, STDIN_FILENO, 0) : MAP_FAILED;
	if (p == MAP_FAILED)
		return err_set(err, ERR_IO, "the picture is not there");
	*bytes = (struct span){ p, (size_t)st.st_size };
	return 0;
}

static int write_all(int fd, struct span s)
{
	for (size_t at = 0; at < s.len;) {
		ssize_t n = write(fd, s.p + at, s.len - at);
		if (n <= 0)
			return -1;
		at += (size_t)n;
	}
	return 0;
}

static int scale(size_t max_bytes, struct buf *out, struct err *err)
{
	struct walls walls = { CPU_S, child_memory };
	struct span bytes;
	if (image_scale_load(err) < 0 || map_input(&bytes, err) < 0)
		return -1;
	if (walls_raise(&walls, NULL) < 0)
		return err_set(err, ERR_IO, "no walls can be raised around it");
	return image_scale(bytes, IMAGE_MAX_PIXELS, max_bytes, out, err);
}

static int child(size_t max_bytes)
{
	struct err err = { 0 };
	struct buf out = buf_new(max_bytes);
	if (scale(max_bytes, &out, &err) == 0)
		return write_all(STDOUT_FILENO, buf_span(&out)) < 0;
	write_all(STDERR_FILENO, span_of(err.text)); /* the last of it is the parent's error */
	return 1;
}

__attribute__((constructor)) static void become_child(int argc, char **argv)
{
	if (argc == 3 && strcmp(argv[1], CHILD) == 0)
		_exit(child(strtoul(argv[2], NULL, 10)));
}

/* --- the parent --------------------------------------------------------------------------- */

static bool is_fitting(struct span bytes, const struct image *image, size_t max_bytes)
{
	return bytes.len <= max_bytes && (uint64_t)image->width * image->height <= IMAGE_MAX_PIXELS;
}

/* What the child makes of it is looked at as any picture is. */
static int run_child(const char *name, struct span bytes, size_t max_bytes, struct buf *room,
                     struct span *scaled, struct image *image, struct err *err)
{
	char limit[24];
	snprintf(limit, sizeof limit, "%zu", max_bytes);
	struct process_end end = { 0 };
	struct process_options child = {
		.argv = (const char *const[]){ "/proc/self/exe", CHILD, limit, NULL },
		.input = bytes, .timeout_ms = TIMEOUT_MS, .end = &end,
	};
	size_t before = room->len;
	if (process_run(&child, room, err) < 0)
		return err_set(err, err->code, "%s", end.said[0] ? end.said : "what reads it crashed");
	*scaled = (struct span){ buf_span(room).p + before, room->len - before };
	if (image_look(*scaled, name, image, err) < 0)
		return -1;
	return is_fitting(*scaled, image, max_bytes) ? 0 : err_set(err, ERR_LIMIT, "it is as large as before");
}

int image_fit(const char *name, struct span bytes, size_t max_bytes, struct buf *room,
              struct span *fitting, struct image *image, struct err *err)
{
	struct err why = { 0 };
	struct image given;
	if (image_look(bytes, name, &given, err) < 0)
		return -1;
	bool fits = is_fitting(bytes, &given, max_bytes);
	bool lies = image_orientation(bytes) != 1;
	if ((!fits || lies) && run_child(name, bytes, max_bytes, room, fitting, image, &why) == 0)
		return 0;
	if (!fits) /* but better on its side than not at all */
		return err_set(err, why.code == ERR_LIMIT ? ERR_LIMIT : ERR_INPUT,
		               "'%s' is too large for a request (%u by %u pixels, %.1f MB), and cannot be made "
		               "smaller: %s", name, (unsigned)given.width, (unsigned)given.height,
		               (double)bytes.len / 1e6, why.text);
	*fitting = bytes;
	*image = given;
	return 0;
}

int image_file_url(const char *path, size_t max_bytes, char **url, struct err *err)
{
	struct buf bytes = buf_new(IMAGE_MAX_FILE), room = buf_new(max_bytes);
	struct image image;
	struct span fitting;
	struct err why = { 0 };
	*url = NULL;
	int rc = file_read(path, &bytes, NULL, &why);
	if (rc < 0 && why.code == ERR_LIMIT)
		err_set(err, ERR_LIMIT, "'%s' is too large: a picture may have %d MB", path, IMAGE_MAX_FILE >> 20);
	else if (rc < 0)
		err_set(err, why.code, "%s", why.text);
	else
		rc = image_fit(path, buf_span(&bytes), max_bytes, &room, &fitting, &image, err);
	if (rc == 0)
		*url = image_url(fitting, image.mime);
	buf_free(&bytes);
	buf_free(&room);
	return rc;
}
