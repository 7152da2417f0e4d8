/* The describing threads: from a planned file to a document, by the texts of vision.c. */
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "indexer/extract/described.h"
#include "indexer/extract/format.h"
#include "indexer/ocr.h"
#include "indexer/scan.h"
#include "indexer/vision.h"

static bool is_recognised(const char *by)
{
	return strncmp(by, OCR_PREFIX, strlen(OCR_PREFIX)) == 0;
}

static enum prepared_kind skip(struct prepared_file *file, enum skip_reason reason, const char *why)
{
	file->skip = reason;
	snprintf(file->why, sizeof file->why, "%s", why);
	return PREPARED_SKIPPED;
}

/* --- an image ------------------------------------------------------------------------------------ */

static enum prepared_kind fill(struct prepared_file *file, const char *by, const char *text)
{
	if (!*text)
		return skip(file, SKIP_EMPTY, "no text was recognised in it");
	described_document(span_of(file->plan.path),
	                   is_recognised(by) ? DESCRIBED_RECOGNISED : "Description of the image",
	                   span_of(text), by, &file->doc);
	return PREPARED_NEW;
}

static enum prepared_kind describe_image(struct vision_thread *t, struct prepared_file *file,
                                         struct buf *bytes)
{
	struct span name = path_name(span_of(file->plan.path));
	struct picture p = { .name = name.p, .bytes = bytes, .image = file->image };
	struct err err = { 0 };
	char *by, *text;
	enum prepared_kind kind = PREPARED_IMAGE;
	enum vision_found found = vision_text(t, &file->content, &p, &by, &text, &err);
	if (found == VISION_TEXT)
		kind = fill(file, by, text);
	else if (found == VISION_REFUSED)
		kind = skip(file, SKIP_NOT_DESCRIBED, err.text);
	else if (found == VISION_UNKNOWN) {
		err_set(&err, ERR_INPUT, "%s (see --vision and --ocr of akin index)", file->image.mime);
		kind = skip(file, SKIP_UNSUPPORTED, err.text);
	}
	free(by);
	free(text);
	return kind;
}

/* --- a PDF of images ------------------------------------------------------------------------------- */

struct page {
	const struct vision_thread *t;
	struct span pdf;
	size_t number; /* from 1 */
};

static int load_page(struct picture *p, struct err *err)
{
	const struct page *page = p->ctx;
	return scan_page(page->pdf, page->number, page->t->chat != NULL, p->bytes, err);
}

/* Pages are kept one by one: a run that ends in the middle pays for none twice. */
static struct hash page_key(const struct hash *pdf, size_t number)
{
	char name[32];
	struct span parts[] = { { (const char *)pdf->b, sizeof pdf->b }, { name, 0 } };
	parts[1].len = (size_t)snprintf(name, sizeof name, "page %zu", number);
	return hash_parts(parts, 2);
}

struct pages {
	struct buf text;
	size_t *starts, n;
	char *by;
};

/* A page that is refused is an empty one; it is asked for again when the file is read again. */
static enum vision_found add_page(struct pages *pages, struct vision_thread *t,
                                  const struct prepared_file *file, struct span pdf, struct err *err)
{
	char name[64], *by, *text;
	struct buf image = buf_new(SCAN_PAGE_MAX);
	struct page page = { t, pdf, pages->n + 1 };
	snprintf(name, sizeof name, "page %zu", page.number);
	struct picture p = { .name = name, .bytes = &image, .load = load_page, .ctx = &page };
	struct hash key = page_key(&file->content, page.number);
	enum vision_found found = vision_text(t, &key, &p, &by, &text, err);
	if (found == VISION_TEXT || found == VISION_REFUSED) {
		pages->starts[pages->n++] = pages->text.len;
		buf_printf(&pages->text, "%s\n\n", text ? text : "");
	}
	if (found == VISION_TEXT && *text && !pages->by) {
		pages->by = by;
		by = NULL;
	}
	buf_free(&image);
	free(by);
	free(text);
	return found;
}

static enum prepared_kind describe_pages(struct vision_thread *t, struct prepared_file *file,
                                         struct span pdf, size_t n)
{
	struct pages pages = { .text = buf_new(SIZE_MAX / 2), .starts = mem_alloc(n, sizeof *pages.starts) };
	struct err err = { 0 };
	enum vision_found found = VISION_TEXT;
	while (pages.n < n && (found == VISION_TEXT || found == VISION_REFUSED))
		found = add_page(&pages, t, file, pdf, &err);
	enum prepared_kind kind = PREPARED_IMAGE;
	if (found == VISION_UNKNOWN)
		kind = skip(file, SKIP_EMPTY, "it has no text, only images of pages (see --ocr and --vision of "
		                              "akin index)");
	else if (found == VISION_REFUSED && !pages.by)
		kind = skip(file, SKIP_NOT_DESCRIBED, err.text);
	else if (found != VISION_LEFT && !pages.by)
		kind = skip(file, SKIP_EMPTY, "no text was recognised in it");
	else if (found != VISION_LEFT) {
		described_pages(span_of(file->plan.path), buf_span(&pages.text), pages.starts, n, pages.by,
		                &file->doc);
		pages.starts = NULL; /* the document's */
		kind = PREPARED_NEW;
	}
	buf_free(&pages.text);
	free(pages.starts);
	free(pages.by);
	return kind;
}

static enum prepared_kind describe_pdf(struct vision_thread *t, struct prepared_file *file,
                                       struct buf *bytes)
{
	struct err err = { 0 };
	if (scan_count(buf_span(bytes), &file->n_pages, &err) < 0)
		return skip(file, SKIP_EMPTY, err.text);
	return describe_pages(t, file, buf_span(bytes), file->n_pages);
}

/* --- the thread ------------------------------------------------------------------------------------- */

static enum prepared_kind describe(void *thread, struct prepared_file *file, struct buf *bytes)
{
	return (file->image.mime ? describe_image : describe_pdf)(thread, file, bytes);
}

void *vision_run(void *thread)
{
	struct vision_thread *t = thread;
	struct vision *v = t->vision;
	struct prepare_options opt = v->prepare;
	opt.describe = describe;
	opt.describe_ctx = t;
	struct planned_file *plan;
	while ((plan = queue_pop(v->images, -1))) {
		struct prepared_file *file = mem_alloc(1, sizeof *file);
		prepare_file(plan, &opt, file);
		free(plan);
		bool is_left = file->kind == PREPARED_IMAGE && !v->opt->dry_run; /* the run ends */
		if (is_left || !queue_push(v->prepared, file, prepared_weight(file)))
			prepared_free(file);
	}
	pthread_mutex_lock(&v->mutex);
	bool last = --v->n_running == 0;
	pthread_mutex_unlock(&v->mutex);
	if (last)
		queue_close(v->prepared);
	store_close(t->store);
	return NULL;
}
