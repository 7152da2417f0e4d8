/* mutate SEED N FOLDER FILE...: writes N damaged copies of the files into FOLDER, named
 * "00001-NAME" and so on. The same seed damages alike. */
#define _POSIX_C_SOURCE 200809L
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/mem.h"

enum { MAX_FILE = 8 << 20 };

static uint64_t state;

/* SplitMix64 */
static uint64_t chance(uint64_t below)
{
	uint64_t z = (state += 0x9E3779B97F4A7C15u);
	z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
	z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
	return below ? (z ^ (z >> 31)) % below : 0;
}

static void flip(struct buf *b)
{
	b->p[chance(b->len)] ^= (char)(1 << chance(8));
}

static void extreme(struct buf *b)
{
	static const char values[] = { 0, 1, 0x7F, (char)0x80, (char)0xFF, ' ', '<', '\n' };
	b->p[chance(b->len)] = values[chance(sizeof values)];
}

/* A stretch is overwritten by another, by one byte, or taken out. */
static void stretch(struct buf *b)
{
	size_t len = 1 + chance(b->len < 64 ? b->len : 64);
	size_t from = chance(b->len - len + 1), to = chance(b->len - len + 1);
	switch (chance(3)) {
	case 0: memmove(b->p + to, b->p + from, len); break;
	case 1: memset(b->p + to, (int)chance(256), len); break;
	default:
		memmove(b->p + to, b->p + to + len, b->len - to - len);
		b->len -= len;
	}
}

/* A number in digits becomes a large one: lengths, counts, offsets. */
static void enlarge(struct buf *b)
{
	size_t at = chance(b->len);
	for (size_t i = 0; i < 200 && at + i < b->len; i++)
		if (b->p[at + i] >= '0' && b->p[at + i] <= '9') {
			for (; at + i < b->len && b->p[at + i] >= '0' && b->p[at + i] <= '9'; i++)
				b->p[at + i] = '9';
			return;
		}
}

static void damage(struct buf *b)
{
	for (size_t n = 1 + chance(12); n && b->len > 1; n--)
		switch (chance(16)) {
		case 0: b->len = 1 + chance(b->len); break;
		case 1: case 2: case 3: stretch(b); break;
		case 4: case 5: enlarge(b); break;
		case 6: case 7: case 8: extreme(b); break;
		default: flip(b);
		}
}

static int write_file(const char *folder, unsigned long number, const char *name, struct span bytes)
{
	char path[4096];
	const char *slash = strrchr(name, '/');
	snprintf(path, sizeof path, "%s/%05lu-%s", folder, number, slash ? slash + 1 : name);
	FILE *f = fopen(path, "wb");
	if (!f || fwrite(bytes.p, 1, bytes.len, f) != bytes.len || fclose(f) != 0) {
		perror(path);
		return -1;
	}
	return 0;
}

int main(int argc, char **argv)
{
	if (argc < 5) {
		fprintf(stderr, "usage: mutate SEED N FOLDER FILE...\n");
		return 2;
	}
	state = strtoull(argv[1], NULL, 10);
	unsigned long n = strtoul(argv[2], NULL, 10);
	for (unsigned long i = 0; i < n; i++) {
		const char *name = argv[4 + i % (unsigned long)(argc - 4)];
		struct buf bytes = buf_new(MAX_FILE);
		struct err err = { 0 };
		if (file_read(name, &bytes, NULL, &err) < 0) {
			fprintf(stderr, "mutate: %s\n", err.text);
			return 2;
		}
		damage(&bytes);
		if (write_file(argv[3], i + 1, name, buf_span(&bytes)) < 0)
			return 2;
		buf_free(&bytes);
	}
	return 0;
}
