#include "indexer/extract/source_code.h"

#include "indexer/extract/code_lines.h"
#include "indexer/extract/line.h"

#define NONE ((size_t)-1)
/* Classes within classes are looked into down to this depth. */
#define NESTING_MAX 64
#define HEAD_MAX_BYTES 2000

struct reader {
	struct outline *o;
	struct span text;
	size_t at;
	size_t done;       /* everything before is in blocks */
	size_t head;       /* where the statement, or the comment above it, begins */
	size_t code;       /* its first byte that is no comment; NONE: none yet */
	size_t containers; /* classes and namespaces that are open */
	size_t depth;      /* of braces within the innermost of them */
	size_t no_tick, no_apostrophe; /* none closes before here: do not look again */
	size_t def;        /* where the definition that is open begins; NONE: none */
	size_t def_code, def_body; /* where its signature begins and ends */
	size_t parens;     /* that are open in the statement */
	bool lines;        /* a statement ends with its line, and # begins a comment */
};

static bool skip_to(struct reader *r, size_t end)
{
	r->at = end < r->text.len ? end : r->text.len;
	return true;
}

static size_t line_end(struct span text, size_t at)
{
	const char *nl = at < text.len ? memchr(text.p + at, '\n', text.len - at) : NULL;
	return nl ? (size_t)(nl - text.p) : text.len;
}

static bool skip_comment(struct reader *r)
{
	struct span t = r->text;
	if (r->lines && t.p[r->at] == '#' && (r->at == 0 || is_space(t.p[r->at - 1])))
		return skip_to(r, line_end(t, r->at));
	if (t.p[r->at] != '/' || r->at + 1 >= t.len)
		return false;
	if (t.p[r->at + 1] == '/')
		return skip_to(r, line_end(t, r->at));
	if (t.p[r->at + 1] != '*')
		return false;
	size_t i = r->at + 2;
	while (i + 1 < t.len && !(t.p[i] == '*' && t.p[i + 1] == '/'))
		i++;
	return skip_to(r, i + 2);
}

/* Strings end at a line end, so that an apostrophe in a comment or a regular
 * expression costs no more than its line; those in backquotes do not. */
static bool skip_string(struct reader *r)
{
	struct span t = r->text;
	char quote = t.p[r->at];
	if (quote != '"' && quote != '\'' && quote != '`')
		return false;
	if ((quote == '`' && r->at < r->no_tick) || (quote == '\'' && r->at < r->no_apostrophe))
		return false;
	size_t i = r->at + 1;
	while (i < t.len && t.p[i] != quote && (t.p[i] != '\n' || quote == '`'))
		i += t.p[i] == '\\' && i + 1 < t.len && t.p[i + 1] != '\n' ? 2 : 1;
	bool closed = i < t.len && t.p[i] == quote;
	/* Rust's lifetimes and C++'s digit separators have no second quote nearby */
	if (!closed && quote != '"') {
		*(quote == '`' ? &r->no_tick : &r->no_apostrophe) = i;
		return skip_to(r, r->at + 1);
	}
	return skip_to(r, i + (closed ? 1 : 0));
}

static bool skip_directive(struct reader *r)
{
	struct span t = r->text;
	if (t.p[r->at] != '#' || r->depth > 0 || r->code != NONE)
		return false;
	if (r->at + 1 < t.len && t.p[r->at + 1] == '[')
		return false; /* Rust's attributes belong to what they stand before */
	size_t end = line_end(t, r->at);
	while (end < t.len && end > r->at && t.p[end - 1] == '\\')
		end = line_end(t, end + 1);
	r->head = end;
	return skip_to(r, end);
}

static void flush_code(struct reader *r, size_t end)
{
	if (end > r->done)
		code_lines(r->o, r->done, end);
	if (end > r->done)
		r->done = end;
}

static bool has_word(struct span s, const char *const *words, size_t n_words)
{
	size_t n = 0;
	for (size_t i = 0; i < s.len && n < 8 && s.p[i] != '(' && s.p[i] != '='; n++) {
		size_t start = i;
		while (i < s.len && (is_alpha(s.p[i]) || is_digit(s.p[i]) || s.p[i] == '_'))
			i++;
		for (size_t w = 0; w < n_words; w++) {
			if (span_equal((struct span){ s.p + start, i - start }, span_of(words[w])))
				return true;
		}
		i += i == start;
	}
	return false;
}

static bool starts_with_word(struct span s, const char *const *words, size_t n_words)
{
	size_t n = 0;
	while (n < s.len && is_alpha(s.p[n]))
		n++;
	return has_word((struct span){ s.p, n }, words, n_words);
}

static struct span head_span(const struct reader *r)
{
	size_t len = r->at - r->code;
	if (len > HEAD_MAX_BYTES)
		len = HEAD_MAX_BYTES;
	return span_trim((struct span){ r->text.p + r->code, len });
}

/* Go's structs hold no functions. */
static bool is_go_type(struct span head)
{
	return span_starts(head, "type ");
}

