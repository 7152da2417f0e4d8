#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "cli/command.h"
#include "cli/open.h"
#include "cli/place.h"
#include "cli/print_text.h"
#include "indexer/extract/decode.h"

static const struct usage usage = {
	.synopsis = "[OPTION…] PATH[:LINE[:COUNT]]",
	.about = "Prints an indexed document as UTF-8: all of it, COUNT lines (default 1) from\n"
	         "LINE, or pages. Of a PDF, an office document and the like it is the text that\n"
	         "akin reads. Only what is in the index is printed. When the file has changed\n"
	         "since it was indexed or is gone, that is said, and the passages of the index\n"
	         "are printed instead.",
	.example = "akin get ~/contracts/lease.md:12:5",
};

enum { MAX_FILE = 1 << 30 };

struct wanted {
	const char *path;  /* absolute */
	uint64_t line;     /* from 1 */
	uint64_t count;    /* UINT64_MAX: to the end */
	struct page_range pages;
};

static int no_such_line(const struct wanted *w, struct err *err)
{
	if (w->pages.first)
		return err_set(err, ERR_INPUT, "'%s' has no page %llu", w->path, (unsigned long long)w->pages.first);
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
	bool wanted = w->pages.first ? chunk.page >= w->pages.first && chunk.page <= w->pages.last
	                             : chunk.line_end >= w->line && !behind;
	if (wanted) {
		fputs(first ? "" : "\n", stdout);
		print_text(cli, (struct span){ chunk.text, chunk.text_len });
	}
	store_chunk_free(&chunk);
	return wanted;
}

/* The chunks of the document that overlap the lines, or are on the pages. */
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
	struct span lines = text_lines((struct span){ d.text, d.len }, w->line, w->count);
	int rc = lines.len ? 0 : no_such_line(w, err);
	print_text(cli, lines);
	decoded_free(&d);
	return rc;
}

/* The text that is made of the file, again. */
static int print_derived(struct cli *cli, const struct wanted *w, struct span bytes, struct err *err)
{
	struct document doc;
	struct span text;
	char why[EXTRACT_WHY];
	enum skip_reason reason = extract(span_of(w->path), bytes, &doc, why);
	if (reason != SKIP_NONE)
		return err_set(err, ERR_INPUT, "'%s' is not read: %s%s%s", w->path, skip_reason_name(reason),
		               why[0] ? ", " : "", why);
	int rc = document_pages(&doc, w->pages, w->path, &text, err);
	if (rc == 0 && !w->pages.first) {
		text = text_lines(text, w->line, w->count);
		rc = text.len ? 0 : no_such_line(w, err);
	}
	if (rc == 0)
		print_text(cli, text);
	document_free(&doc);
	return rc;
}

static int print_file(struct cli *cli, const struct wanted *w, bool derived, struct span bytes,
                      struct err *err)
{
	if (derived)
		return print_derived(cli, w, bytes, err);
	if (w->pages.first)
		return err_set(err, ERR_INPUT, "'%s' has no pages; name lines", w->path);
	return print_source(cli, w, bytes, err);
}

static int print_document(struct cli *cli, struct store *store, const struct wanted *w,
                          const struct store_document *doc, struct err *err)
{
	if (!w->line || !w->count)
		return err_set(err, ERR_USAGE, "lines are counted from 1, and COUNT is 1 at least");
	if (doc->text_by) /* who made it is not asked again */
		return print_stored(cli, store, w, err);
	struct buf bytes = buf_new(MAX_FILE);
	struct err gone = { 0 };
	int rc = -1;
	if (file_read(w->path, &bytes, NULL, &gone) < 0) {
		cli_note(cli, "akin: %s; these are the passages of the index", gone.text);
		rc = print_stored(cli, store, w, err);
	} else {
		struct hash now = hash_bytes(buf_span(&bytes).p, bytes.len);
		if (hash_compare(&now, &doc->content) == 0) {
			rc = print_file(cli, w, doc->derived, buf_span(&bytes), err);
		} else {
			cli_note(cli, "akin: '%s' has changed since it was indexed; these are the passages of "
			         "the index", w->path);
			rc = print_stored(cli, store, w, err);
		}
	}
	buf_free(&bytes);
	return rc;
}

static int get(struct cli *cli, struct store *store, const char *typed, struct page_range pages,
               struct err *err)
{
	struct place place;
	struct store_document doc = { 0 };
	int rc = place_find(store, typed, 2, &place, &doc, err);
	struct wanted w = { place.path, place.n_numbers ? place.line : 1,
		            place.n_numbers == 2 ? place.count : place.n_numbers ? 1 : UINT64_MAX,
		            pages };
	if (rc == 0 && pages.first && place.n_numbers)
		rc = err_set(err, ERR_USAGE, "give lines or pages of '%s', not both", place.path);
	if (rc == 0)
		rc = print_document(cli, store, &w, &doc, err);
	store_document_free(&doc);
	place_free(&place);
	return rc;
}

int cmd_get(struct cli *cli, int argc, char **argv)
{
	const char *page = NULL;
	const struct option options[] = {
		{ OPTION_TEXT, 0, "page", &page, "N[-M]", "these pages", 0, 0, NULL },
		{ 0 },
	};
	struct page_range pages;
	struct err err = { 0 };
	int status;
	if (cli_parse(cli, &usage, options, argc, argv, 1, 1, &status) < 0)
		return status;
	if (page_range_read(page, &pages, &err) < 0)
		return cli_fail(cli, &err);
	struct store *store = open_index(cli, STORE_READ, &err);
	int rc = store ? get(cli, store, argv[0], pages, &err) : -1;
	store_close(store);
	return rc < 0 ? cli_fail(cli, &err) : STATUS_DONE;
}
