#include "indexer/extract/source_code.h"

#include "indexer/extract/code_lines.h"
#include "indexer/extract/line.h"

#define NONE ((size_t)-1)
#define NESTING_MAX 16

struct reader {
	struct outline *o;
	struct span text;
	struct line line;
	size_t done;    /* everything before is in blocks */
	size_t above;   /* where the comments and decorators above this line begin */
	size_t def;     /* where the definition that is open begins; NONE: none is */
	size_t def_indent;
	int def_level;
	struct span def_name;
	bool container; /* it holds definitions of its own */
	size_t outer[NESTING_MAX]; /* the columns of the containers that are open */
	int n_outer;
	char triple; /* within a triple-quoted string: its quote, else 0 */
	bool fortran;
};

static bool is_word(char c)
{
	return is_alpha(c) || is_digit(c) || c == '_';
}

static bool word_is(struct span s, const char *word)
{
	size_t len = strlen(word);
	return span_starts(s, word) && (s.len == len || !is_word(s.p[len]));
}

static bool any_word(struct span s, const char *const *words, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (word_is(s, words[i]))
			return true;
	}
	return false;
}

/* "name() {", as the shell defines */
static bool is_shell_function(struct span s)
{
	size_t n = 0;
	while (n < s.len && (is_word(s.p[n]) || s.p[n] == '-' || s.p[n] == '.'))
		n++;
	size_t i = n;
	while (i < s.len && s.p[i] == ' ')
		i++;
	/* CMake's else() and endif() */
	if (span_starts_nocase(s, "else") || span_starts_nocase(s, "end"))
		return false;
	if (n == 0 || i + 1 >= s.len || s.p[i] != '(' || s.p[i + 1] != ')')
		return false;
	struct span rest = span_trim((struct span){ s.p + i + 2, s.len - i - 2 });
	return rest.len == 0 || rest.p[0] == '{' || rest.p[0] == '(';
}

static bool is_container(struct span s)
{
	static const char *const words[] = { "class", "module", "defmodule", "defprotocol", "defimpl",
		                             "program", "package" };
	/* Perl's package has no end, and a declaration no body */
	return any_word(s, words, sizeof words / sizeof *words) && s.p[s.len - 1] != ';';
}

/* "M.open = function(n)", "level <- function(hour) {": Lua and R */
static bool is_assigned_function(struct span s)
{
	size_t i = 0;
	while (i < s.len && (is_word(s.p[i]) || s.p[i] == '.' || s.p[i] == ':'))
		i++;
	size_t name = i;
	while (i < s.len && strchr(" =<-", s.p[i]))
		i++;
	return name > 0 && i > name && word_is((struct span){ s.p + i, s.len - i }, "function");
}

/* "real function level(hour)", "subroutine open(n)": Fortran */
static bool is_subprogram(struct span s)
{
	for (int word = 0; word < 4 && s.len > 0 && is_alpha(s.p[0]); word++) {
		if ((span_starts_nocase(s, "function ") || span_starts_nocase(s, "subroutine ")) &&
		    !(word > 0 && memchr(s.p, '=', s.len)))
			return true;
		size_t n = 0;
		while (n < s.len && s.p[n] != ' ')
			n++;
		s = span_trim((struct span){ s.p + n, s.len - n });
	}
	return false;
}

static bool is_definition(struct span s)
{
	static const char *const words[] = {
		"def", "async def", "defp", "defmacro", "function", "local function", "sub", "proc",
		"macro", "struct", "mutable struct", "abstract type", "func", "export function", "function!",
		"task",
	};
	return any_word(s, words, sizeof words / sizeof *words) || is_container(s) ||
	       is_shell_function(s) || is_assigned_function(s);
}

static bool contains(const struct reader *r, struct span s)
{
	if (r->fortran)
		return span_starts_nocase(s, "module ") || span_starts_nocase(s, "submodule ") ||
		       span_starts_nocase(s, "program ");
	return is_container(s);
}

static bool defines(const struct reader *r, struct span s)
{
	if (r->fortran)
		return contains(r, s) || (!span_starts_nocase(s, "end") && is_subprogram(s));
	return is_definition(s);
}

