#include "indexer/ocr_document.h"

#include <stdlib.h>

#include "base/mem.h"
#include "indexer/extract/described.h"
#include "indexer/extract/format.h"
#include "indexer/extract/magic.h"
#include "indexer/ocr.h"
#include "indexer/scan.h"

/* Adds the cleaned words of an image; name is for errors. */
static int add_words(const char *languages, const char *name, struct span bytes, struct buf *text,
                     struct err *err)
{
	struct image image;
	struct buf words = buf_new(1 << 20), clean = buf_new(DESCRIBED_MAX);
	int rc = image_look(bytes, name, &image, err);
	if (rc == 0)
		rc = ocr_read(languages, bytes, &image, NULL, NULL, &words, err);
	described_clean(buf_span(&words), &clean);
	buf_add_span(text, buf_span(&clean));
	buf_free(&words);
	buf_free(&clean);
	return rc;
}

static int add_page(const char *languages, struct span pdf, size_t page, struct buf *text, struct err *err)
{
	struct buf image = buf_new(SCAN_PAGE_MAX);
	int rc = scan_page(pdf, page, false, &image, err);
	if (rc == 0)
		rc = add_words(languages, "the page", buf_span(&image), text, err);
	buf_add_str(text, "\n\n");
	buf_free(&image);
	return rc;
}

static int read_pages(const char *languages, const char *by, struct span path, struct span pdf,
                      struct document *doc, struct err *err)
{
	struct buf text = buf_new(SIZE_MAX / 2);
	size_t n = 0, *starts = NULL;
	int rc = scan_count(pdf, &n, err);
	if (rc == 0)
		starts = mem_alloc(n, sizeof *starts);
	for (size_t i = 0; rc == 0 && i < n; i++) {
		starts[i] = text.len;
		rc = add_page(languages, pdf, i + 1, &text, err);
	}
	if (rc == 0)
		described_pages(path, buf_span(&text), starts, n, by, doc);
	else
		free(starts);
	buf_free(&text);
	return rc;
}

static int read_image(const char *languages, const char *by, struct span path, struct span bytes,
                      struct document *doc, struct err *err)
{
	struct buf text = buf_new(DESCRIBED_MAX);
	int rc = add_words(languages, path_name(path).p, bytes, &text, err);
	if (rc == 0 && text.len)
		described_document(path, DESCRIBED_RECOGNISED, buf_span(&text), by, doc);
	buf_free(&text);
	return rc;
}

enum skip_reason ocr_document(const char *languages, struct span path, struct span bytes,
                              struct document *doc, char why[EXTRACT_WHY])
{
	const char *format = magic_format(path, bytes);
	struct image image;
	struct err err = { 0 };
	struct buf by = buf_new(200);
	buf_printf(&by, OCR_PREFIX "%s", languages);
	*doc = (struct document){ 0 };
	bool is_image = image_look(bytes, "", &image, NULL) == 0;
	enum skip_reason reason = SKIP_NONE;
	if (!is_image && !(format && strcmp(format, "PDF") == 0))
		reason = SKIP_UNSUPPORTED;
	else if ((is_image ? read_image : read_pages)(languages, buf_span(&by).p, path, bytes, doc, &err) < 0)
		reason = SKIP_NOT_DESCRIBED;
	else if (doc->n_blocks == 0)
		reason = SKIP_EMPTY;
	buf_free(&by);
	if (reason == SKIP_NONE)
		return reason;
	document_free(doc);
	extract_why(why, "%s", reason == SKIP_NOT_DESCRIBED ? err.text : reason == SKIP_EMPTY
	            ? "no text was recognised in it" : format ? format : "");
	return reason;
}
