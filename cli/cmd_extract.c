#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/json.h"
#include "cli/command.h"
#include "cli/print_json.h"
#include "cli/print_text.h"
#include "indexer/ocr.h"
#include "indexer/ocr_document.h"

static const struct usage usage = {
	.synopsis = "[OPTION…] FILE",
	.about = "Prints the text of a file as akin reads it, without an index. A file that is not\n"
	         "read is told with its reason, and the exit status is 1.",
	.example = "akin extract ~/contracts/lease.pdf --page 2",
};

enum { MAX_FILE = 1 << 30 };

static const char *kind_name(enum block_kind kind)
{
	static const char *const names[] = {
		[BLOCK_HEADING] = "heading", [BLOCK_PARAGRAPH] = "paragraph", [BLOCK_LIST_ITEM] = "list item",
		[BLOCK_CODE] = "code", [BLOCK_DEFINITION] = "definition", [BLOCK_ROW] = "row",
	};
	return names[kind];
}

static void add_text_or_null(cJSON *o, const char *name, const char *text)
{
	if (text)
		json_add_text(o, name, span_of(text));
	else
		cJSON_AddNullToObject(o, name);
}

/* Blocks of the pages that are shown, which text is. */
static cJSON *blocks_json(const struct document *doc, struct span text)
{
	cJSON *list = cJSON_CreateArray();
	size_t from = (size_t)(text.p - doc->text), to = from + text.len;
	for (size_t i = 0; i < doc->n_blocks; i++) {
		const struct block *b = &doc->blocks[i];
		if (b->end <= from || b->start >= to)
			continue;
		cJSON *o = cJSON_CreateObject();
		cJSON_AddStringToObject(o, "kind", kind_name(b->kind));
		cJSON_AddNumberToObject(o, "level", b->level);
		if (doc->n_pages)
			cJSON_AddNumberToObject(o, "page", (double)document_page(doc, b->start));
		else
			cJSON_AddNullToObject(o, "page");
		json_add_text(o, "text", (struct span){ doc->text + b->start, b->end - b->start });
		cJSON_AddItemToArray(list, o);
	}
	return list;
}

static void print_as_json(const char *path, const struct document *doc, struct span text)
{
	cJSON *o = cJSON_CreateObject();
	cJSON_AddNumberToObject(o, "schema", 1);
	json_add_text(o, "path", span_of(path));
	cJSON_AddStringToObject(o, "format", doc->format);
	add_text_or_null(o, "title", doc->title);
	if (doc->text_by)
		json_add_text(o, "text_by", span_of(doc->text_by));
	add_text_or_null(o, "author", doc->author);
	add_text_or_null(o, "date", doc->date);
	if (doc->n_pages)
		cJSON_AddNumberToObject(o, "pages", (double)doc->n_pages);
	else
		cJSON_AddNullToObject(o, "pages");
	cJSON_AddStringToObject(o, "position_in", doc->derived ? "text" : "source");
	cJSON_AddItemToObject(o, "blocks", blocks_json(doc, text));
	print_json(stdout, o, false);
}

static int show(struct cli *cli, const char *path, const struct document *doc, bool json,
                struct page_range pages, struct err *err)
{
	struct span text;
	if (document_pages(doc, pages, path, &text, err) < 0)
		return -1;
	if (json)
		print_as_json(path, doc, text);
	else
		print_text(cli, text);
	return 0;
}

/* What has no text of its own is read by tesseract, in those languages (NULL: it is not). */
static enum skip_reason read_file(const char *path, struct span bytes, const char *ocr,
                                  struct document *doc, char why[EXTRACT_WHY])
{
	enum skip_reason reason = extract(span_of(path), bytes, doc, why);
	if (ocr && (reason == SKIP_UNSUPPORTED || reason == SKIP_EMPTY))
		return ocr_document(ocr, span_of(path), bytes, doc, why);
	return reason;
}

/* The exit status, -1 with err. */
static int run(struct cli *cli, const char *path, bool json, const char *ocr, struct page_range pages,
               struct err *err)
{
	struct buf bytes = buf_new(MAX_FILE);
	struct document doc = { 0 };
	char why[EXTRACT_WHY];
	int rc = file_read(path, &bytes, NULL, err);
	enum skip_reason reason = rc ? SKIP_NONE : read_file(path, buf_span(&bytes), ocr, &doc, why);
	buf_free(&bytes);
	if (rc == 0 && reason != SKIP_NONE) {
		cli_note(cli, "akin: '%s' is not read: %s%s%s", path, skip_reason_name(reason), why[0] ? ", " : "",
		         why);
		return STATUS_NOTHING;
	}
	if (rc == 0)
		rc = show(cli, path, &doc, json, pages, err);
	document_free(&doc);
	return rc;
}

int cmd_extract(struct cli *cli, int argc, char **argv)
{
	const char *page = NULL, *ocr = NULL;
	bool json = false;
	const struct option options[] = {
		{ OPTION_TEXT, 0, "page", &page, "N[-M]", "these pages alone", 0, 0, NULL },
		{ OPTION_TEXT, 0, "ocr", &ocr, "LANGS", "read images by tesseract, in eng, eng+deu, …", 0, 0,
		  NULL },
		{ OPTION_FLAG, 0, "json", &json, NULL, "JSON: metadata and blocks", 0, 0, NULL },
		{ 0 },
	};
	struct page_range pages;
	struct err err = { 0 };
	int status;
	if (cli_parse(cli, &usage, options, argc, argv, 1, 1, &status) < 0)
		return status;
	int rc = page_range_read(page, &pages, &err);
	if (rc == 0 && ocr)
		rc = ocr_check(ocr, &err);
	rc = rc < 0 ? rc : run(cli, argv[0], json, ocr, pages, &err);
	return rc < 0 ? cli_fail(cli, &err) : rc;
}
