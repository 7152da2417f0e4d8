#include "indexer/extract/pdf_page.h"

#include <stdlib.h>

#include "base/mem.h"
#include "indexer/extract/line.h"

enum {
	CELL_GAP = 3,       /* spaces between two cells of a row, at least */
	FIRST_INDENT = 8,   /* of a paragraph's first line, at most */
	FULL_LINE = 60      /* percent of the longest line, from which on a line runs on in the next */
};

void pdf_page_free(struct pdf_page *page)
{
	free(page->lines);
	free(page->indents);
	*page = (struct pdf_page){ 0 };
}

void pdf_page_add(struct pdf_page *page, struct span line, size_t indent)
{
	page->lines = mem_grow(page->lines, &page->cap, page->n + 1, sizeof *page->lines);
	page->indents = mem_grow(page->indents, &page->indents_cap, page->n + 1, sizeof *page->indents);
	page->lines[page->n] = line;
	page->indents[page->n++] = indent;
}

void pdf_page_read(struct pdf_page *page, struct span text)
{
	struct line line = { 0 };
	page->n = 0;
	while (line_next(text, &line)) {
		bool blank = line.blank;
		if (blank && (page->n == 0 || page->lines[page->n - 1].len == 0))
			continue;
		struct span s = line_content(text, &line);
		pdf_page_add(page, s, blank ? 0 : line.first - line.start);
	}
	if (page->n && page->lines[page->n - 1].len == 0)
		page->n--;
}

/* --- writing ------------------------------------------------------------------------------ */

/* The cell that rest begins with, taken off it with the gap behind. */
static struct span next_cell(struct span *rest)
{
	size_t spaces = 0;
	for (size_t i = 0; i < rest->len; i++) {
		spaces = rest->p[i] == ' ' ? spaces + 1 : 0;
		if (spaces < CELL_GAP)
			continue;
		struct span cell = { rest->p, i + 1 - spaces };
		while (i < rest->len && rest->p[i] == ' ')
			i++;
		*rest = (struct span){ rest->p + i, rest->len - i };
		return cell;
	}
	struct span cell = *rest;
	rest->len = 0;
	return cell;
}

/* "(1)", "•", "a)": a mark with a gap behind it is no cell. */
static bool is_mark(struct span cell)
{
	return cell.len <= 4 && (cell.len == 0 || !is_alpha(cell.p[0]) || cell.p[cell.len - 1] == ')' ||
	                         cell.p[cell.len - 1] == '.');
}

static bool is_row(struct span line)
{
	struct span rest = line, first = next_cell(&rest);
	if (rest.len == 0)
		return false;
	if (!is_mark(first))
		return true;
	next_cell(&rest);
	return rest.len > 0;
}

/* A sign of money belongs to the number behind it, what is behind a number to it. */
static const char *between(struct span left, struct span right)
{
	bool sign = left.len == 1 && left.p[0] == '$';
	sign = sign || span_equal(left, span_of("€")) || span_equal(left, span_of("£"));
	bool tail = right.len == 1 && (right.p[0] == '%' || right.p[0] == ')');
	return sign || tail ? " " : " | ";
}

/* Single spaces for runs of them. */
static void add_words(struct buf *out, struct span s)
{
	size_t start = 0;
	for (size_t i = 1; i < s.len; i++) {
		if (s.p[i] != ' ' || s.p[i - 1] != ' ')
			continue;
		buf_add(out, s.p + start, i - start);
		while (i + 1 < s.len && s.p[i + 1] == ' ')
			i++;
		start = i + 1;
	}
	if (start < s.len)
		buf_add(out, s.p + start, s.len - start);
}

static void add_row(struct buf *out, struct span line)
{
	struct span last = { 0 };
	while (line.len) {
		struct span cell = next_cell(&line);
		buf_add_str(out, last.p ? between(last, cell) : "");
		add_words(out, cell);
		last = cell;
	}
}

