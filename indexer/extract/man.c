#include "indexer/extract/man.h"

#include <stdio.h>

#include "indexer/extract/decode.h"
#include "indexer/extract/derive.h"
#include "indexer/extract/line.h"
#include "indexer/extract/roff.h"

enum { LINES_SNIFFED = 80, ARGUMENT_MAX = 4096 };

struct man {
	struct derive d;
	struct span text;
	struct line line;
	struct buf scratch;
	int level;        /* of list items */
	int heading;      /* the next line is a heading of this level; 0: it is not */
	bool tag;         /* the next line is a list item's tag */
	bool item;        /* the block that is open is a list item */
	bool verbatim;
	bool table, table_format;
	struct span skip_to; /* the line that ends a definition; len 0: none */
	size_t braces;    /* of a condition that are open */
	char name[64];    /* mdoc: of .Nm */
};

static struct span word_of(struct span line)
{
	size_t n = 1;
	while (n < line.len && (is_space(line.p[n])))
		n++;
	size_t start = n;
	while (n < line.len && !is_space(line.p[n]))
		n++;
	return (struct span){ line.p + start, n - start };
}

static bool is_request(struct span line)
{
	return line.len > 0 && (line.p[0] == '.' || line.p[0] == '\'');
}

static bool is_one_of(struct span word, const char *names)
{
	char key[12];
	if (word.len == 0 || word.len > 8)
		return false;
	snprintf(key, sizeof key, " %.*s ", (int)word.len, word.p);
	return strstr(names, key) != NULL;
}

bool man_begins(struct span text)
{
	struct line line = { 0 };
	for (int i = 0; i < LINES_SNIFFED && line_next(text, &line); i++) {
		struct span s = { text.p + line.start, line.end - line.start };
		if (is_request(s) && is_one_of(word_of(s), " TH Dd Dt SH Sh so "))
			return true;
	}
	return false;
}

/* --- text --------------------------------------------------------------------------------- */

static void add(struct man *m, struct span s)
{
	buf_clear(&m->scratch);
	roff_text(s, &m->scratch);
	derive_add(&m->d, buf_span(&m->scratch));
}

static void end_block(struct man *m)
{
	struct span none = { 0 };
	if (m->item)
		derive_end(&m->d, BLOCK_LIST_ITEM, m->level > 0 ? m->level : 1, none);
	else
		derive_end(&m->d, m->verbatim ? BLOCK_CODE : BLOCK_PARAGRAPH, 0, none);
	m->item = m->tag = false;
}

static void end_heading(struct man *m)
{
	derive_end(&m->d, BLOCK_HEADING, m->heading, (struct span){ 0 });
	m->heading = 0;
}

/* What belongs to one line has been added. */
static void end_line(struct man *m)
{
	if (m->heading > 0) {
		end_heading(m);
	} else if (m->tag) {
		m->tag = false;
		derive_line_break(&m->d);
	} else {
		derive_add(&m->d, span_of(" "));
	}
}

static void add_verbatim(struct man *m, struct span s)
{
	buf_clear(&m->scratch);
	roff_text(s, &m->scratch);
	derive_add_verbatim(&m->d, buf_span(&m->scratch));
	derive_line_break(&m->d);
}

static void add_row(struct man *m, struct span s)
{
	buf_clear(&m->scratch);
	roff_text(s, &m->scratch);
	struct span row = buf_span(&m->scratch);
	while (row.len > 0) {
		const char *tab = memchr(row.p, '\t', row.len);
		size_t len = tab ? (size_t)(tab - row.p) : row.len;
		derive_add(&m->d, (struct span){ row.p, len });
		if (tab)
			derive_cell(&m->d);
		len += tab ? 1 : 0;
		row = (struct span){ row.p + len, row.len - len };
	}
	derive_end(&m->d, BLOCK_ROW, 0, (struct span){ 0 });
}

/* --- man(7) ------------------------------------------------------------------------------- */

