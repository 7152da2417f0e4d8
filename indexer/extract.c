#include "indexer/extract.h"

#include <stdlib.h>

#include "indexer/decode.h"
#include "indexer/format.h"
#include "indexer/line.h"
#include "indexer/magic.h"
#include "indexer/outline.h"

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
		.line_starts = d->line_starts, .n_lines = d->n_lines,
	};
	*d = (struct decoded){ 0 };
	*o = (struct outline){ 0 };
}

enum skip_reason extract(struct span path, struct span bytes, struct document *doc,
                         const char **why)
{
	*doc = (struct document){ 0 };
	*why = magic_format(path, bytes);
	if (*why)
		return SKIP_UNSUPPORTED;
	if (is_blank(bytes))
		return SKIP_EMPTY;
	struct decoded d;
	enum skip_reason reason = decode(bytes, (struct span){ 0 }, &d);
	if (reason)
		return reason;
	if (is_blank((struct span){ d.text, d.len })) {
		decoded_free(&d);
		return SKIP_EMPTY;
	}
	struct span text = { d.text, d.len };
	struct format format = format_of(path, text);
	struct outline o = { .text = text };
	format.reader(&o);
	fill(doc, &d, &o);
	doc->format = format.name;
	return SKIP_NONE;
}
