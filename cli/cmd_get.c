#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "cli/command.h"
#include "cli/open.h"
#include "cli/place.h"
#include "indexer/extract/decode.h"

static const struct usage usage = {
	.synopsis = "PATH[:LINE[:COUNT]]",
	.about = "Prints an indexed document as UTF-8: all of it, or COUNT lines (default 1) from\n"
	         "LINE. Only what is in the index is printed. When the file has changed since it\n"
	         "was indexed or is gone, that is said, and the passages of the index are printed\n"
	         "instead.",
	.example = "akin get ~/contracts/lease.md:12:5",
};

enum { MAX_FILE = 1 << 30 };

struct wanted {
	const char *path;  /* absolute */
	uint64_t line;     /* from 1 */
	uint64_t count;    /* UINT64_MAX: to the end */
};

/* Lines [line, line + count) of text, each with its end. */
static struct span slice(struct span text, uint64_t line, uint64_t count)
{
	const char *p = text.p, *end = p + text.len;
	for (uint64_t skip = 1; skip < line && p < end; skip++) {
		const char *newline = memchr(p, '\n', (size_t)(end - p));
		p = newline ? newline + 1 : end;
	}
	const char *stop = p;
	for (uint64_t n = 0; n < count && stop < end; n++) {
		const char *newline = memchr(stop, '\n', (size_t)(end - stop));
		stop = newline ? newline + 1 : end;
	}
	return (struct span){ p, (size_t)(stop - p) };
}

/* On a terminal, what a file holds must not drive it; elsewhere bytes are kept. */
static void print_text(const struct cli *cli, struct span text)
{
	if (!cli->out.tty) {
		fwrite(text.p, 1, text.len, stdout);
		fputs(text.len && text.p[text.len - 1] != '\n' ? "\n" : "", stdout);
		return;
	}
	struct buf line = buf_new((size_t)MAX_FILE * 3);
	for (size_t at = 0; at < text.len;) {
		struct span one = slice((struct span){ text.p + at, text.len - at }, 1, 1);
		at += one.len;
		if (one.len && one.p[one.len - 1] == '\n')
			one.len--;
		buf_clear(&line);
		text_harmless(&line, one);
		printf("%s\n", buf_span(&line).p);
	}
	buf_free(&line);
}

static int no_such_line(const struct wanted *w, struct err *err)
{
	return err_set(err, ERR_INPUT, "'%s' has no line %llu", w->path, (unsigned long long)w->line);
}

static int in_order(const void *a, const void *b)
{
	int64_t x = ((const struct store_chunk_ref *)a)->chunk_id;
	int64_t y = ((const struct store_chunk_ref *)b)->chunk_id;
	return (x > y) - (x < y);
}

/* 1: printed, 0: it does not overlap the lines, -1. */
static int print_chunk(struct cli *cli, struct store *store, int64_t id, const struct wanted *w,
                       bool first, struct err *err)
{
	struct store_chunk chunk = { 0 };
	int found = store_chunk(store, id, &chunk, err);
	if (found <= 0)
		return found;
	bool behind = w->count != UINT64_MAX && chunk.line_start >= w->line + w->count;
	bool wanted = chunk.line_end >= w->line && !behind;
	if (wanted) {
		fputs(first ? "" : "\n", stdout);
		print_text(cli, (struct span){ chunk.text, chunk.text_len });
	}
	store_chunk_free(&chunk);
	return wanted;
}

/* The chunks of the document that overlap the lines. */
static int print_stored(struct cli *cli, struct store *store, const struct wanted *w, struct err *err)
{
	const char *paths[] = { w->path };
	struct store_filter filter = { .paths = paths, .n_paths = 1 };
	struct store_chunk_ref *refs = NULL;
	size_t n = 0, shown = 0;
	int rc = store_chunk_refs(store, &filter, &refs, &n, err);
	if (n > 1)
		qsort(refs, n, sizeof *refs, in_order);
	for (size_t i = 0; rc >= 0 && i < n; i++) {
		rc = print_chunk(cli, store, refs[i].chunk_id, w, shown == 0, err);
		shown += rc > 0;
	}
	free(refs);
	if (rc >= 0 && !shown)
		return no_such_line(w, err);
	return rc < 0 ? -1 : 0;
}

static int print_source(struct cli *cli, const struct wanted *w, struct span bytes, struct err *err)
{
	struct decoded d = { 0 };
	if (decode(bytes, (struct span){ NULL, 0 }, &d) != SKIP_NONE)
		return err_set(err, ERR_INPUT, "'%s' is not text", w->path);
	struct span lines = slice((struct span){ d.text, d.len }, w->line, w->count);
	int rc = lines.len ? 0 : no_such_line(w, err);
	print_text(cli, lines);
	decoded_free(&d);
	return rc;
}

static int print_document(struct cli *cli, struct store *store, const struct wanted *w,
                          const struct hash *content, struct err *err)
{
	if (!w->line || !w->count)
		return err_set(err, ERR_USAGE, "lines are counted from 1, and COUNT is 1 at least");
	struct buf bytes = buf_new(MAX_FILE);
	struct err gone = { 0 };
	int rc = -1;
	if (file_read(w->path, &bytes, NULL, &gone) < 0) {
		cli_note(cli, "akin: %s; these are the passages of the index", gone.text);
		rc = print_stored(cli, store, w, err);
	} else {
		struct hash now = hash_bytes(buf_span(&bytes).p, bytes.len);
		if (hash_compare(&now, content) == 0) {
			rc = print_source(cli, w, buf_span(&bytes), err);
		} else {
			cli_note(cli, "akin: '%s' has changed since it was indexed; these are the passages of "
			         "the index", w->path);
			rc = print_stored(cli, store, w, err);
		}
	}
	buf_free(&bytes);
	return rc;
}

static int get(struct cli *cli, struct store *store, const char *typed, struct err *err)
{
	struct place place;
	struct store_document doc = { 0 };
	int rc = place_find(store, typed, 2, &place, &doc, err);
	struct wanted w = { place.path, place.n_numbers ? place.line : 1,
		            place.n_numbers == 2 ? place.count : place.n_numbers ? 1 : UINT64_MAX };
	if (rc == 0)
		rc = print_document(cli, store, &w, &doc.content, err);
	store_document_free(&doc);
	place_free(&place);
	return rc;
}

int cmd_get(struct cli *cli, int argc, char **argv)
{
	struct err err = { 0 };
	int status;
	if (cli_parse(cli, &usage, NULL, argc, argv, 1, 1, &status) < 0)
		return status;
	struct store *store = open_index(cli, STORE_READ, &err);
	int rc = store ? get(cli, store, argv[0], &err) : -1;
	store_close(store);
	return rc < 0 ? cli_fail(cli, &err) : STATUS_DONE;
}