/* A brace at the outermost level: a class (walked into), a definition, or code. */
static void open_brace(struct reader *r)
{
	/* the second kind of word also stands in the signatures of functions */
	static const char *const classes[] = { "class", "namespace", "interface", "trait", "impl" };
	static const char *const containers[] = { "extern", "object", "module", "mod", "protocol",
		                                  "extension", "package", "contract", "library" };
	static const char *const structs[] = { "struct", "actor" };
	static const char *const flow[] = { "if", "for", "while", "switch", "do", "else", "try",
		                            "catch", "return", "foreach", "with", "using", "import" };
	if (r->depth > 0 || r->code == NONE) {
		r->depth++;
		return;
	}
	struct span head = head_span(r);
	bool function = head.len > 0 && (head.p[head.len - 1] == ')' || head.p[head.len - 1] == '>');
	if (r->containers < NESTING_MAX &&
	    (has_word(head, classes, sizeof classes / sizeof *classes) ||
	     (r->lines && !is_go_type(head) && has_word(head, structs, sizeof structs / sizeof *structs)) ||
	     (!function && has_word(head, containers, sizeof containers / sizeof *containers)))) {
		flush_code(r, r->head);
		outline_add(r->o, BLOCK_DEFINITION, (int)r->containers + 1, r->head, r->at + 1, head);
		r->done = r->head = r->at + 1;
		r->code = NONE;
		r->containers++;
		return;
	}
	if (!starts_with_word(head, flow, sizeof flow / sizeof *flow)) {
		r->def = r->head;
		r->def_code = r->code;
		r->def_body = r->at;
	}
	r->depth++;
}

/* The definition ends with the rest of the line, if that is only punctuation. */
static void end_definition(struct reader *r)
{
	size_t end = r->at + 1;
	while (end < r->text.len && strchr(";,) \t", r->text.p[end]))
		end++;
	struct span head = { r->text.p + r->def_code, r->def_body - r->def_code };
	head.len = head.len < HEAD_MAX_BYTES ? head.len : HEAD_MAX_BYTES;
	head = span_trim(head);
	while (head.len > 0 && (head.p[head.len - 1] == '=' || is_space(head.p[head.len - 1])))
		head.len--;
	flush_code(r, r->def);
	outline_add(r->o, BLOCK_DEFINITION, (int)r->containers + 1, r->def, end, head);
	r->done = r->head = end;
	r->def = r->code = NONE;
}

static void close_brace(struct reader *r)
{
	bool first_column = r->at == 0 || r->text.p[r->at - 1] == '\n';
	/* a brace in the first column closes what is open, whatever was miscounted */
	if (first_column && r->depth > 0)
		r->depth = 1;
	if (r->depth > 0) {
		r->depth--;
		if (r->depth == 0 && r->def != NONE)
			end_definition(r);
		else if (r->depth == 0)
			r->head = r->at + 1;
	} else if (r->containers > 0) {
		r->containers--;
		r->head = r->at + 1;
	}
	if (r->depth == 0)
		r->parens = 0;
	r->code = r->depth == 0 ? NONE : r->code;
}

static void end_statement(struct reader *r)
{
	r->head = r->at + 1;
	r->code = NONE;
	r->parens = 0;
}

/* Whether the statement goes on in the next line: its line ends in a sign that wants more, it is
 * an annotation, or the next line begins with what no statement does. */
static bool line_goes_on(const struct reader *r)
{
	struct span t = r->text;
	size_t last = r->at, next = r->at + 1;
	while (last > r->code && is_space(t.p[last - 1]))
		last--;
	while (next < t.len && is_space(t.p[next]))
		next++;
	return (r->lines && t.p[r->code] == '@') || (last > r->code && strchr(",=+-*|&:<(.", t.p[last - 1])) ||
	       (next < t.len && strchr("{.:=)<+|&?", t.p[next]));
}

/* A blank line ends a comment that belongs to nothing, and a statement that has no semicolon. */
static void read_newline(struct reader *r)
{
	size_t next = r->at + 1;
	bool blank = next >= r->text.len || r->text.p[next] == '\n';
	if (r->depth > 0 || r->parens > 0)
		return;
	if (r->code == NONE ? blank : (blank || r->lines) && !line_goes_on(r))
		end_statement(r);
}

static void read_byte(struct reader *r)
{
	char c = r->text.p[r->at];
	if (c == '{') {
		open_brace(r);
	} else if (c == '}') {
		close_brace(r);
	} else if (c == '\n') {
		read_newline(r);
	} else if (r->depth == 0 && c == ';') {
		end_statement(r);
	} else if (r->depth == 0 && r->code == NONE && !is_space(c)) {
		r->code = r->at;
	}
	if (r->depth == 0 && (c == '(' || c == '['))
		r->parens++;
	else if (r->depth == 0 && (c == ')' || c == ']') && r->parens > 0)
		r->parens--;
	r->at++;
}

static void read_all(struct outline *o, bool lines)
{
	struct reader r = { .o = o, .text = o->text, .code = NONE, .def = NONE, .lines = lines };
	while (r.at < r.text.len) {
		if (skip_comment(&r) || skip_directive(&r))
			continue;
		size_t at = r.at;
		if (skip_string(&r)) {
			if (r.depth == 0 && r.code == NONE)
				r.code = at;
			continue;
		}
		read_byte(&r);
	}
	flush_code(&r, r.text.len);
}

void brace_outline(struct outline *o)
{
	read_all(o, false);
}

void brace_line_outline(struct outline *o)
{
	read_all(o, true);
}
