#include "indexer/extract/described.h"

#include <stdlib.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "indexer/extract/format.h"
#include "indexer/extract/line.h"
#include "indexer/extract/outline.h"

void described_clean(struct span words, struct buf *out)
{
	if (words.len > DESCRIBED_MAX)
		words.len = utf8_floor(words.p, words.len, DESCRIBED_MAX);
	for (size_t at = 0; at < words.len;) {
		uint32_t code;
		size_t len = utf8_decode(words.p + at, words.len - at, &code);
		bool control = (code < 0x20 && code != '\n') || (code >= 0x7F && code < 0xA0);
		bool line_end = code == '\r' && at + 1 < words.len && words.p[at + 1] == '\n';
		bool leads = out->len == 0 && (control || code == ' ' || code == '\n');
		char bytes[4];
		size_t n = utf8_encode(control ? ' ' : code, bytes);
		bool fits = out->len + n <= DESCRIBED_MAX; /* U+FFFD is longer than what it stands for */
		if (!line_end && !leads && fits)
			buf_add(out, bytes, n);
		at += len;
	}
	while (out->len && is_space(out->p[out->len - 1]))
		out->p[--out->len] = '\0';
}

static void add_paragraphs(struct outline *o, size_t at)
{
	while (at < o->text.len) {
		size_t end = at;
		while (end < o->text.len && !(o->text.p[end] == '\n' && end + 1 < o->text.len &&
		                              o->text.p[end + 1] == '\n'))
			end++;
		outline_add(o, BLOCK_PARAGRAPH, 0, at, end, (struct span){ 0 });
		at = end + 1;
	}
}

void described_document(struct span path, const char *heading, struct span words, const char *text_by,
                        struct document *doc)
{
	struct buf text = buf_new(2 * DESCRIBED_MAX);
	size_t heading_len = strlen(heading);
	buf_printf(&text, "%s\n\n", heading);
	buf_add_span(&text, words);
	struct outline o = { .text = buf_span(&text) };
	outline_title(&o, path_name(path));
	outline_add(&o, BLOCK_HEADING, 1, 0, heading_len, span_of(heading));
	add_paragraphs(&o, heading_len);
	*doc = (struct document){
		.title = o.title, .format = "image", .blocks = o.items, .n_blocks = o.n,
		.derived = true, .text_by = mem_strdup(text_by),
	};
	doc->text = buf_take(&text, &doc->text_len);
	document_number_lines(doc);
}

void described_pages(struct span path, struct span words, size_t *starts, size_t n, const char *text_by,
                     struct document *doc)
{
	struct outline o = { .text = words };
	outline_title(&o, path_name(path));
	for (size_t i = 0; i < n; i++) { /* no paragraph goes over the end of a page */
		o.text.len = i + 1 < n ? starts[i + 1] : words.len;
		add_paragraphs(&o, starts[i]);
	}
	*doc = (struct document){
		.text = mem_strndup(words.p, words.len), .text_len = words.len, .title = o.title, .format = "pdf",
		.blocks = o.items, .n_blocks = o.n, .derived = true, .page_starts = starts, .n_pages = n,
		.text_by = mem_strdup(text_by),
	};
	document_number_lines(doc);
}
