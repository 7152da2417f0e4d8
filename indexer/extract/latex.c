#define _GNU_SOURCE /* memmem */
#include "indexer/extract/latex.h"

#include "base/buf.h"
#include "indexer/extract/line.h"

#define NONE ((size_t)-1)
#define ARGUMENT_MAX 2000 /* bytes; a brace that stays open longer is a mistake */

struct reader {
	struct outline *o;
	struct span text;
	struct line line;
	size_t open; /* where the block began, NONE: none is open */
	enum block_kind kind;
	int level;
	size_t rest;        /* where the line goes on behind a command, NONE: the next one comes */
	int lists;          /* itemize and the like that are open */
	struct span end_of; /* "\end{verbatim}" of the code that is open; len 0: none */
};

static void close_open(struct reader *r, size_t end)
{
	if (r->open != NONE)
		outline_add(r->o, r->kind, r->level, r->open, end, (struct span){ 0 });
	r->open = NONE;
}

/* The argument in braces whose '{' stands at `at`; p NULL: there is none. */
static struct span argument(struct span text, size_t at)
{
	size_t depth = 0;
	size_t stop = text.len - at > ARGUMENT_MAX ? at + ARGUMENT_MAX : text.len;
	for (size_t i = at; i < stop; i++) {
		if (text.p[i] == '\\')
			i++;
		else if (text.p[i] == '{')
			depth++;
		else if (text.p[i] == '}' && --depth == 0)
			return (struct span){ text.p + at + 1, i - at - 1 };
	}
	return (struct span){ 0 };
}

/* Without commands, braces and comments: "\emph{Tea} \& more" is "Tea & more". */
static void clean(struct span s, struct buf *out)
{
	for (size_t i = 0; i < s.len; i++) {
		char c = s.p[i];
		if (c == '{' || c == '}')
			continue;
		if (c == '%') {
			const char *end = memchr(s.p + i, '\n', s.len - i);
			i = end ? (size_t)(end - s.p) : s.len;
		} else if (c == '\\' && i + 1 < s.len && is_alpha(s.p[i + 1])) {
			while (i + 1 < s.len && is_alpha(s.p[i + 1]))
				i++;
			buf_add_byte(out, ' ');
		} else if (c == '\\' && i + 1 < s.len) {
			i++;
			buf_add_byte(out, s.p[i] == '\\' ? ' ' : s.p[i]);
		} else {
			buf_add_byte(out, c == '~' ? ' ' : c);
		}
	}
}

/* The command's name that s begins with, without backslash and star. */
static struct span command_of(struct span s)
{
	size_t n = 1;
	while (n < s.len && is_alpha(s.p[n]))
		n++;
	return s.len > 0 && s.p[0] == '\\' ? (struct span){ s.p + 1, n - 1 } : (struct span){ s.p, 0 };
}

/* Behind the name come a star, options in brackets, the brace: where it stands, NONE: not. */
static size_t brace_behind(struct span text, size_t at)
{
	if (at < text.len && text.p[at] == '*')
		at++;
	if (at < text.len && text.p[at] == '[') {
		size_t most = text.len - at < ARGUMENT_MAX ? text.len - at : ARGUMENT_MAX;
		const char *end = memchr(text.p + at, ']', most);
		if (!end)
			return NONE;
		at = (size_t)(end - text.p) + 1;
	}
	return at < text.len && text.p[at] == '{' ? at : NONE;
}

static int section_level(struct span name)
{
	static const struct {
		const char *name;
		int level;
	} levels[] = { { "part", 1 }, { "chapter", 1 }, { "section", 2 }, { "subsection", 3 },
		       { "subsubsection", 4 }, { "paragraph", 5 }, { "subparagraph", 6 },
		       { "frametitle", 2 } };
	for (size_t i = 0; i < sizeof levels / sizeof *levels; i++) {
		if (span_equal(name, span_of(levels[i].name)))
			return levels[i].level;
	}
	return 0;
}

