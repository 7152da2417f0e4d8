#include "indexer/chunk/chunk.h"

#include <stdlib.h>

#include "base/boundaries.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "indexer/chunk/chunk_atoms.h"
#include "indexer/chunk/chunk_divide.h"

#define EMBEDDED_BYTES_MAX ((size_t)1 << 30)
/* Documents with this many sections are divided into parts of about this length. */
#define SECTIONS_MIN 3
#ifndef SECTION_TARGET
#define SECTION_TARGET 160
#endif
/* Below this nothing can be kept to: one character may be four tokens. */
#define MAX_TOKENS_MIN 16

struct divider {
	const struct document *doc;
	struct chunk_options opt;
	struct atoms atoms;
	struct chunks *out;
	size_t cap;
	struct buf text; /* what would be embedded */
	size_t block;    /* the first that begins behind the start of the chunk before */
	const struct block *header; /* of the table in whose rows that start is; NULL */
};

void chunks_free(struct chunks *c)
{
	for (size_t i = 0; i < c->n; i++)
		free(c->items[i].heading);
	free(c->items);
	*c = (struct chunks){ 0 };
}

/* Whether the text begins with the name, behind a heading's signs. */
static bool begins_with(struct span text, struct span name)
{
	while (text.len && text.p[0] > 0 && memchr("#*=-~ \t\n", text.p[0], 9)) {
		text.p++;
		text.len--;
	}
	return name.len > 0 && text.len >= name.len && memcmp(text.p, name.p, name.len) == 0;
}

static struct span embedded_title(const struct document *doc, size_t len)
{
	return len ? trim_white_space((struct span){ doc->title, len }) : (struct span){ "", 0 };
}

/* Takes the first name off a path. */
static struct span next_name(struct span *path)
{
	struct span name = *path;
	for (size_t i = 0; i + 3 <= path->len; i++)
		if (memcmp(path->p + i, " > ", 3) == 0) {
			name.len = i;
			path->p += i + 3;
			path->len -= i + 3;
			return name;
		}
	path->len = 0;
	return name;
}

/* The names that neither the title nor the text's start repeats. */
static void add_path(struct span path, struct span title, struct span text, struct buf *out)
{
	size_t before = out->len;
	while (path.len) {
		struct span name = next_name(&path);
		if (span_equal(name, title) || begins_with(text, name))
			continue;
		if (out->len > before)
			buf_add_str(out, " > ");
		buf_add_span(out, name);
	}
	if (out->len > before)
		buf_add_byte(out, '\n');
}

void chunk_embedded_text(const struct document *doc, const struct chunk *chunk, struct buf *out)
{
	struct span text = { doc->text + chunk->start, chunk->end - chunk->start };
	struct span title = embedded_title(doc, chunk->title_len);
	if (title.len && !begins_with(text, title)) {
		buf_add_span(out, title);
		buf_add_byte(out, '\n');
	}
	if (chunk->heading)
		add_path(span_of(chunk->heading), title, text, out);
	buf_add_span(out, text);
}

static size_t count_embedded(struct divider *d, const struct chunk *c)
{
	buf_clear(&d->text);
	chunk_embedded_text(d->doc, c, &d->text);
	return d->opt.count_tokens(d->opt.ctx, buf_span(&d->text));
}

/* Takes c, and its heading, if it is within the budget. */
static bool add_if_fits(struct divider *d, struct chunk c)
{
	size_t tokens = count_embedded(d, &c);
	if (tokens > d->opt.max_tokens)
		return false;
	c.n_tokens = (uint32_t)tokens;
	document_source_range(d->doc, c.start, c.end, &c.byte_start, &c.byte_end);
	c.line_start = (uint32_t)document_line(d->doc, c.byte_start);
	size_t last = c.byte_end > c.byte_start ? c.byte_end - 1 : c.byte_start;
	c.line_end = (uint32_t)document_line(d->doc, last);
	c.page = (uint32_t)document_page(d->doc, c.start);
	d->out->items = mem_grow(d->out->items, &d->cap, d->out->n + 1, sizeof c);
	d->out->items[d->out->n++] = c;
	return true;
}

/* Text that is over the budget though its atom was not: it loses what stands
 * before it, and is then cut as far as it fits. */
static void add_cut(struct divider *d, struct chunk c)
{
	free(c.heading);
	c.heading = NULL;
	c.title_len = 0;
	while (c.start < c.end && !add_if_fits(d, c)) {
		struct span rest = { d->doc->text + c.start, c.end - c.start };
		size_t len = tokens_prefix(&d->opt, rest, d->opt.max_tokens);
		uint32_t code;
		if (len == 0 || len >= rest.len)
			len = utf8_decode(rest.p, rest.len, &code);
		struct chunk part = c;
		struct span text = trim_white_space((struct span){ rest.p, len });
		part.start = (size_t)(text.p - d->doc->text);
		part.end = part.start + text.len;
		if (text.len && !add_if_fits(d, part))
			return;
		c.start += len;
		c.start += leading_white_space((struct span){ d->doc->text + c.start, c.end - c.start });
	}
}

