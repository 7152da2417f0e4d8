#include "indexer/extract/rst.h"

#include "base/buf.h"
#include "indexer/extract/line.h"

#define NONE ((size_t)-1)
#define STYLES_MAX 12
#define MARKS "=-~^\"'`#*+:._<>!$%&(),/;?@[\\]{|}"

struct reader {
	struct outline *o;
	struct span text;
	struct line line;
	size_t open; /* where the block began, NONE: none is open */
	enum block_kind kind;
	int level;
	size_t literal;   /* lines that stand further right than this column are code; NONE: none */
	size_t left_out;  /* lines further right are left out; NONE: none */
	bool simple_table;
	char styles[STYLES_MAX]; /* heading marks in the order they came; upper bit: overlined */
	int n_styles;
};

static void close_open(struct reader *r, size_t end)
{
	if (r->open != NONE)
		outline_add(r->o, r->kind, r->level, r->open, end, (struct span){ 0 });
	r->open = NONE;
}

static void open_at(struct reader *r, enum block_kind kind, int level)
{
	close_open(r, r->line.start);
	r->open = r->line.start;
	r->kind = kind;
	r->level = level;
}

/* `role`, *emphasis*, ``code`` and references lose their marks. */
static void clean(struct span s, struct buf *out)
{
	for (size_t i = 0; i < s.len; i++) {
		if (s.p[i] == '`' || s.p[i] == '*' || s.p[i] == '|')
			continue;
		if (s.p[i] == '_' && i > 0 && s.p[i - 1] == '`')
			continue;
		if (s.p[i] == '\\' && i + 1 < s.len)
			i++;
		if (s.p[i] == ':' && i + 1 < s.len && is_alpha(s.p[i + 1])) {
			size_t n = i + 1;
			while (n < s.len && (is_alpha(s.p[n]) || s.p[n] == '-'))
				n++;
			if (n + 1 < s.len && s.p[n] == ':' && s.p[n + 1] == '`') {
				i = n;
				continue;
			}
		}
		buf_add_byte(out, s.p[i]);
	}
}

static bool is_mark_line(struct span s)
{
	return s.len >= 2 && strchr(MARKS, s.p[0]) && count_char(s, 0, s.len, s.p[0]) == s.len;
}

/* Levels are in the order in which the styles appear (docutils). */
static int level_of(struct reader *r, char mark, bool over)
{
	char style = (char)(mark | (over ? 0x80 : 0));
	for (int i = 0; i < r->n_styles; i++) {
		if (r->styles[i] == style)
			return i + 1;
	}
	if (r->n_styles < STYLES_MAX)
		r->styles[r->n_styles++] = style;
	return r->n_styles;
}

static void add_heading(struct reader *r, size_t start, size_t end, struct span name, int level)
{
	struct buf b = buf_new(4096);
	clean((struct span){ name.p, name.len < 1000 ? name.len : 1000 }, &b);
	outline_title(r->o, buf_span(&b));
	outline_add(r->o, BLOCK_HEADING, level, start, end, buf_span(&b));
	buf_free(&b);
}

/* The length of a line in characters. */
static size_t width(struct span s)
{
	size_t n = 0;
	for (size_t i = 0; i < s.len; i++)
		n += ((unsigned char)s.p[i] & 0xC0) != 0x80;
	return n;
}

static bool underlines(struct span mark, struct span title)
{
	return is_mark_line(mark) && title.len > 0 && (mark.len >= 4 || mark.len >= width(title));
}

/* A title with a line of marks below, or above and below. */
static bool read_section(struct reader *r)
{
	struct line second, third;
	if (r->open != NONE || !line_at(r->text, r->line.next, &second) || second.blank)
		return false;
	struct span one = line_content(r->text, &r->line), two = line_content(r->text, &second);
	if (is_mark_line(one) && line_at(r->text, second.next, &third)) {
		struct span three = line_content(r->text, &third);
		if (span_equal(one, three) && !is_mark_line(two) && underlines(three, two)) {
			add_heading(r, r->line.start, third.end, two, level_of(r, one.p[0], true));
			r->line.next = third.next;
			return true;
		}
	}
	if (r->line.indent > 0 || second.indent > 0 || is_mark_line(one) || !underlines(two, one))
		return false;
	add_heading(r, r->line.start, second.end, one, level_of(r, two.p[0], false));
	r->line.next = second.next;
	return true;
}

static bool any_of(struct span name, const char *const *names, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (span_equal(name, span_of(names[i])))
			return true;
	}
	return false;
}