/* \title, \author and \date, wherever they stand. */
static bool read_about(struct reader *r, struct span name, struct span value)
{
	bool title = span_is_nocase(name, "title"), author = span_is_nocase(name, "author");
	if (!title && !author && !span_is_nocase(name, "date"))
		return false;
	struct buf b = buf_new(ARGUMENT_MAX);
	while (author && value.len > 0) {
		const char *and = memmem(value.p, value.len, "\\and", 4);
		size_t len = and ? (size_t)(and - value.p) : value.len;
		buf_clear(&b);
		clean((struct span){ value.p, len }, &b);
		outline_author(r->o, buf_span(&b));
		value = (struct span){ value.p + len + (and ? 4 : 0), value.len - len - (and ? 4 : 0) };
	}
	if (!author)
		clean(value, &b);
	if (title)
		outline_title(r->o, buf_span(&b));
	else if (!author)
		outline_date(r->o, buf_span(&b));
	buf_free(&b);
	return true;
}

/* Goes on reading at `at`, in this line, whose end is not looked for again, or a later one. */
static void go_on_at(struct reader *r, size_t at)
{
	r->rest = at;
}

static bool next_line(struct reader *r)
{
	size_t at = r->rest;
	r->rest = NONE;
	if (at == NONE)
		return line_next(r->text, &r->line);
	if (at > r->line.end)
		return line_at(r->text, at, &r->line);
	r->line.start = at;
	while (at < r->line.end && is_space(r->text.p[at]))
		at++;
	r->line.first = at;
	r->line.indent = 0;
	r->line.blank = at == r->line.end;
	/* a line that ended with a command does not end a paragraph */
	return r->line.blank ? line_next(r->text, &r->line) : true;
}

/* A heading, or what tells about the document. */
static bool read_section(struct reader *r, struct span s)
{
	struct span name = command_of(s);
	int level = section_level(name);
	if (name.len == 0)
		return false;
	size_t at = r->line.first + 1 + name.len;
	size_t brace = brace_behind(r->text, at);
	struct span value = { 0 };
	if (brace != NONE)
		value = argument(r->text, brace);
	if (!value.p)
		return false;
	size_t end = (size_t)(value.p - r->text.p) + value.len + 1;
	if (level == 0) {
		if (!read_about(r, name, value))
			return false;
		close_open(r, r->line.start);
	} else {
		struct buf b = buf_new(ARGUMENT_MAX);
		close_open(r, r->line.start);
		clean(value, &b);
		outline_add(r->o, BLOCK_HEADING, level, r->line.first, end, buf_span(&b));
		buf_free(&b);
	}
	go_on_at(r, end);
	return true;
}

static bool is_one_of(struct span name, const char *const *names, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (span_equal(name, span_of(names[i])))
			return true;
	}
	return false;
}

/* \begin{...} and \end{...} that stand at a line's start. */
static bool read_environment(struct reader *r, struct span s)
{
	static const char *const code[] = { "verbatim", "lstlisting", "minted", "Verbatim", "alltt" };
	static const char *const lists[] = { "itemize", "enumerate", "description" };
	bool begin = span_starts(s, "\\begin{"), end = span_starts(s, "\\end{");
	if (!begin && !end)
		return false;
	size_t at = r->line.first + (begin ? 6 : 4);
	struct span name = argument((struct span){ r->text.p, r->line.end }, at);
	if (!name.p)
		return false;
	close_open(r, r->line.start);
	at += name.len + 2;
	if (is_one_of(name, lists, sizeof lists / sizeof *lists))
		r->lists += begin ? 1 : r->lists > 0 ? -1 : 0;
	if (begin && is_one_of(name, code, sizeof code / sizeof *code)) {
		r->end_of = name;
		r->open = r->line.next;
		r->kind = BLOCK_CODE;
		r->level = 0;
		return true;
	}
	/* options and arguments of it are markup, what follows is text */
	while (at < r->line.end && (r->text.p[at] == '[' || r->text.p[at] == '{')) {
		const char *close = memchr(r->text.p + at, r->text.p[at] == '[' ? ']' : '}', r->line.end - at);
		at = close ? (size_t)(close - r->text.p) + 1 : r->line.end;
	}
	if (at < r->line.end)
		go_on_at(r, at);
	return true;
}