/* The arguments behind the word, a space between them or not. */
static void add_arguments(struct man *m, struct span line, size_t at, bool spaces)
{
	struct span arg;
	buf_clear(&m->scratch);
	for (bool first = true; (arg = roff_argument(line, &at)).p; first = false) {
		if (!first && spaces)
			buf_add_byte(&m->scratch, ' ');
		roff_text(arg, &m->scratch);
	}
	if (m->verbatim)
		derive_add_verbatim(&m->d, buf_span(&m->scratch));
	else
		derive_add(&m->d, buf_span(&m->scratch));
}

/* .TH NAME SECTION DATE */
static void read_title(struct man *m, struct span line, size_t at)
{
	struct buf b = buf_new(ARGUMENT_MAX);
	roff_text(roff_argument(line, &at), &b);
	struct span section = roff_argument(line, &at), date = roff_argument(line, &at);
	if (section.p)
		buf_printf(&b, "(%.*s)", (int)(section.len < 16 ? section.len : 16), section.p);
	derive_title(&m->d, buf_span(&b));
	if (date.p && date.len >= 10)
		derive_date(&m->d, date);
	buf_free(&b);
}

static void begin_heading(struct man *m, struct span line, size_t at, int level)
{
	end_block(m);
	m->verbatim = false;
	m->level = 0;
	m->heading = level;
	add_arguments(m, line, at, true);
	if (!derive_is_empty(&m->d))
		end_heading(m);
}

static void begin_item(struct man *m, struct span line, size_t at)
{
	struct span tag = roff_argument(line, &at);
	end_block(m);
	m->item = true;
	if (tag.p) {
		add(m, tag);
		derive_add(&m->d, span_of(" "));
	}
}

static void set_verbatim(struct man *m, bool on)
{
	end_block(m);
	m->verbatim = on;
}

/* The macros of man(7), and tables and definitions; false: it is none of them. */
static bool read_man(struct man *m, struct span word, struct span line, size_t at)
{
	if (is_one_of(word, " TH ")) {
		read_title(m, line, at);
	} else if (is_one_of(word, " SH Sh ")) {
		begin_heading(m, line, at, 1);
	} else if (is_one_of(word, " SS Ss ")) {
		begin_heading(m, line, at, 2);
	} else if (is_one_of(word, " PP P LP HP Pp sp ")) {
		if (!m->verbatim)
			end_block(m);
	} else if (is_one_of(word, " TP TQ ")) {
		end_block(m);
		m->item = m->tag = true;
	} else if (is_one_of(word, " IP ")) {
		begin_item(m, line, at);
	} else if (is_one_of(word, " RS RE ")) {
		end_block(m);
		m->level += word.p[1] == 'S' ? 1 : m->level > 0 ? -1 : 0;
		m->level = m->level > 20 ? 20 : m->level;
	} else if (is_one_of(word, " nf EX Bd ")) {
		set_verbatim(m, true);
	} else if (is_one_of(word, " fi EE Ed ")) {
		set_verbatim(m, false);
	} else if (is_one_of(word, " B I SB SM UR MT R CW ")) {
		add_arguments(m, line, at, true);
		end_line(m);
	} else if (is_one_of(word, " BR RB BI IB IR RI OP ")) {
		add_arguments(m, line, at, is_one_of(word, " OP "));
		end_line(m);
	} else if (is_one_of(word, " TS ")) {
		end_block(m);
		m->table = m->table_format = true;
	} else if (is_one_of(word, " TE ")) {
		m->table = m->table_format = false;
		derive_table_end(&m->d);
	} else {
		return false;
	}
	return true;
}

/* --- mdoc(7) ------------------------------------------------------------------------------ */

static const char brackets[][3][4] = { { "Op", "[", "]" }, { "Oo", "[", "" }, { "Pq", "(", ")" },
	                               { "Po", "(", "" }, { "Dq", "“", "”" }, { "Qq", "\"", "\"" },
	                               { "Sq", "‘", "’" }, { "Ql", "‘", "’" }, { "Brq", "{", "}" },
	                               { "Bq", "[", "]" }, { "Aq", "<", ">" }, { "Do", "“", "" } };