static bool is_comment(const struct reader *r, struct span s)
{
	return r->fortran ? s.p[0] == '!' : s.p[0] == '#' || s.p[0] == '@' || span_starts(s, "--") ||
	                                    span_starts(s, "//");
}

static void close_definition(struct reader *r, size_t end)
{
	if (r->def == NONE)
		return;
	outline_add(r->o, BLOCK_DEFINITION, r->def_level, r->def, end, r->def_name);
	r->done = end;
	r->def = NONE;
}

/* Code between definitions, up to `end`. */
static void flush_code(struct reader *r, size_t end)
{
	if (end > r->done) {
		code_lines(r->o, r->done, end);
		r->done = end;
	}
}

static void open_definition(struct reader *r, struct span s)
{
	size_t start = r->above != NONE ? r->above : r->line.start;
	close_definition(r, start);
	flush_code(r, start);
	r->def = start;
	r->def_indent = r->line.indent;
	r->def_level = r->n_outer + 1;
	r->def_name = s;
	while (r->def_name.len > 0 && strchr(":{ ", r->def_name.p[r->def_name.len - 1]))
		r->def_name.len--;
	r->container = contains(r, s);
	if (r->container && r->n_outer < NESTING_MAX)
		r->outer[r->n_outer++] = r->line.indent;
}

/* Whether this line still belongs to the definition although it stands no
 * further right: a closing bracket, "end", the rest of a signature. */
static bool is_closer(struct span s)
{
	static const char *const words[] = { "endmodule", "endfunction", "endtask", "endclass",
		                             "endpackage", "endmacro", "end", "End", "END" };
	return any_word(s, words, sizeof words / sizeof *words) || strchr("})]", s.p[0]) ||
	       span_is_nocase(s, "end") || span_is_nocase(s, "fi") || span_is_nocase(s, "done");
}

/* A line opens a triple-quoted string, or closes it: an odd number of marks. */
static void note_triple(struct reader *r, struct span s)
{
	for (size_t i = 0; i + 2 < s.len; i++) {
		char c = s.p[i];
		if ((c != '"' && c != '\'') || s.p[i + 1] != c || s.p[i + 2] != c)
			continue;
		if (!r->triple)
			r->triple = c;
		else if (r->triple == c)
			r->triple = 0;
		i += 2;
	}
}

static void leave_to(struct reader *r, struct span s)
{
	if (r->def != NONE && r->line.indent <= r->def_indent) {
		if (is_closer(s) && r->line.indent == r->def_indent) {
			close_definition(r, r->line.end);
		} else if (!r->container) {
			close_definition(r, r->above != NONE ? r->above : r->line.start);
		}
	}
	while (r->n_outer > 0 && r->line.indent <= r->outer[r->n_outer - 1]) {
		if (r->container)
			close_definition(r, r->above != NONE ? r->above : r->line.start);
		r->n_outer--;
	}
}

static void read_line(struct reader *r)
{
	struct span s = line_content(r->text, &r->line);
	if (r->triple) {
		note_triple(r, s);
		return;
	}
	if (r->line.blank) {
		r->above = NONE;
		return;
	}
	if (is_comment(r, s)) {
		if (r->above == NONE && (r->def == NONE || r->container || r->line.indent <= r->def_indent))
			r->above = r->line.start;
		return;
	}
	leave_to(r, s);
	/* a function within a function belongs to it */
	bool inside = r->def != NONE && !r->container && r->line.indent > r->def_indent;
	if (!inside && defines(r, s))
		open_definition(r, s);
	note_triple(r, s);
	r->above = NONE;
}

static void read_all(struct outline *o, bool fortran)
{
	struct reader r = { .o = o, .text = o->text, .above = NONE, .def = NONE, .fortran = fortran };
	while (line_next(r.text, &r.line))
		read_line(&r);
	close_definition(&r, r.text.len);
	flush_code(&r, r.text.len);
}

void keyword_outline(struct outline *o)
{
	read_all(o, false);
}

void fortran_outline(struct outline *o)
{
	read_all(o, true);
}
