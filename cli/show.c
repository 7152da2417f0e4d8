#include "cli/show.h"

#include <string.h>

#include "base/columns.h"
#include "base/utf8.h"
#include "cli/paths.h"
#include "query/present.h"
#include "query/snippet.h"

enum { INDENT = 4, SNIPPET_LINES = 3 };

/* Where the line that begins at `at` ends: behind a word, or where scripts without
 * spaces fill the width. */
static size_t line_end(struct span text, size_t at, size_t columns)
{
	size_t used = 0, word = 0, start = at;
	uint32_t before = 0;
	while (at < text.len) {
		uint32_t code;
		size_t len = utf8_decode(text.p + at, text.len - at, &code);
		size_t width = (size_t)columns_of(code);
		if (code == ' ' || (at > start && columns_of(before) == 2))
			word = at;
		if (used + width > columns && code != ' ')
			return word ? word : at > start ? at : at + len;
		used += width;
		at += len;
		before = code;
	}
	return at;
}

/* The stretch [from, to) of one line, with what is marked in it. */
static void add_marked(const struct terminal *t, struct buf *out, struct span text, size_t from,
                       size_t to, const struct evidence *marks)
{
	for (size_t i = 0; i < marks->n; i++) {
		const struct evidence_range *mark = &marks->ranges[i];
		size_t on = mark->start < from ? from : mark->start, off = mark->end > to ? to : mark->end;
		if (on >= off)
			continue;
		text_harmless(out, (struct span){ text.p + from, on - from });
		buf_add_str(out, terminal_style(t, STYLE_MARK));
		text_harmless(out, (struct span){ text.p + on, off - on });
		buf_add_str(out, terminal_style(t, STYLE_PLAIN));
		from = off;
	}
	text_harmless(out, (struct span){ text.p + from, to - from });
}

void show_wrapped(const struct terminal *t, struct buf *out, struct span text,
                  const struct evidence *marks, size_t indent)
{
	size_t columns = t->width > indent + 20 ? t->width - indent : 20;
	for (size_t at = 0; at < text.len;) {
		size_t end = line_end(text, at, columns);
		buf_printf(out, "%*s", (int)indent, "");
		add_marked(t, out, text, at, end, marks);
		buf_add_byte(out, '\n');
		for (at = end; at < text.len && text.p[at] == ' ';)
			at++;
	}
}

static void add_styled(const struct terminal *t, struct buf *out, enum style style, struct span text)
{
	buf_add_str(out, terminal_style(t, style));
	buf_add_span(out, text);
	buf_add_str(out, terminal_style(t, STYLE_PLAIN));
}

/* The title and the heading path, without saying the same twice. */
static void add_heading(const struct terminal *t, struct buf *out, const struct hit *h, size_t columns)
{
	struct buf raw = buf_new(1 << 16), clean = buf_new(1 << 17);
	if (h->title && (!h->heading || strncmp(h->heading, h->title, strlen(h->title)) != 0))
		buf_printf(&raw, "%s%s", h->title, h->heading ? " > " : "");
	if (h->heading)
		buf_add_str(&raw, h->heading);
	text_harmless(&clean, buf_span(&raw));
	struct snippet s = snippet_make(buf_span(&clean), NULL, columns - 1);
	if (s.len) {
		buf_add_str(out, "  ");
		add_styled(t, out, STYLE_HEADING, (struct span){ s.text, s.len });
		buf_add_str(out, s.cut_after ? "…" : "");
	}
	snippet_free(&s);
	buf_free(&raw);
	buf_free(&clean);
}

