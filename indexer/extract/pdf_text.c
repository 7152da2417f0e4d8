#define _GNU_SOURCE /* memmem */
#include "indexer/extract/pdf_text.h"

#include <stdlib.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "indexer/extract/line.h"
#include "indexer/extract/outline.h"
#include "indexer/extract/pdf_furniture.h"
#include "indexer/extract/pdf_meta.h"
#include "indexer/extract/pdf_name.h"
#include "indexer/extract/pdf_page.h"
#include "indexer/extract/plain.h"

/* No page of a book has as many lines: it is taken as it is. */
enum { MAX_PAGE_LINES = 20000 };

struct pages {
	struct span rest;
	struct pdf_page page;
};

/* The next page, which a form feed ends. */
static bool next_page(struct pages *p)
{
	const char *end = p->rest.len ? memchr(p->rest.p, '\f', p->rest.len) : NULL;
	if (!end)
		return false;
	size_t len = (size_t)(end - p->rest.p), n_lines = 0;
	struct span text = { p->rest.p, len };
	p->rest = (struct span){ end + 1, p->rest.len - len - 1 };
	for (size_t i = 0; i < len && n_lines <= MAX_PAGE_LINES; i++)
		n_lines += text.p[i] == '\n';
	if (n_lines <= MAX_PAGE_LINES) {
		pdf_page_read(&p->page, text);
	} else {
		p->page.n = 0;
		pdf_page_add(&p->page, text, 0);
	}
	return true;
}

/* The head and what stands in <pre>, which is not escaped. */
static struct span body_of(struct span output, struct span *head)
{
	static const char start[] = "<pre>\n";
	const char *at = memmem(output.p, output.len, start, sizeof start - 1);
	if (!at)
		return (struct span){ output.p, 0 };
	*head = (struct span){ output.p, (size_t)(at - output.p) };
	at += sizeof start - 1;
	const char *last = memrchr(at, '\f', output.len - (size_t)(at - output.p));
	return (struct span){ at, last ? (size_t)(last + 1 - at) : 0 };
}

static void write_pages(struct span body, struct pdf_furniture *f, struct document *doc, struct buf *out)
{
	struct pages p = { .rest = body };
	size_t cap = 0;
	while (next_page(&p)) {
		doc->page_starts = mem_grow(doc->page_starts, &cap, doc->n_pages + 1, sizeof *doc->page_starts);
		doc->page_starts[doc->n_pages++] = out->len;
		pdf_furniture_drop(f, &p.page);
		pdf_page_columns(&p.page);
		pdf_page_write(&p.page, out);
		buf_add_byte(out, '\n');
	}
	pdf_page_free(&p.page);
}

static void note_repeated(struct span body, struct pdf_furniture *f, struct pdf_name *name)
{
	struct pages p = { .rest = body };
	while (next_page(&p)) {
		pdf_furniture_note(f, &p.page);
		pdf_name_note(name, &p.page);
	}
	pdf_page_free(&p.page);
}

static void add_blocks(struct document *doc)
{
	struct outline o = { .text = { doc->text, doc->text_len } };
	plain_outline(&o);
	doc->blocks = o.items;
	doc->n_blocks = o.n;
	if (!doc->title)
		doc->title = o.title;
	else
		free(o.title);
}

/* output is valid UTF-8 without NULs. */
static bool make_document(struct span output, struct document *doc)
{
	struct span head = { "", 0 }, body = body_of(output, &head);
	struct pdf_furniture furniture = { 0 };
	struct pdf_name name = { 0 };
	struct buf text = buf_new(SIZE_MAX / 2);
	*doc = (struct document){ .derived = true, .format = "pdf" };
	note_repeated(body, &furniture, &name);
	write_pages(body, &furniture, doc, &text);
	pdf_furniture_free(&furniture);
	bool has_text = span_trim(buf_span(&text)).len > 0;
	doc->text = buf_take(&text, &doc->text_len);
	if (has_text) {
		pdf_meta(head, pdf_name_best(&name), doc);
		add_blocks(doc);
		document_number_lines(doc);
	} else {
		document_free(doc);
	}
	return has_text;
}

bool pdf_document(struct span output, struct document *doc)
{
	if (utf8_is_valid(output.p, output.len) && !memchr(output.p, '\0', output.len))
		return make_document(output, doc);
	struct buf valid = buf_new(SIZE_MAX / 2);
	buf_add_text(&valid, output);
	bool has_text = make_document(buf_span(&valid), doc);
	buf_free(&valid);
	return has_text;
}