static bool read_code(struct reader *r, struct span s)
{
	if (r->end_of.len == 0)
		return false;
	if (span_starts(s, "\\end{") &&
	    s.len >= 5 + r->end_of.len &&
	    memcmp(s.p + 5, r->end_of.p, r->end_of.len) == 0) {
		close_open(r, r->line.start);
		r->end_of.len = 0;
	}
	return true;
}

/* A line of nothing but commands that set no text. */
static bool is_command_line(struct span s)
{
	static const char *const commands[] = {
		"label", "maketitle", "usepackage", "documentclass", "input", "include", "bibliography",
		"bibliographystyle", "tableofcontents", "centering", "newpage", "clearpage", "vspace",
		"hspace", "noindent", "includegraphics", "hline", "toprule", "midrule", "bottomrule",
		"newcommand", "renewcommand", "def", "setlength", "pagestyle", "appendix", "bigskip",
		"medskip", "smallskip", "printbibliography", "frontmatter", "mainmatter", "backmatter",
		"listoffigures", "listoftables", "thispagestyle", "addbibresource", "setcounter",
		"graphicspath", "hypersetup", "theoremstyle", "newtheorem", "addcontentsline" };
	return is_one_of(command_of(s), commands, sizeof commands / sizeof *commands);
}

/* Where a comment begins in the line, its end where there is none. */
static size_t comment_start(const struct reader *r)
{
	for (size_t i = r->line.first; i < r->line.end; i++) {
		if (r->text.p[i] == '\\')
			i++;
		else if (r->text.p[i] == '%')
			return i;
	}
	return r->line.end;
}

static void read_text(struct reader *r, struct span s)
{
	size_t comment = comment_start(r);
	if (comment == r->line.first) {
		close_open(r, r->line.start);
		return;
	}
	if (span_starts(s, "\\item") && (s.len == 5 || !is_alpha(s.p[5]))) {
		close_open(r, r->line.start);
		r->open = r->line.first;
		r->kind = BLOCK_LIST_ITEM;
		r->level = r->lists > 0 ? r->lists < 20 ? r->lists : 20 : 1;
	}
	if (r->open == NONE) {
		r->open = r->line.first;
		r->kind = BLOCK_PARAGRAPH;
		r->level = 0;
	}
	if (comment < r->line.end)
		close_open(r, comment);
}

static void read_line(struct reader *r)
{
	struct span s = line_content(r->text, &r->line);
	if (read_code(r, s))
		return;
	if (r->line.blank) {
		close_open(r, r->line.start);
		return;
	}
	if (read_environment(r, s) || read_section(r, s))
		return;
	if (is_command_line(s))
		close_open(r, r->line.start);
	else
		read_text(r, s);
}

/* Before \begin{document} there is a title at most. */
static size_t read_preamble(struct reader *r)
{
	static const char begin[] = "\\begin{document}";
	const char *found = memmem(r->text.p, r->text.len, begin, sizeof begin - 1);
	size_t end = found ? (size_t)(found - r->text.p) : 0;
	while (line_next(r->text, &r->line) && r->line.start < end) {
		struct span s = line_content(r->text, &r->line), name = command_of(s);
		size_t brace = brace_behind(r->text, r->line.first + 1 + name.len);
		struct span value = { 0 };
		if (brace != NONE && name.len > 0)
			value = argument(r->text, brace);
		if (value.p)
			read_about(r, name, value);
	}
	return found ? end + sizeof begin - 1 : 0;
}

void latex_outline(struct outline *o)
{
	struct reader r = { .o = o, .text = o->text, .open = NONE, .rest = NONE };
	r.line.next = read_preamble(&r);
	while (next_line(&r) &&
	       !span_starts(line_content(r.text, &r.line), "\\end{document}"))
		read_line(&r);
	close_open(&r, r.line.start < r.text.len && r.line.next < r.text.len ? r.line.start : r.text.len);
	for (size_t i = 0; i < o->n && !o->title; i++) {
		if (o->items[i].kind == BLOCK_HEADING && o->items[i].name)
			outline_title(o, span_of(o->items[i].name));
	}
}