static void add_first_line(const struct terminal *t, struct buf *out, const struct shown *shown,
                           const char *cwd)
{
	const struct hit *h = shown->hit;
	struct buf path = buf_new(1 << 18), label = buf_new(1 << 18);
	size_t line = hit_line(h);
	char tail[64];
	text_path(&path, span_of(path_from(h->path, cwd)));
	snprintf(tail, sizeof tail, "  %.*f", shown->decimals, h->score);
	add_styled(t, &label, STYLE_PATH, buf_span(&path));
	buf_printf(&label, ":%s%zu%s", terminal_style(t, STYLE_LINE), line,
	           terminal_style(t, STYLE_PLAIN));
	if (h->page)
		buf_printf(&label, " page %u", (unsigned)h->page);
	terminal_link(t, out, h->path, line, buf_span(&label));
	add_styled(t, out, STYLE_DIM, span_of(tail));
	size_t used = columns_in(buf_span(&path)) + 8 + (h->page ? 9 : 0) + strlen(tail);
	/* a heading that would be cut to a stub has a line of its own */
	if (used + 24 > t->width) {
		buf_add_str(out, h->title || h->heading ? "\n  " : "");
		used = 4;
	}
	add_heading(t, out, h, t->width > used + 20 ? t->width - used : 20);
	buf_add_byte(out, '\n');
	buf_free(&path);
	buf_free(&label);
}

/* Who wrote it and when, where the document says so: the day is enough. */
static void add_origin(const struct terminal *t, struct buf *out, const struct hit *h)
{
	struct buf line = buf_new(1 << 16);
	if (!h->author && !h->date)
		return;
	if (h->author)
		text_harmless(&line, span_of(h->author));
	if (h->date)
		buf_printf(&line, "%s%.10s", line.len ? ", " : "", h->date);
	buf_printf(out, "%*s", INDENT, "");
	add_styled(t, out, STYLE_DIM, buf_span(&line));
	buf_add_byte(out, '\n');
	buf_free(&line);
}

/* Words that the document's author has not written. */
static void add_maker(const struct terminal *t, struct buf *out, const char *text_by)
{
	struct buf line = buf_new(1 << 12);
	buf_printf(&line, "%*stext by ", INDENT, "");
	text_harmless(&line, span_of(text_by));
	add_styled(t, out, STYLE_DIM, buf_span(&line));
	buf_add_byte(out, '\n');
	buf_free(&line);
}

static void add_passage(const struct terminal *t, struct buf *out, const struct hit *h)
{
	struct span text = { h->text, h->text_len };
	for (size_t at = 0; at < text.len;) {
		const char *newline = memchr(text.p + at, '\n', text.len - at);
		size_t end = newline ? (size_t)(newline - text.p) : text.len;
		buf_printf(out, "%*s", end > at ? INDENT : 0, "");
		add_marked(t, out, text, at, end, &h->evidence);
		buf_add_byte(out, '\n');
		at = end + 1;
	}
}

static void add_snippet(const struct terminal *t, struct buf *out, const struct hit *h)
{
	struct span text = { h->text, h->text_len };
	size_t columns = t->width > INDENT + 20 ? t->width - INDENT : 20;
	/* a line loses a word's length on average; two columns for what is cut */
	size_t room = SNIPPET_LINES * columns - columns / 5 - 2;
	struct snippet s = snippet_make(text, &h->evidence, room);
	struct buf line = buf_new(s.len + 16);
	size_t shift = s.cut_before ? strlen("…") : 0;
	buf_add_str(&line, s.cut_before ? "…" : "");
	buf_add(&line, s.text, s.len);
	buf_add_str(&line, s.cut_after ? "…" : "");
	for (size_t i = 0; i < s.marks.n; i++) {
		s.marks.ranges[i].start += shift;
		s.marks.ranges[i].end += shift;
	}
	show_wrapped(t, out, buf_span(&line), &s.marks, INDENT);
	buf_free(&line);
	snippet_free(&s);
}

void show_hit(const struct terminal *t, struct buf *out, const struct shown *shown, const char *cwd)
{
	add_first_line(t, out, shown, cwd);
	add_origin(t, out, shown->hit);
	if (shown->hit->text_by)
		add_maker(t, out, shown->hit->text_by);
	if (shown->full)
		add_passage(t, out, shown->hit);
	else
		add_snippet(t, out, shown->hit);
}
