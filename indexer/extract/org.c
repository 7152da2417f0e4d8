#define _GNU_SOURCE /* memmem */
#include "indexer/extract/org.h"

#include "base/buf.h"
#include "indexer/extract/line.h"

#define NONE ((size_t)-1)

struct reader {
	struct outline *o;
	struct span text;
	struct line line;
	size_t open; /* where the block began, NONE: none is open */
	enum block_kind kind;
	int level;
	bool block;     /* within #+BEGIN_SRC or #+BEGIN_EXAMPLE */
	bool left_out;  /* within a comment block */
	bool drawer;
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

/* [[target][text]] and [[target]] lose their brackets. */
static void clean(struct span s, struct buf *out)
{
	for (size_t i = 0; i < s.len;) {
		const char *end = NULL;
		if (s.p[i] == '[' && i + 1 < s.len && s.p[i + 1] == '[')
			end = memmem(s.p + i, s.len - i, "]]", 2);
		if (!end) {
			buf_add_byte(out, s.p[i++]);
			continue;
		}
		const char *start = s.p + i + 2;
		const char *text = memmem(start, (size_t)(end - start), "][", 2);
		start = text ? text + 2 : start;
		buf_add(out, start, (size_t)(end - start));
		i = (size_t)(end - s.p) + 2;
	}
}

/* "Name :tag:other:" without the tags. */
static struct span without_tags(struct span s)
{
	if (s.len < 3 || s.p[s.len - 1] != ':')
		return s;
	size_t i = s.len;
	while (i > 0 && !is_space(s.p[i - 1]))
		i--;
	return i < s.len && s.p[i] == ':' && s.len - i > 2 ? span_trim((struct span){ s.p, i }) : s;
}

static struct span without_word(struct span s, const char *word)
{
	size_t len = strlen(word);
	if (span_starts(s, word) && (s.len == len || is_space(s.p[len])))
		return span_trim((struct span){ s.p + len, s.len - len });
	return s;
}

static bool read_headline(struct reader *r)
{
	static const char *const states[] = { "TODO", "DONE", "NEXT", "WAITING", "CANCELLED",
		                              "CANCELED" };
	struct span s = line_content(r->text, &r->line);
	size_t level = count_char(s, 0, s.len, '*');
	if (level == 0 || r->line.indent > 0 || level >= s.len || s.p[level] != ' ')
		return false;
	close_open(r, r->line.start);
	s = span_trim((struct span){ s.p + level, (s.len < 1000 ? s.len : 1000) - level });
	for (size_t i = 0; i < sizeof states / sizeof *states; i++)
		s = without_word(s, states[i]);
	if (s.len > 4 && s.p[0] == '[' && s.p[1] == '#' && s.p[3] == ']')
		s = span_trim((struct span){ s.p + 4, s.len - 4 });
	struct buf name = buf_new(4096);
	clean(without_tags(s), &name);
	outline_title(r->o, buf_span(&name));
	outline_add(r->o, BLOCK_HEADING, (int)(level < 20 ? level : 20), r->line.start, r->line.end,
	            buf_span(&name));
	buf_free(&name);
	r->drawer = false;
	return true;
}

/* "#+KEY: value", "#+BEGIN_...", "# comment" */
static bool read_keyword(struct reader *r)
{
	struct span s = line_content(r->text, &r->line);
	if (s.p[0] != '#' || (s.len > 1 && s.p[1] != '+' && s.p[1] != ' '))
		return false;
	close_open(r, r->line.start);
	if (span_starts_nocase(s, "#+title:")) {
		outline_title(r->o, (struct span){ s.p + 8, s.len - 8 });
	} else if (span_starts_nocase(s, "#+begin_src") || span_starts_nocase(s, "#+begin_example") ||
	           span_starts_nocase(s, "#+begin_export")) {
		open_at(r, BLOCK_CODE, 0);
		r->block = true;
	} else if (span_starts_nocase(s, "#+begin_comment")) {
		r->left_out = true;
	}
	return true;
}

/* ":PROPERTIES:" to ":END:" */
static bool read_drawer(struct reader *r)
{
	struct span s = line_content(r->text, &r->line);
	if (r->drawer) {
		r->drawer = !span_is_nocase(s, ":end:");
		return true;
	}
	if (!span_is_nocase(s, ":properties:") && !span_is_nocase(s, ":logbook:"))
		return false;
	close_open(r, r->line.start);
	r->drawer = true;
	return true;
}

static bool read_in_block(struct reader *r)
{
	struct span s = line_content(r->text, &r->line);
	bool end = span_starts_nocase(s, "#+end_");
	if (r->left_out) {
		r->left_out = !end;
		return true;
	}
	if (!r->block)
		return false;
	if (end) {
		close_open(r, r->line.end);
		r->block = false;
	}
	return true;
}

static bool read_row(struct reader *r)
{
	struct span s = line_content(r->text, &r->line);
	if (s.p[0] != '|')
		return false;
	close_open(r, r->line.start);
	if (s.len < 2 || s.p[1] != '-')
		outline_add(r->o, BLOCK_ROW, 0, r->line.start, r->line.end, (struct span){ 0 });
	return true;
}

static void read_line(struct reader *r)
{
	if (read_in_block(r))
		return;
	if (r->line.blank) {
		close_open(r, r->line.start);
		return;
	}
	if (read_headline(r) || read_drawer(r) || read_keyword(r) || read_row(r))
		return;
	struct span s = line_content(r->text, &r->line);
	bool fixed = s.p[0] == ':' && (s.len == 1 || s.p[1] == ' ');
	bool star = s.p[0] == '*' && r->line.indent == 0;
	if (list_mark(r->text, r->line.first, r->line.end) > 0 && !star) {
		open_at(r, BLOCK_LIST_ITEM, (int)(r->line.indent < 40 ? r->line.indent / 2 + 1 : 20));
		return;
	}
	if (r->open != NONE && fixed != (r->kind == BLOCK_CODE))
		close_open(r, r->line.start);
	if (r->open == NONE)
		open_at(r, fixed ? BLOCK_CODE : BLOCK_PARAGRAPH, 0);
}

void org_outline(struct outline *o)
{
	struct reader r = { .o = o, .text = o->text, .open = NONE };
	while (line_next(r.text, &r.line))
		read_line(&r);
	close_open(&r, r.text.len);
}
