#include "indexer/extract/pdf_page.h"

#include <string.h>

#include "indexer/extract/line.h"

enum {
	MAX_WIDTH = 400,  /* characters of a line that are looked at */
	MIN_LINES = 8,    /* side by side, for columns */
	MIN_WORDS = 3,    /* in a line of a column, of the middle of them */
	MAX_DEPTH = 2
};

/* The bytes of the line's character `column`, counted with its indent; the line's end beyond. */
static size_t byte_at(struct span line, size_t indent, size_t column)
{
	size_t at = 0;
	for (size_t c = indent; at < line.len && c < column; c++)
		for (at++; at < line.len && ((unsigned char)line.p[at] & 0xC0) == 0x80;)
			at++;
	return at;
}

/* For each character of a line, whether it lies within a gap of two spaces or more. */
static size_t mark_gaps(struct span line, size_t indent, bool gap[MAX_WIDTH])
{
	size_t c = indent < MAX_WIDTH ? indent : MAX_WIDTH;
	memset(gap, false, MAX_WIDTH * sizeof *gap);
	for (size_t i = 0; i < line.len && c < MAX_WIDTH; c++) {
		bool beside = (i && line.p[i - 1] == ' ') || (i + 1 < line.len && line.p[i + 1] == ' ');
		gap[c] = line.p[i] == ' ' && beside;
		for (i++; i < line.len && ((unsigned char)line.p[i] & 0xC0) == 0x80;)
			i++;
	}
	return c;
}

struct gutter {
	size_t column;
	size_t n_both; /* lines that have text on both sides, and a gap there */
};

/* The column that most lines have a gap at, in the middle half of the page. */
static struct gutter find_gutter(const struct pdf_page *page)
{
	size_t both[MAX_WIDTH] = { 0 }, cross[MAX_WIDTH] = { 0 }, width = 0;
	bool gap[MAX_WIDTH];
	for (size_t i = 0; i < page->n; i++) {
		size_t end = mark_gaps(page->lines[i], page->indents[i], gap);
		for (size_t c = page->indents[i]; c < end; c++) {
			both[c] += gap[c];
			cross[c] += !gap[c];
		}
		width = end > width ? end : width;
	}
	struct gutter best = { 0 };
	for (size_t c = width / 4; c < width * 3 / 4; c++)
		if (both[c] > best.n_both && both[c] >= 3 * cross[c])
			best = (struct gutter){ c, both[c] };
	return best;
}

static size_t count_words(struct span s)
{
	size_t n = 0;
	for (size_t i = 0; i < s.len; i++)
		n += (is_alpha(s.p[i]) || (unsigned char)s.p[i] >= 0xC0) && (i == 0 || s.p[i - 1] == ' ');
	return n;
}

/* Where the left part of a line ends and the right one starts, if the line does not cross. */
static bool divide(struct span line, size_t indent, size_t column, struct span *left, struct span *right)
{
	size_t at = byte_at(line, indent, column), from = at, to = at;
	if (indent >= column) {
		*left = (struct span){ line.p, 0 };
		*right = line;
		return true;
	}
	while (from && line.p[from - 1] == ' ')
		from--;
	while (to < line.len && line.p[to] == ' ')
		to++;
	*left = (struct span){ line.p, from };
	*right = (struct span){ line.p + to, line.len - to };
	return to == line.len || to - from >= 2;
}

/* The column that a part of the line starts at. */
static size_t start_of(struct span line, size_t indent, struct span part)
{
	size_t column = indent;
	for (const char *p = line.p; p < part.p; p++)
		column += ((unsigned char)*p & 0xC0) != 0x80;
	return column;
}

/* Prose on both sides: half of the lines that have both have three words on each, and the right
 * ones begin at one place. */
static bool is_prose(const struct pdf_page *page, struct gutter g)
{
	size_t n_left = 0, n_right = 0, starts[MAX_WIDTH] = { 0 }, flush = 0;
	for (size_t i = 0; i < page->n; i++) {
		struct span left, right;
		if (!divide(page->lines[i], page->indents[i], g.column, &left, &right) || !left.len || !right.len)
			continue;
		n_left += count_words(left) >= MIN_WORDS;
		n_right += count_words(right) >= MIN_WORDS;
		size_t start = start_of(page->lines[i], page->indents[i], right);
		if (start < MAX_WIDTH)
			starts[start]++;
	}
	for (size_t c = 1; c + 1 < MAX_WIDTH; c++) {
		size_t near = starts[c - 1] + starts[c] + starts[c + 1];
		flush = near > flush ? near : flush;
	}
	return 2 * n_left >= g.n_both && 2 * n_right >= g.n_both && 10 * flush >= 6 * g.n_both;
}

struct split {
	struct pdf_page left, right, out;
	int depth;
};

static void order(struct pdf_page *page, int depth);

static void append(struct pdf_page *to, struct pdf_page *from, int depth)
{
	order(from, depth);
	if (from->n && to->n && to->lines[to->n - 1].len)
		pdf_page_add(to, (struct span){ "", 0 }, 0);
	for (size_t i = 0; i < from->n; i++)
		pdf_page_add(to, from->lines[i], from->indents[i]);
	from->n = 0;
}

static void flush(struct split *s)
{
	append(&s->out, &s->left, s->depth);
	append(&s->out, &s->right, s->depth);
}

/* A blank line of one column stays, but not two. */
static void add_part(struct pdf_page *column, struct span part, size_t indent)
{
	if (part.len || (column->n && column->lines[column->n - 1].len))
		pdf_page_add(column, part, indent);
}

/* What is right of the gutter counts its indents from there. */
static void order(struct pdf_page *page, int depth)
{
	struct gutter g = find_gutter(page);
	if (depth >= MAX_DEPTH || g.n_both < MIN_LINES || !is_prose(page, g))
		return;
	struct split s = { .depth = depth + 1 };
	for (size_t i = 0; i < page->n; i++) {
		struct span line = page->lines[i], left, right;
		if (!divide(line, page->indents[i], g.column, &left, &right)) {
			flush(&s);
			pdf_page_add(&s.out, line, page->indents[i]);
			continue;
		}
		add_part(&s.left, left, page->indents[i]);
		add_part(&s.right, right, right.len ? start_of(line, page->indents[i], right) - g.column : 0);
	}
	flush(&s);
	pdf_page_free(&s.left);
	pdf_page_free(&s.right);
	pdf_page_free(page);
	*page = s.out;
}

void pdf_page_columns(struct pdf_page *page)
{
	order(page, 0);
}
