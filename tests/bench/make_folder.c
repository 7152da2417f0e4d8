/* make_folder DIR BYTES LARGEST SEED FILE...: fills DIR with text of mixed sizes
 * and formats, BYTES in all, the largest files LARGEST bytes, made of pieces of
 * FILE... (UTF-8; a file of the folder draws on one of them, so it is in one
 * language). The same arguments make the same folder. */
#define _POSIX_C_SOURCE 200809L
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/mem.h"

enum { FILES_PER_FOLDER = 250, LARGE_EVERY = 400 };
enum format { MARKDOWN, PLAIN, HTML, JSON, CSV, N_FORMATS };
static const char *const suffixes[N_FORMATS] = { "md", "txt", "html", "json", "csv" };

struct source {
	struct buf *texts; /* [n] */
	size_t n;
	uint64_t state;
};

/* xorshift64* */
static size_t below(struct source *s, size_t n)
{
	s->state ^= s->state >> 12;
	s->state ^= s->state << 25;
	s->state ^= s->state >> 27;
	return (size_t)((s->state * 2685821657736338717u >> 20) % n);
}

/* A piece of a text, from one space or character to another, in one line and
 * without what would end a string of JSON, CSV or HTML. */
static void add_piece(struct source *s, const struct buf *text, struct buf *out)
{
	size_t at = below(s, text->len), len = 12 + below(s, 60), end;
	while (at < text->len && text->p[at] != ' ' && ((unsigned char)text->p[at] & 0xC0) != 0xC0)
		at++;
	end = at + len < text->len ? at + len : text->len;
	while (end < text->len && ((unsigned char)text->p[end] & 0xC0) == 0x80)
		end++;
	for (; at < end; at++)
		buf_add_byte(out, strchr("\n\r\t\"\\<>&,#", text->p[at]) ? ' ' : text->p[at]);
}

static void add_line(struct source *s, const struct buf *text, size_t pieces, struct buf *out)
{
	for (size_t i = 0; i < pieces; i++)
		add_piece(s, text, out);
	buf_add_byte(out, '.');
}

static void add_block(struct source *s, const struct buf *text, enum format format, struct buf *out)
{
	size_t lines = 1 + below(s, 6);
	static const char *const before[N_FORMATS] = { "\n", "\n", "<p>", "", "" };
	static const char *const after[N_FORMATS] = { "\n", "\n", "</p>\n", "", "" };
	if (below(s, 8) == 0 && format == MARKDOWN)
		buf_add_str(out, "\n## ");
	if (below(s, 8) == 0 && format == HTML)
		buf_add_str(out, "<h2>Part</h2>");
	buf_add_str(out, before[format]);
	for (size_t i = 0; i < lines; i++) {
		if (format == JSON)
			buf_printf(out, "{\"id\": %zu, \"text\": \"", below(s, 1000000));
		else if (format == CSV)
			buf_printf(out, "%zu,", below(s, 1000000));
		add_line(s, text, 1 + below(s, 4), out);
		buf_add_str(out, format == JSON ? "\"},\n" : "\n");
	}
	buf_add_str(out, after[format]);
}

static void make_text(struct source *s, enum format format, size_t size, struct buf *out)
{
	const struct buf *text = &s->texts[below(s, s->n)];
	if (format == JSON)
		buf_add_byte(out, '[');
	while (out->len < size)
		add_block(s, text, format, out);
	if (format == JSON)
		buf_add_str(out, "{}]\n");
}

/* Mostly a page or ten, seldom a book, regularly one of the largest. */
static size_t draw_size(struct source *s, size_t number, size_t largest)
{
	if (number % LARGE_EVERY == LARGE_EVERY / 2)
		return largest - below(s, largest / 3);
	size_t size = (size_t)1 << (10 + below(s, 8));
	size += below(s, size);
	return size < largest ? size : largest;
}

static int write_file(const char *path, const struct buf *text)
{
	FILE *f = fopen(path, "wb");
	if (!f)
		return -1;
	size_t wrote = fwrite(text->p, 1, text->len, f);
	return fclose(f) || wrote != text->len ? -1 : 0;
}

static int fill(struct source *s, const char *dir, size_t bytes, size_t largest)
{
	char path[4096];
	for (size_t number = 0, made = 0; made < bytes; number++) {
		if (number % FILES_PER_FOLDER == 0) {
			snprintf(path, sizeof path, "%s/%03zu", dir, number / FILES_PER_FOLDER);
			mkdir(path, 0755);
		}
		/* the large ones take turns among the formats */
		enum format format = number % LARGE_EVERY == LARGE_EVERY / 2
		                             ? (enum format)(number / LARGE_EVERY % N_FORMATS)
		                             : (enum format)below(s, N_FORMATS);
		struct buf text = buf_new((size_t)1 << 30);
		make_text(s, format, draw_size(s, number, largest), &text);
		snprintf(path, sizeof path, "%s/%03zu/%05zu.%s", dir, number / FILES_PER_FOLDER, number,
		         suffixes[format]);
		int rc = write_file(path, &text);
		made += text.len;
		buf_free(&text);
		if (rc < 0) {
			fprintf(stderr, "make_folder: cannot write '%s'\n", path);
			return 1;
		}
	}
	return 0;
}

int main(int argc, char **argv)
{
	if (argc < 6) {
		fprintf(stderr, "usage: make_folder DIR BYTES LARGEST SEED FILE...\n");
		return 2;
	}
	struct source s = { .n = (size_t)argc - 5, .state = strtoull(argv[4], NULL, 10) * 2 + 1 };
	s.texts = mem_zalloc(s.n, sizeof *s.texts);
	struct err err = { 0 };
	for (size_t i = 0; i < s.n; i++) {
		s.texts[i] = buf_new((size_t)64 << 20);
		if (file_read(argv[5 + i], &s.texts[i], NULL, &err) < 0 || s.texts[i].len == 0) {
			fprintf(stderr, "make_folder: %s\n", err.text);
			return 2;
		}
	}
	mkdir(argv[1], 0755);
	int status = fill(&s, argv[1], strtoull(argv[2], NULL, 10), strtoull(argv[3], NULL, 10));
	for (size_t i = 0; i < s.n; i++)
		buf_free(&s.texts[i]);
	free(s.texts);
	return status;
}