/* ".. name:: argument", ".. comment", ".. _target:" */
static bool read_explicit(struct reader *r)
{
	static const char *const code[] = { "code", "code-block", "sourcecode", "parsed-literal",
		                            "math", "productionlist", "doctest", "testcode", "prompt" };
	static const char *const out[] = { "toctree", "contents", "index", "include", "raw", "meta",
		                           "highlight", "literalinclude", "image", "currentmodule" };
	struct span s = line_content(r->text, &r->line);
	if (!span_starts(s, ".. ") && !span_is_nocase(s, ".."))
		return false;
	close_open(r, r->line.start);
	s = span_trim((struct span){ s.p + 2, s.len - 2 });
	size_t n = 0;
	while (n < s.len && (is_alpha(s.p[n]) || strchr("-_:", s.p[n])) &&
	       !span_starts((struct span){ s.p + n, s.len - n }, "::"))
		n++;
	bool directive = n > 0 && span_starts((struct span){ s.p + n, s.len - n }, "::");
	struct span name = { s.p, n };
	if (directive && any_of(name, code, sizeof code / sizeof *code))
		r->literal = r->line.indent;
	else if (span_starts(s, "[") || span_starts(s, "|"))
		open_at(r, BLOCK_PARAGRAPH, 0); /* a footnote, a citation, a substitution */
	else if (!directive || any_of(name, out, sizeof out / sizeof *out))
		r->left_out = r->line.indent;
	else if (n + 2 < s.len)
		open_at(r, BLOCK_PARAGRAPH, 0); /* a note with its text, a figure, a function */
	return true;
}

/* "====  ====" opens, divides and closes a simple table; "+---+" a grid's rows. */
static bool read_table(struct reader *r)
{
	struct span s = line_content(r->text, &r->line);
	bool border = s.len >= 5 && s.p[0] == '=' && memchr(s.p, ' ', s.len);
	bool grid = s.len >= 3 && s.p[0] == '+' && (s.p[1] == '-' || s.p[1] == '=');
	for (size_t i = 0; border && i < s.len; i++)
		border = s.p[i] == '=' || s.p[i] == ' ';
	if (border || grid) {
		struct line below;
		close_open(r, r->line.start);
		if (border)
			r->simple_table = line_at(r->text, r->line.next, &below) && !below.blank;
		return true;
	}
	if (s.p[0] == '|' && s.len > 1 && s.p[s.len - 1] == '|') {
		open_at(r, BLOCK_ROW, 0);
		return true;
	}
	if (!r->simple_table)
		return false;
	open_at(r, BLOCK_ROW, 0);
	return true;
}

static bool read_list_item(struct reader *r)
{
	size_t at = r->line.first;
	bool number = at + 2 < r->line.end && r->text.p[at] == '#' && r->text.p[at + 1] == '.';
	if (!number && list_mark(r->text, at, r->line.end) == 0)
		return false;
	if (r->open != NONE && r->kind == BLOCK_PARAGRAPH)
		return false;
	open_at(r, BLOCK_LIST_ITEM, (int)(r->line.indent < 40 ? r->line.indent / 2 + 1 : 20));
	return true;
}

/* Lines that belong to a literal block or to what is left out. */
static bool read_indented(struct reader *r)
{
	if (r->left_out != NONE) {
		if (r->line.indent > r->left_out)
			return true;
		r->left_out = NONE;
	}
	if (r->literal == NONE)
		return false;
	if (r->line.indent > r->literal) {
		if (r->open == NONE)
			open_at(r, BLOCK_CODE, 0);
		return true;
	}
	close_open(r, r->line.start);
	r->literal = NONE;
	return false;
}

static void end_paragraph(struct reader *r)
{
	if (r->open != NONE && r->literal != NONE && r->kind == BLOCK_CODE)
		return; /* blank lines belong to a literal block */
	close_open(r, r->line.start);
	r->simple_table = false;
}

static void read_line(struct reader *r)
{
	if (r->line.blank) {
		end_paragraph(r);
		return;
	}
	if (read_indented(r) || read_section(r) || read_table(r) || read_explicit(r))
		return;
	struct span s = line_content(r->text, &r->line);
	if (!read_list_item(r) && r->open == NONE)
		open_at(r, BLOCK_PARAGRAPH, 0);
	if (span_ends(s, "::")) {
		r->literal = r->line.indent;
		/* what follows without a blank line still belongs to the paragraph */
		struct line below;
		if (!line_at(r->text, r->line.next, &below) || !below.blank)
			r->literal = NONE;
	}
}

void rst_outline(struct outline *o)
{
	struct reader r = { .o = o, .text = o->text, .open = NONE, .literal = NONE, .left_out = NONE };
	while (line_next(r.text, &r.line))
		read_line(&r);
	close_open(&r, r.text.len);
}
