#include "indexer/extract/extract.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "indexer/extract/compressed.h"
#include "indexer/extract/decode.h"
#include "indexer/extract/format.h"
#include "indexer/extract/html.h"
#include "indexer/extract/line.h"
#include "indexer/extract/magic.h"
#include "indexer/extract/outline.h"
#include "indexer/extract/packed.h"
#include "indexer/extract/pdf.h"
#include "indexer/extract/plain.h"
#include "indexer/extract/run_map.h"
#include "indexer/extract/sandbox.h"

static bool is_blank(struct span text)
{
	for (size_t i = 0; i < text.len; i++) {
		if (!is_space(text.p[i]))
			return false;
	}
	return true;
}

/* Moves what was read into the document. */
static void fill(struct document *doc, struct decoded *d, struct outline *o)
{
	*doc = (struct document){
		.text = d->text, .text_len = d->len, .title = o->title,
		.blocks = o->items, .n_blocks = o->n,
		.runs = d->runs, .n_runs = d->n_runs,
		.author = o->author, .date = o->date,
		.line_starts = d->line_starts, .n_lines = d->n_lines,
	};
	*d = (struct decoded){ 0 };
	*o = (struct outline){ 0 };
}

static void read_html(struct decoded *d, struct outline *o)
{
	struct html html;
	struct run_map runs = { 0 };
	html_read((struct span){ d->text, d->len }, &html);
	free(d->text);
	if (d->n_runs > 0) {
		run_map_compose(&html.runs, d->runs, d->n_runs, &runs);
		free(d->runs);
	} else {
		runs = html.runs; /* may be most of what is in memory: not copied */
		html.runs = (struct run_map){ 0 };
	}
	d->runs = runs.items;
	d->n_runs = runs.n;
	d->text = buf_take(&html.text, &d->len);
	*o = html.outline;
	html.outline = (struct outline){ 0 };
	html_free(&html);
}

void extract_why(char why[EXTRACT_WHY], const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	vsnprintf(why, EXTRACT_WHY, fmt, ap);
	va_end(ap);
}

static enum skip_reason make_text(struct format format, struct span bytes, struct document *doc,
                                  char why[EXTRACT_WHY])
{
	enum skip_reason reason = format.maker(bytes, doc, why);
	if (reason == SKIP_NONE) {
		doc->format = format.name;
		document_number_lines(doc);
	}
	return reason;
}

static enum skip_reason read_text(struct span path, struct span bytes, struct document *doc,
                                  char why[EXTRACT_WHY])
{
	struct decoded d;
	struct format by_bytes = format_of(path, bytes);
	if (by_bytes.maker)
		return make_text(by_bytes, bytes, doc, why);
	bool html = by_bytes.reader == NULL;
	enum skip_reason reason = decode(bytes, html ? html_charset(bytes) : (struct span){ 0 }, &d);
	if (reason)
		return reason;
	struct format format = format_of(path, (struct span){ d.text, d.len });
	struct outline o = { .text = { d.text, d.len } };
	if (format.maker) /* seen only now, in UTF-16 say: as plain text */
		format = (struct format){ .name = "text", .reader = plain_outline };
	if (format.reader)
		format.reader(&o);
	else
		read_html(&d, &o);
	if (is_blank((struct span){ d.text, d.len })) {
		decoded_free(&d);
		outline_free(&o);
		return SKIP_EMPTY;
	}
	fill(doc, &d, &o);
	doc->format = format.name;
	return SKIP_NONE;
}

/* Its reader says which format the packed text is in. */
static enum skip_reason read_compressed(const struct packed_format *packed, struct span path,
                                        struct span bytes, struct document *doc, char why[EXTRACT_WHY])
{
	enum skip_reason reason = sandbox_read(packed, path, bytes, doc, why);
	if (reason == SKIP_NONE) {
		doc->format = format_named(span_of(why));
		why[0] = '\0';
	}
	return reason;
}

enum skip_reason extract(struct span path, struct span bytes, struct document *doc,
                         char why[EXTRACT_WHY])
{
	*doc = (struct document){ 0 };
	why[0] = '\0';
	const char *magic = magic_format(path, bytes);
	const struct packed_format *packed = magic ? packed_by_magic(magic) : NULL;
	if (packed && packed->read == compressed_read)
		return read_compressed(packed, path, bytes, doc, why);
	if (packed && packed->read)
		return sandbox_read(packed, path, bytes, doc, why);
	if (packed)
		return pdf_read(bytes, doc, why);
	if (magic) {
		extract_why(why, "%s", magic);
		return SKIP_UNSUPPORTED;
	}
	return is_blank(bytes) ? SKIP_EMPTY : read_text(path, bytes, doc, why);
}
