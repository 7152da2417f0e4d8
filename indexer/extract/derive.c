#include "indexer/extract/derive.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "indexer/extract/line.h"

enum { PAGES_MAX = 1 << 20 };

struct derive derive_new(void)
{
	return (struct derive){ .text = buf_new(DERIVE_TEXT_MAX) };
}

void derive_free(struct derive *d)
{
	buf_free(&d->text);
	outline_free(&d->outline);
	free(d->pages);
	*d = derive_new();
}

static bool is_separator(char c)
{
	return is_space(c) || c == '|';
}

bool derive_is_empty(const struct derive *d)
{
	for (size_t i = d->start; i < d->text.len; i++)
		if (!is_separator(d->text.p[i]))
			return false;
	return true;
}

bool derive_has_word(const struct derive *d)
{
	for (size_t i = d->start; i < d->text.len; i++)
		if (is_alpha(d->text.p[i]) || (unsigned char)d->text.p[i] >= 0xC3)
			return true;
	return false;
}

void derive_drop(struct derive *d)
{
	d->text.len = d->start;
	d->space = false;
}

struct span derive_open(const struct derive *d)
{
	return (struct span){ buf_span(&d->text).p + d->start, d->text.len - d->start };
}

static bool at_start(const struct derive *d)
{
	return d->text.len == d->start || d->text.p[d->text.len - 1] == '\n';
}

static void put_space(struct derive *d)
{
	if (d->space && !at_start(d) && d->text.p[d->text.len - 1] != ' ')
		buf_add_byte(&d->text, ' ');
	d->space = false;
}

static void add(struct derive *d, struct span s, bool lines)
{
	for (size_t i = 0; i < s.len;) {
		uint32_t code;
		size_t n = utf8_decode(s.p + i, s.len - i, &code);
		bool control = code < 0x20 || code == 0x7F || (code >= 0x80 && code < 0xA0);
		if (code == '\n' && lines) {
			derive_line_break(d);
		} else if (control || code == ' ' || code == 0xA0) {
			d->space = true;
		} else if (code != 0xFFFD && code != 0xAD && code != 0xFEFF) {
			put_space(d);
			buf_add(&d->text, s.p + i, n);
		}
		i += n;
	}
}

void derive_add(struct derive *d, struct span text)
{
	add(d, text, false);
}

void derive_add_lines(struct derive *d, struct span text)
{
	add(d, text, true);
}

void derive_add_verbatim(struct derive *d, struct span text)
{
	put_space(d);
	for (size_t i = 0; i < text.len;) {
		uint32_t code;
		size_t n = utf8_decode(text.p + i, text.len - i, &code);
		bool control = (code < 0x20 && code != '\n' && code != '\t') || (code >= 0x7F && code < 0xA0);
		if (!control && code != 0xFFFD && code != 0xFEFF)
			buf_add(&d->text, text.p + i, n);
		i += n;
	}
}

void derive_add_blocks(struct derive *d, struct span text, const struct block *blocks, size_t n, int deeper)
{
	for (size_t i = 0; i < n; i++) {
		const struct block *b = &blocks[i];
		if (b->kind == BLOCK_HEADING && b->name)
			derive_add(d, span_of(b->name));
		else
			derive_add_verbatim(d, (struct span){ text.p + b->start, b->end - b->start });
		derive_end(d, b->kind, b->level + (b->kind == BLOCK_HEADING ? deeper : 0),
		           b->name ? span_of(b->name) : (struct span){ 0 });
		if (b->kind == BLOCK_ROW && (i + 1 == n || blocks[i + 1].kind != BLOCK_ROW))
			derive_table_end(d);
	}
}

void derive_line_break(struct derive *d)
{
	d->space = false;
	if (d->text.len > d->start)
		buf_add_byte(&d->text, '\n');
}

void derive_cell(struct derive *d)
{
	d->space = false;
	buf_add_str(&d->text, " | ");
}

void derive_end(struct derive *d, enum block_kind kind, int level, struct span name)
{
	struct outline *o = &d->outline;
	d->space = false;
	if (derive_is_empty(d)) {
		d->text.len = d->start;
		return;
	}
	/* the empty cells at a row's end */
	while (kind == BLOCK_ROW && is_separator(d->text.p[d->text.len - 1]))
		d->text.len--;
	o->text = buf_span(&d->text);
	size_t end = d->text.len;
	if (kind == BLOCK_HEADING)
		name = derive_open(d);
	outline_add(o, kind, level, d->start, end, name);
	buf_add_str(&d->text, kind == BLOCK_ROW ? "\n" : "\n\n");
	d->start = d->text.len;
}

void derive_table_end(struct derive *d)
{
	if (d->start == d->text.len && d->start > 1 && d->text.p[d->start - 2] != '\n')
		buf_add_byte(&d->text, '\n');
	d->start = d->text.len;
}

void derive_page(struct derive *d)
{
	derive_end(d, BLOCK_PARAGRAPH, 0, (struct span){ 0 });
	if (d->n_pages >= PAGES_MAX)
		return;
	d->pages = mem_grow(d->pages, &d->pages_cap, d->n_pages + 1, sizeof *d->pages);
	d->pages[d->n_pages] = d->n_pages ? d->start : 0;
	d->n_pages++;
}

void derive_title(struct derive *d, struct span title)
{
	outline_title(&d->outline, title);
}

void derive_author(struct derive *d, struct span author)
{
	outline_author(&d->outline, author);
}

void derive_date(struct derive *d, struct span date)
{
	outline_date(&d->outline, date);
}

enum skip_reason derive_finish(struct derive *d, struct document *doc)
{
	derive_end(d, BLOCK_PARAGRAPH, 0, (struct span){ 0 });
	if (d->outline.n == 0) {
		derive_free(d);
		return SKIP_EMPTY;
	}
	while (d->text.len > 1 && d->text.p[d->text.len - 1] == '\n' && d->text.p[d->text.len - 2] == '\n')
		d->text.len--;
	d->text.p[d->text.len] = '\0';
	for (size_t i = 0; i < d->outline.n && !d->outline.title; i++)
		if (d->outline.items[i].kind == BLOCK_HEADING && d->outline.items[i].name)
			derive_title(d, span_of(d->outline.items[i].name));
	*doc = (struct document){
		.title = d->outline.title, .blocks = d->outline.items, .n_blocks = d->outline.n,
		.derived = true, .page_starts = d->pages, .n_pages = d->n_pages,
		.author = d->outline.author, .date = d->outline.date,
	};
	/* pages at the end that hold nothing begin where the text ends */
	for (size_t i = 0; i < doc->n_pages; i++)
		if (doc->page_starts[i] > d->text.len)
			doc->page_starts[i] = d->text.len;
	doc->text = buf_take(&d->text, &doc->text_len);
	d->outline = (struct outline){ 0 };
	d->pages = NULL;
	derive_free(d);
	return SKIP_NONE;
}
