#include "indexer/extract/asciidoc.h"

#include "indexer/extract/line.h"

#define NONE ((size_t)-1)

struct reader {
	struct outline *o;
	struct span text;
	struct line line;
	size_t open; /* where the block began, NONE: none is open */
	enum block_kind kind;
	int level;
	struct span fence; /* the line that ends the code or comment which is open; len 0: none */
	bool table;
	int header; /* lines since the document's title in which its author and date may stand; 0: none */
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

/* "== Name" */
static bool read_heading(struct reader *r, struct span s)
{
	size_t level = s.p[0] == '=' || s.p[0] == '#' ? count_char(s, 0, s.len, s.p[0]) : 0;
	if (level == 0 || level > 6 || level >= s.len || s.p[level] != ' ' || r->line.indent > 0)
		return false;
	struct span name = span_trim((struct span){ s.p + level, s.len - level });
	close_open(r, r->line.start);
	outline_title(r->o, name);
	outline_add(r->o, BLOCK_HEADING, (int)level, r->line.start, r->line.end, name);
	r->header = level == 1 && r->o->n == 1;
	return true;
}

/* "Kai Doe <kai@example.org>; Ann Roe" and "v1.2, 2024-05-01: remark" below the title. */
static bool read_header(struct reader *r, struct span s)
{
	if (r->header == 0 || r->header > 2)
		return false;
	bool revision = r->header == 2 || (s.p[0] == 'v' && s.len > 1 && is_digit(s.p[1]));
	r->header = revision ? 0 : 2;
	while (s.len > 0) {
		const char *mark = memchr(s.p, revision ? ',' : ';', s.len);
		size_t len = mark ? (size_t)(mark - s.p) : s.len;
		const char *mail = memchr(s.p, '<', len);
		struct span part = span_trim((struct span){ s.p, mail ? (size_t)(mail - s.p) : len });
		if (revision && part.len > 0 && is_digit(part.p[0]))
			outline_date(r->o, part);
		else if (!revision)
			outline_author(r->o, part);
		len += mark ? 1 : 0;
		s = (struct span){ s.p + len, s.len - len };
	}
	return true;
}

/* ":name: value" */
static bool read_attribute(struct reader *r, struct span s)
{
	bool may = s.len > 2 && s.p[0] == ':' && !is_space(s.p[1]);
	const char *end = may ? memchr(s.p + 1, ':', s.len - 1) : NULL;
	if (!end || end == s.p + 1 || memchr(s.p, ' ', (size_t)(end - s.p)))
		return false;
	struct span name = { s.p + 1, (size_t)(end - s.p) - 1 };
	struct span value = span_trim((struct span){ end + 1, s.len - name.len - 2 });
	close_open(r, r->line.start);
	if (span_is_nocase(name, "author"))
		outline_author(r->o, value);
	if (span_is_nocase(name, "revdate"))
		outline_date(r->o, value);
	return true;
}

static bool is_all(struct span s, char c, size_t at_least)
{
	return s.len >= at_least && count_char(s, 0, s.len, c) == s.len;
}

/* Within a listing, a literal block or a comment. */
static bool read_fenced(struct reader *r, struct span s)
{
	if (r->fence.len == 0)
		return false;
	if (span_equal(s, r->fence)) {
		close_open(r, r->line.start);
		r->fence.len = 0;
	}
	return true;
}

/* The lines that begin and end blocks. */
static bool read_delimiter(struct reader *r, struct span s)
{
	bool code = is_all(s, '-', 4) || is_all(s, '.', 4) || is_all(s, '+', 4) || is_all(s, '`', 3);
	bool comment = is_all(s, '/', 4);
	if (code || comment) {
		close_open(r, r->line.start);
		r->fence = s;
		if (code) {
			r->open = r->line.next;
			r->kind = BLOCK_CODE;
			r->level = 0;
		}
		return true;
	}
	if (span_starts(s, "|===") || span_starts(s, ",===")) {
		close_open(r, r->line.start);
		r->table = !r->table;
		return true;
	}
	if (!is_all(s, '*', 4) && !is_all(s, '_', 4) && !is_all(s, '=', 4) && !span_is_nocase(s, "--"))
		return false;
	close_open(r, r->line.start);
	return true;
}

static bool is_macro_line(struct span s)
{
	return span_starts(s, "include::") || span_starts(s, "image::") || span_starts(s, "toc::") ||
	       span_starts(s, "ifdef::") || span_starts(s, "ifndef::") || span_starts(s, "endif::") ||
	       span_starts(s, "//") || span_is_nocase(s, "'''") || span_is_nocase(s, "<<<") ||
	       span_is_nocase(s, "+") || (s.p[0] == '[' && s.p[s.len - 1] == ']');
}

/* "* a", "** b", ". one", "- c", "3. three": the level is how many marks there are. */
static int item_level(struct span s)
{
	size_t n = s.p[0] == '*' || s.p[0] == '.' ? count_char(s, 0, s.len, s.p[0]) : 0;
	if (n > 0)
		return n < 6 && n < s.len && s.p[n] == ' ' ? (int)n : 0;
	return list_mark(s, 0, s.len) > 0 ? 1 : 0;
}

static void read_line(struct reader *r)
{
	struct span s = line_content(r->text, &r->line);
	if (read_fenced(r, s))
		return;
	if (r->line.blank) {
		close_open(r, r->line.start);
		r->header = 0;
		return;
	}
	if (read_heading(r, s) || read_attribute(r, s) || read_delimiter(r, s))
		return;
	if (is_macro_line(s)) {
		close_open(r, r->line.start);
		return;
	}
	if (read_header(r, s))
		return;
	if (r->table && s.p[0] == '|')
		open_at(r, BLOCK_ROW, 0);
	else if (item_level(s) > 0)
		open_at(r, BLOCK_LIST_ITEM, item_level(s));
	else if (r->open == NONE)
		open_at(r, BLOCK_PARAGRAPH, 0);
}

void asciidoc_outline(struct outline *o)
{
	struct reader r = { .o = o, .text = o->text, .open = NONE };
	while (line_next(r.text, &r.line))
		read_line(&r);
	close_open(&r, r.text.len);
}