static void put(struct man *m, struct span s, bool *glue)
{
	bool close = s.len == 1 && strchr(".,:;)]?!", s.p[0]);
	if (!*glue && !close)
		derive_add(&m->d, span_of(" "));
	add(m, s);
	*glue = s.len == 1 && (s.p[0] == '(' || s.p[0] == '[');
}

/* A macro within a line; false: it is a word. */
static bool read_callable(struct man *m, struct span word, bool *glue, struct buf *closers)
{
	for (size_t i = 0; i < sizeof brackets / sizeof *brackets; i++) {
		if (!span_equal(word, span_of(brackets[i][0])))
			continue;
		put(m, span_of(brackets[i][1]), glue);
		*glue = true;
		if (closers->len < 32) /* in front: the last that opened closes first */
			buf_add_str(closers, brackets[i][2]);
		return true;
	}
	if (is_one_of(word, " Fl ")) {
		put(m, span_of("-"), glue);
		*glue = true;
	} else if (is_one_of(word, " Ns ")) {
		*glue = true;
	} else if (is_one_of(word, " Oc Pc Dc ")) {
		*glue = true;
		put(m, span_of(word.p[0] == 'O' ? "]" : word.p[0] == 'P' ? ")" : "”"), glue);
	} else if (is_one_of(word, " Nm ")) {
		return true;
	} else {
		return is_one_of(word, " Ar Cm Ic Va Fa Ft Fn Vt Li Em Sy Ev Pa Dv Er No Xr Ad An Cd Tn Lk Mt Sx Ms "
		                       "St Ux Bx Fx Nx Ox Xo Xc Nd Bk Ek Ap ");
	}
	return true;
}

static void add_mdoc(struct man *m, struct span line, size_t at)
{
	struct span arg;
	struct buf closers = buf_new(128);
	bool glue = false;
	while ((arg = roff_argument(line, &at)).p)
		if (!read_callable(m, arg, &glue, &closers))
			put(m, arg, &glue);
	derive_add(&m->d, buf_span(&closers));
	buf_free(&closers);
	end_line(m);
}

/* .Xr name section . */
static void add_reference(struct man *m, struct span line, size_t at)
{
	struct span name = roff_argument(line, &at), section = roff_argument(line, &at);
	if (name.p)
		add(m, name);
	if (section.p && section.len < 8) {
		char text[16];
		snprintf(text, sizeof text, "(%.*s)", (int)section.len, section.p);
		derive_add(&m->d, span_of(text));
	}
	add_mdoc(m, line, at);
}

/* Name: kept for the .Nm without one. */
static void read_name(struct man *m, struct span line, size_t at)
{
	size_t from = at;
	struct span arg = roff_argument(line, &from);
	if (arg.p && !m->name[0])
		snprintf(m->name, sizeof m->name, "%.*s", (int)(arg.len < 60 ? arg.len : 60), arg.p);
	if (!arg.p || (arg.len == 1 && strchr(".,:;)", arg.p[0])))
		add(m, span_of(m->name));
	add_mdoc(m, line, at);
}

