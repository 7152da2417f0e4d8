#include "indexer/extract/source_code.h"

#include "indexer/extract/code_lines.h"
#include "indexer/extract/line.h"

#define NONE ((size_t)-1)

struct reader {
	struct outline *o;
	struct span text;
	struct line line;
	size_t done;          /* everything before is in blocks */
	size_t above;         /* where the comments above this line begin; NONE: there are none */
	size_t def;           /* where the definition that is open begins; NONE: none is */
	struct span def_name;
	struct span def_word; /* what it defines: the next clause begins with it */
	const char *comment;  /* what ends the comment that is open; NULL: none is */
};

static bool is_word(char c)
{
	return is_alpha(c) || is_digit(c) || c == '_' || c == '\'' || (unsigned char)c >= 0x80;
}

static struct span first_word(struct span s)
{
	size_t n = 0;
	while (n < s.len && is_word(s.p[n]))
		n++;
	return (struct span){ s.p, n };
}

static bool is_any(struct span word, const char *const *words, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (span_equal(word, span_of(words[i])))
			return true;
	return false;
}

/* What goes on with the definition above, though it stands in the first column. */
static bool goes_on(struct span s)
{
	static const char *const words[] = { "where", "then", "else", "in", "end", "with", "deriving" };
	return strchr(")]}|;=>,", s.p[0]) || is_any(first_word(s), words, sizeof words / sizeof *words);
}

/* What belongs to the definition below. */
static bool is_decoration(struct span s)
{
	return span_starts(s, "--") || span_starts(s, "//") || strchr(";%@", s.p[0]) ||
	       span_starts(s, "[<") || span_starts(s, "-spec") || span_starts(s, "-doc") ||
	       span_starts(s, "#;");
}

static bool defines_nothing(struct span s)
{
	static const char *const words[] = { "import", "open", "use", "include", "require" };
	return s.p[0] == '#' || s.p[0] == '-' || is_any(first_word(s), words, sizeof words / sizeof *words);
}

/* A comment over several lines begins in the first column, or ends. */
static bool in_comment(struct reader *r, struct span s)
{
	static const char *const pairs[][2] = { { "(*", "*)" }, { "{-", "-}" }, { "#|", "|#" } };
	for (size_t i = 0; !r->comment && i < sizeof pairs / sizeof *pairs; i++)
		if (span_starts(s, pairs[i][0]))
			r->comment = pairs[i][1];
	if (!r->comment)
		return false;
	for (size_t i = 0; i + 1 < s.len; i++)
		if (memcmp(s.p + i, r->comment, 2) == 0) {
			r->comment = NULL;
			break;
		}
	return true;
}

static void flush(struct reader *r, size_t end)
{
	if (r->def != NONE)
		outline_add(r->o, BLOCK_DEFINITION, 1, r->def, end, r->def_name);
	else if (end > r->done)
		code_lines(r->o, r->done, end);
	r->done = end;
	r->def = NONE;
}

/* "level n =" is called "level n". */
static struct span name_of(struct span s)
{
	while (s.len > 0 && strchr("={([ \t", s.p[s.len - 1]))
		s.len--;
	return s;
}

static void read_item(struct reader *r, struct span s)
{
	struct span word = first_word(s);
	bool clause = r->def != NONE && word.len > 0 && span_equal(word, r->def_word) && s.p[0] != '(';
	static const char *const starters[] = { "let", "and", "type", "module", "val", "data", "class",
		                                "instance", "newtype", "exception", "port", "do" };
	if (clause && !is_any(word, starters, sizeof starters / sizeof *starters))
		return;
	flush(r, r->above != NONE ? r->above : r->line.start);
	if (defines_nothing(s))
		return;
	r->def = r->done;
	r->def_name = name_of(s);
	r->def_word = word;
}

static void read_line(struct reader *r)
{
	if (r->line.blank) {
		if (!r->comment)
			r->above = NONE;
		return;
	}
	struct span s = line_content(r->text, &r->line);
	bool first_column = r->line.first == r->line.start;
	if ((r->comment || first_column) && in_comment(r, s)) {
		if (r->above == NONE)
			r->above = r->line.start;
		return;
	}
	if (!first_column)
		return;
	if (is_decoration(s)) {
		if (r->above == NONE)
			r->above = r->line.start;
		return;
	}
	if (!goes_on(s))
		read_item(r, s);
	r->above = NONE;
}

void toplevel_outline(struct outline *o)
{
	struct reader r = { .o = o, .text = o->text, .above = NONE, .def = NONE };
	while (line_next(r.text, &r.line))
		read_line(&r);
	flush(&r, r.text.len);
}