static bool is_letter(const char *p)
{
	return is_alpha(*p) || (unsigned char)*p >= 0x80;
}

/* ASCII, Latin-1, Greek and Cyrillic: scripts that divide words at a line's end. */
static bool is_lower(struct span s)
{
	if (s.len < 2)
		return false;
	unsigned char a = (unsigned char)s.p[0], b = (unsigned char)s.p[1];
	return (a >= 'a' && a <= 'z') || (a == 0xC3 && b >= 0x9F) || (a == 0xCE && b >= 0xAC) || a == 0xCF ||
	       (a == 0xD0 && b >= 0xB0) || a == 0xD1;
}

static bool ends_in(struct buf *out, const char *end)
{
	size_t len = strlen(end);
	return out->len >= len && memcmp(out->p + out->len - len, end, len) == 0;
}

/* What stands between a line that runs on and the next: a space, or nothing where a word is
 * divided (its hyphen is taken away). */
static void join(struct buf *out, struct span next)
{
	size_t hyphen = ends_in(out, "\xC2\xAD") ? 2 : ends_in(out, "\xE2\x80\x90") ? 3 : ends_in(out, "-");
	if (hyphen == 2)
		out->len -= 2;
	else if (hyphen && out->len > hyphen + 1 && is_letter(out->p + out->len - hyphen - 1) &&
	         is_letter(out->p + out->len - hyphen - 2) && is_lower(next) && is_letter(next.p + 1))
		out->len -= hyphen;
	else
		buf_add_byte(out, ' ');
}

static bool ends_sentence(struct span s)
{
	return s.len && strchr(".!?:;", s.p[s.len - 1]);
}

static size_t characters(const char *from, const char *to)
{
	size_t n = 0;
	for (; from < to; from++)
		n += ((unsigned char)*from & 0xC0) != 0x80;
	return n;
}

/* A row whose last cell goes on below: the next line begins where the cell does. */
static bool cell_runs_on(const struct pdf_page *page, size_t i)
{
	struct span line = page->lines[i], rest = line, cell = rest;
	while (rest.len)
		cell = next_cell(&rest);
	size_t column = page->indents[i] + characters(line.p, cell.p), next = page->indents[i + 1];
	return next + 1 >= column && next <= column + 1;
}

/* Whether line i runs on in the next: it is full, and the next does not begin anew. */
static bool runs_on(const struct pdf_page *page, size_t i, size_t longest)
{
	struct span line = page->lines[i], next = page->lines[i + 1];
	if (next.len && is_row(line) && !is_row(next))
		return cell_runs_on(page, i);
	if (next.len == 0 || is_row(line) || is_row(next) || list_mark(next, 0, next.len) ||
	    page->indents[i + 1] > page->indents[i] + 2 || page->indents[i] > page->indents[i + 1] + FIRST_INDENT)
		return false;
	size_t right = page->indents[i] + line.len;
	if (ends_sentence(line) && right * 100 < longest * 85)
		return false;
	return right * 100 >= longest * FULL_LINE;
}

/* The longest line of those up to the next blank one, rows apart. */
static size_t longest_of(const struct pdf_page *page, size_t from)
{
	size_t longest = 0;
	for (size_t i = from; i < page->n && page->lines[i].len; i++) {
		size_t right = page->indents[i] + page->lines[i].len;
		if (right > longest && !is_row(page->lines[i]))
			longest = right;
	}
	return longest;
}

void pdf_page_write(const struct pdf_page *page, struct buf *out)
{
	size_t longest = 0;
	for (size_t i = 0; i < page->n; i++) {
		struct span line = page->lines[i];
		if (line.len && (i == 0 || page->lines[i - 1].len == 0))
			longest = longest_of(page, i);
		if (is_row(line))
			add_row(out, line);
		else
			add_words(out, line);
		if (i + 1 < page->n && line.len && runs_on(page, i, longest))
			join(out, page->lines[i + 1]);
		else
			buf_add_byte(out, '\n');
	}
}