static void read_mdoc(struct man *m, struct span word, struct span line, size_t at)
{
	if (is_one_of(word, " Dt ")) {
		read_title(m, line, at);
	} else if (is_one_of(word, " It ")) {
		end_block(m);
		m->item = true;
		m->tag = roff_argument(line, &(size_t){ at }).p != NULL;
		add_mdoc(m, line, at);
	} else if (is_one_of(word, " Bl El ")) {
		end_block(m);
		m->level += word.p[0] == 'B' ? 1 : m->level > 0 ? -1 : 0;
		m->level = m->level > 20 ? 20 : m->level;
	} else if (is_one_of(word, " Nm ")) {
		read_name(m, line, at);
	} else if (is_one_of(word, " Xr ")) {
		add_reference(m, line, at);
	} else if (is_one_of(word, " Nd ")) {
		derive_add(&m->d, span_of("– "));
		add_mdoc(m, line, at);
	} else if (is_one_of(word, " D1 Dl ")) {
		end_block(m);
		add_mdoc(m, line, at);
		derive_end(&m->d, BLOCK_CODE, 0, (struct span){ 0 });
	} else if (is_one_of(word, " Op Oo Oc Pq Po Pc Dq Do Dc Qq Sq Ql Brq Bq Aq Fl Ar Cm Ic Va Fa Ft Fn Vt "
	                           "Li Em Sy Ev Pa Dv Er No Ad An Cd Tn Lk Mt Sx St Ux Bx Fx Nx Ox In Fd ")) {
		if (is_one_of(word, " Op Oo Oc Pq Po Pc Dq Do Dc Qq Sq Ql Brq Bq Aq Fl "))
			at -= word.len;
		add_mdoc(m, line, at);
	}
	/* what is left is for the printer */
}

/* --- lines -------------------------------------------------------------------------------- */

/* Definitions, comments, and conditions with braces. */
static bool read_skipped(struct man *m, struct span line)
{
	if (m->skip_to.len > 0) {
		if (span_starts(line, "..") || (is_request(line) && span_equal(word_of(line), m->skip_to)))
			m->skip_to.len = 0;
		return true;
	}
	size_t opened = 0, closed = 0;
	for (size_t i = 0; i + 1 < line.len; i++) {
		opened += line.p[i] == '\\' && line.p[i + 1] == '{';
		closed += line.p[i] == '\\' && line.p[i + 1] == '}';
	}
	bool within = m->braces > 0 || opened > 0;
	m->braces += opened;
	m->braces -= closed < m->braces ? closed : m->braces;
	if (within)
		return true;
	struct span word = is_request(line) ? word_of(line) : (struct span){ 0 };
	if (is_one_of(word, " de de1 am ig ")) {
		size_t at = (size_t)(word.p - line.p) + word.len;
		roff_argument(line, &at);
		struct span end = { 0 };
		if (!is_one_of(word, " ig "))
			end = roff_argument(line, &at);
		m->skip_to = end.len > 0 ? end : span_of(".");
		return true;
	}
	return false;
}

static void read_request(struct man *m, struct span line)
{
	struct span word = word_of(line);
	size_t at = (size_t)(word.p - line.p) + word.len;
	if (word.len == 0 || word.p[0] == '\\')
		return;
	if (is_one_of(word, " br ")) {
		if (!m->verbatim)
			derive_line_break(&m->d);
	} else if (!read_man(m, word, line, at)) {
		read_mdoc(m, word, line, at);
	}
}

static void read_line(struct man *m)
{
	struct span line = { m->text.p + m->line.start, m->line.end - m->line.start };
	if (read_skipped(m, line))
		return;
	if (is_request(line)) {
		read_request(m, line);
	} else if (m->table_format) {
		m->table_format = !span_ends(span_trim(line), ".");
	} else if (m->table) {
		add_row(m, line);
	} else if (m->verbatim) {
		add_verbatim(m, line);
	} else if (m->line.blank) {
		end_block(m);
	} else {
		add(m, line);
		end_line(m);
	}
}

enum skip_reason man_read(struct span bytes, struct document *doc, char why[EXTRACT_WHY])
{
	struct decoded decoded;
	enum skip_reason reason = decode(bytes, (struct span){ 0 }, &decoded);
	if (reason)
		return reason;
	struct man m = { .d = derive_new(), .text = { decoded.text, decoded.len }, .scratch = buf_new(1 << 20) };
	while (line_next(m.text, &m.line))
		read_line(&m);
	end_block(&m);
	buf_free(&m.scratch);
	decoded_free(&decoded);
	reason = derive_finish(&m.d, doc);
	if (reason)
		extract_why(why, "it only points to another page");
	return reason;
}
