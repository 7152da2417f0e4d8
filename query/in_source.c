#define _XOPEN_SOURCE 700
#include "query/in_source.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

#include "base/mem.h"

enum { MAX_LOOKED_UP = 1 << 20 };

static bool is_white(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

/* Both walked at once, white space against white space. */
struct walk {
	struct span text, bytes;
	size_t in_text, in_bytes;
	uint64_t line;
};

/* The ranges that begin or end here in the passage. */
static void place(const struct walk *w, const struct in_source_range *ranges,
                  struct in_source_range *found, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (ranges[i].start == w->in_text) {
			found[i].start = w->in_bytes;
			found[i].line = w->line;
		}
		if (ranges[i].end == w->in_text)
			found[i].end = w->in_bytes;
	}
}

static void skip_white(struct walk *w)
{
	for (; w->in_bytes < w->bytes.len && is_white(w->bytes.p[w->in_bytes]); w->in_bytes++) {
		char c = w->bytes.p[w->in_bytes];
		bool cr_alone = c == '\r' && !(w->in_bytes + 1 < w->bytes.len &&
		                               w->bytes.p[w->in_bytes + 1] == '\n');
		w->line += c == '\n' || cr_alone;
	}
}

static bool walk(struct walk *w, const struct in_source_range *ranges, struct in_source_range *found,
                 size_t n)
{
	while (w->in_text < w->text.len) {
		bool white = is_white(w->text.p[w->in_text]);
		if (white) {
			place(w, ranges, found, n);
			size_t before = w->in_bytes;
			skip_white(w);
			if (w->in_bytes == before)
				return false;
			for (w->in_text++; w->in_text < w->text.len && is_white(w->text.p[w->in_text]);
			     w->in_text++)
				place(w, ranges, found, n);
			continue;
		}
		if (w->in_bytes == w->bytes.len || w->bytes.p[w->in_bytes] != w->text.p[w->in_text])
			return false;
		place(w, ranges, found, n);
		w->in_text++;
		w->in_bytes++;
	}
	place(w, ranges, found, n);
	skip_white(w);
	return w->in_bytes == w->bytes.len;
}

static char *read_bytes(const struct in_source_passage *p, size_t len)
{
	int fd = open(p->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (fd < 0)
		return NULL;
	char *bytes = mem_alloc(len + 1, 1);
	ssize_t n = pread(fd, bytes, len, (off_t)p->byte_start);
	close(fd);
	if (n == (ssize_t)len)
		return bytes;
	free(bytes);
	return NULL;
}

bool in_source(const struct in_source_passage *p, struct in_source_range *ranges, size_t n)
{
	if (p->byte_end < p->byte_start || p->byte_end - p->byte_start > MAX_LOOKED_UP || n == 0)
		return false;
	size_t len = (size_t)(p->byte_end - p->byte_start);
	char *bytes = read_bytes(p, len);
	if (!bytes)
		return false;
	struct walk w = { .text = p->text, .bytes = { bytes, len }, .line = p->line_start };
	struct in_source_range *found = mem_alloc(n, sizeof *found);
	memcpy(found, ranges, n * sizeof *found);
	bool stands = walk(&w, ranges, found, n);
	for (size_t i = 0; stands && i < n; i++)
		ranges[i] = (struct in_source_range){ p->byte_start + found[i].start,
			                              p->byte_start + found[i].end, found[i].line };
	free(found);
	free(bytes);
	return stands;
}