/* The best place near the middle of atoms[from, to) to cut at. */
static size_t middle(const struct atom *atoms, size_t from, size_t to)
{
	size_t total = 0, before = 0, best = from + 1;
	for (size_t i = from; i < to; i++)
		total += atoms[i].tokens;
	double least = -1;
	for (size_t i = from + 1; i < to; i++) {
		before += atoms[i - 1].tokens;
		double off = 2 * (double)before / (double)total - 1, cost = 2 * off * off + atoms[i].cut;
		if (least < 0 || cost < least) {
			least = cost;
			best = i;
		}
	}
	return best;
}

/* The header of the table in whose rows `start` is, when it stands before; else NULL. Chunks
 * come in the order of the text. */
static const struct block *header_above(struct divider *d, size_t start)
{
	const struct document *doc = d->doc;
	for (; d->block < doc->n_blocks && doc->blocks[d->block].start <= start; d->block++) {
		const struct block *b = &doc->blocks[d->block];
		if (b->kind != BLOCK_ROW)
			d->header = NULL;
		else if (b->level == 1)
			d->header = b;
	}
	return d->header && d->header->start < start ? d->header : NULL;
}

/* The path of the section and, in a table, its columns' names. Takes the path over. */
static char *heading_of(struct divider *d, char *path, size_t start)
{
	const struct block *header = header_above(d, start);
	if (!header || !header->name)
		return path;
	struct buf both = buf_new(EMBEDDED_BYTES_MAX);
	if (path)
		buf_printf(&both, "%s > ", path);
	buf_add_str(&both, header->name);
	free(path);
	return buf_take(&both, &(size_t){ 0 });
}

/* Makes a chunk of atoms[from, to); two, where the sum of the atoms' counts was
 * less than the count of the whole. */
static void add_part(struct divider *d, size_t from, size_t to)
{
	const struct atom *atoms = d->atoms.items;
	struct chunk c = { .start = atoms[from].start, .end = atoms[to - 1].end,
		           .title_len = (uint32_t)d->atoms.title_len };
	uint32_t section = atoms[from].section;
	for (size_t i = from + 1; i < to; i++)
		section = section_common(&d->atoms, section, atoms[i].section);
	c.heading = heading_of(d, section_path(&d->atoms, section), c.start);
	if (add_if_fits(d, c))
		return;
	if (to - from > 1) {
		size_t mid = middle(atoms, from, to);
		free(c.heading);
		add_part(d, from, mid);
		add_part(d, mid, to);
	} else {
		add_cut(d, c);
	}
}

/* Whoever gave a document headings says that it speaks of several things: its
 * passages follow them and are short. Text without headings is one thing as far
 * as anybody knows, and fills the window. (nDCG@10 of dense search, embedded
 * model: sample documents 0.588 with whole windows, 0.615 with these; SciFact, which
 * has no headings, 0.662 with whole windows, 0.653 with parts of 384.) */
static struct divide_limits divide_limits(const struct divider *d)
{
	struct divide_limits limits = { d->opt.max_tokens, d->opt.target_tokens, d->opt.max_tokens };
	if (d->atoms.n_sections < SECTIONS_MIN || limits.target_tokens <= SECTION_TARGET)
		return limits;
	limits.target_tokens = SECTION_TARGET;
	limits.whole_tokens = SECTION_TARGET * 3 / 2;
	return limits;
}

/* The first atom behind `from` that stands on another page. */
static size_t page_end(const struct divider *d, size_t from)
{
	const struct atoms *a = &d->atoms;
	size_t page = document_page(d->doc, a->items[from].start), to = from + 1;
	if (page == 0 || page == d->doc->n_pages)
		return a->n;
	while (to < a->n && a->items[to].start < d->doc->page_starts[page])
		to++;
	return to;
}

/* A hit names the page that its text stands on: nothing reaches over a page's end. */
static void divide_page(struct divider *d, const struct divide_limits *limits, size_t from, size_t to)
{
	size_t *ends, n = divide_evenly(d->atoms.items + from, to - from, limits, &ends), start = from;
	for (size_t i = 0; i < n; i++) {
		add_part(d, start, from + ends[i]);
		start = from + ends[i];
	}
	free(ends);
}

void chunk_document(const struct document *doc, const struct chunk_options *opt,
                    struct chunks *out)
{
	struct divider d = { .doc = doc, .opt = *opt, .out = out, .text = buf_new(EMBEDDED_BYTES_MAX) };
	*out = (struct chunks){ 0 };
	if (d.opt.max_tokens < MAX_TOKENS_MIN)
		d.opt.max_tokens = MAX_TOKENS_MIN;
	if (d.opt.target_tokens > d.opt.max_tokens || d.opt.target_tokens == 0)
		d.opt.target_tokens = d.opt.max_tokens;
	atoms_of_document(doc, &d.opt, &d.atoms);
	if (d.atoms.n && begins_with((struct span){ doc->text + d.atoms.items[0].start,
	                                            doc->text_len - d.atoms.items[0].start },
	                             embedded_title(doc, d.atoms.title_len)))
		d.atoms.items[0].lead -= d.atoms.title_tokens;
	struct divide_limits limits = divide_limits(&d);
	for (size_t from = 0, to; from < d.atoms.n; from = to) {
		to = page_end(&d, from);
		divide_page(&d, &limits, from, to);
	}
	atoms_free(&d.atoms);
	buf_free(&d.text);
}
