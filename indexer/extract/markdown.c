#define _GNU_SOURCE /* memmem */
#include "indexer/extract/markdown.h"

#include "base/buf.h"
#include "indexer/extract/entity.h"
#include "indexer/extract/line.h"

#define NONE ((size_t)-1)
#define NESTING_MAX 16
#define CLEAN_MAX_BYTES 1000
/* A heading of several lines that is longer is a paragraph above a rule. */
#define SETEXT_MAX_BYTES 300
#define FRONT_MATTER_LINES 200

struct reader {
	struct outline *o;
	struct span text;
	struct line line;
	size_t open;          /* where the paragraph or list item began, NONE: none is open */
	enum block_kind kind; /* of what is open */
	int level;
	size_t items[NESTING_MAX]; /* the columns where the contents of open lists begin */
	int n_items;
	char fence; /* the mark of an open fence, or 0 */
	size_t fence_len;
	bool table;           /* the line before was a table's */
	bool no_comment_end;  /* no "-->" is left: do not look again */
};

/* ---- inline markup ------------------------------------------------------- */

/* [text](target), ![alt](source), [text][ref]: adds the text between the
 * brackets and returns the length of the whole, 0 when it is no link. */
static size_t clean_link(struct span s, size_t at, struct buf *out)
{
	size_t open = s.p[at] == '!' ? at + 1 : at;
	if (open >= s.len || s.p[open] != '[')
		return 0;
	const char *close = memchr(s.p + open, ']', s.len - open);
	if (!close)
		return 0;
	size_t after = (size_t)(close - s.p) + 1;
	char next = after < s.len ? s.p[after] : 0;
	char want = next == '(' ? ')' : next == '[' ? ']' : 0;
	const char *end = want ? memchr(s.p + after, want, s.len - after) : NULL;
	if (!end)
		return 0;
	buf_add(out, s.p + open + 1, after - open - 2);
	return (size_t)(end - s.p) + 1 - at;
}

static size_t clean_tag(struct span s, size_t at)
{
	if (at + 1 >= s.len || !(is_alpha(s.p[at + 1]) || s.p[at + 1] == '/' || s.p[at + 1] == '!'))
		return 0;
	const char *end = memchr(s.p + at, '>', s.len - at);
	return end ? (size_t)(end - s.p) + 1 - at : 0;
}

static size_t clean_entity(struct span s, size_t at, struct buf *out)
{
	char utf8[ENTITY_MAX_BYTES];
	size_t n = 0;
	size_t len = entity_decode((struct span){ s.p + at, s.len - at }, utf8, &n);
	if (len > 0)
		buf_add(out, utf8, n);
	return len;
}

/* The length of the markup at s[at]; what it stands for goes to out. */
static size_t clean_one(struct span s, size_t at, struct buf *out)
{
	char c = s.p[at];
	switch (c) {
	case '*':
	case '`':
		return 1;
	case '_': {
		bool inside = at > 0 && at + 1 < s.len && !is_space(s.p[at - 1]) && !is_space(s.p[at + 1]);
		return inside && s.p[at - 1] != '*' && s.p[at - 1] != '_' && s.p[at + 1] != '_' ? 0 : 1;
	}
	case '\\':
		if (at + 1 < s.len && strchr("\\`*_{}[]()#+-.!<>|~&\"", s.p[at + 1])) {
			buf_add_byte(out, s.p[at + 1]);
			return 2;
		}
		return 0;
	case '!':
	case '[':
		return clean_link(s, at, out);
	case '<':
		return clean_tag(s, at);
	case '&':
		return clean_entity(s, at, out);
	default:
		return 0;
	}
}

void markdown_clean(struct span line, struct buf *out)
{
	if (line.len > CLEAN_MAX_BYTES)
		line.len = CLEAN_MAX_BYTES;
	for (size_t i = 0; i < line.len;) {
		size_t n = clean_one(line, i, out);
		if (n == 0)
			buf_add_byte(out, line.p[i]);
		i += n > 0 ? n : 1;
	}
}

/* ---- blocks -------------------------------------------------------------- */

static void close_open(struct reader *r, size_t end)
{
	if (r->open != NONE)
		outline_add(r->o, r->kind, r->level, r->open, end, (struct span){ 0 });
	r->open = NONE;
}

static void add_heading(struct reader *r, int level, size_t start, size_t end, struct span name)
{
	struct buf clean = buf_new(2 * CLEAN_MAX_BYTES);
	markdown_clean(name, &clean);
	outline_title(r->o, buf_span(&clean));
	outline_add(r->o, BLOCK_HEADING, level, start, end, buf_span(&clean));
	buf_free(&clean);
	r->n_items = 0;
}

static struct span content(const struct reader *r)
{
	return line_content(r->text, &r->line);
}

/* "## Name ##", "## Name {#id}" */
static bool read_atx(struct reader *r)
{
	struct span s = content(r);
	size_t level = count_char(s, 0, s.len, '#');
	if (level < 1 || level > 6 || r->line.indent > 3)
		return false;
	if (level < s.len && s.p[level] != ' ' && s.p[level] != '\t')
		return false;
	close_open(r, r->line.start);
	s = span_trim((struct span){ s.p + level, s.len - level });
	if (span_ends(s, "}")) {
		const char *brace = memchr(s.p, '{', s.len);
		if (brace && brace + 1 < s.p + s.len && (brace[1] == '#' || brace[1] == '.'))
			s = span_trim((struct span){ s.p, (size_t)(brace - s.p) });
	}
	size_t marks = 0;
	while (marks < s.len && s.p[s.len - 1 - marks] == '#')
		marks++;
	if (marks > 0 && (marks == s.len || is_space(s.p[s.len - 1 - marks])))
		s = span_trim((struct span){ s.p, s.len - marks });
	add_heading(r, (int)level, r->line.start, r->line.end, s);
	return true;
}

/* A line of '=' or '-' below a paragraph makes it a heading. */
static bool read_setext(struct reader *r)
{
	struct span s = content(r);
	if (r->open == NONE || r->kind != BLOCK_PARAGRAPH || r->line.indent > 3)
		return false;
	if ((s.p[0] != '=' && s.p[0] != '-') || count_char(s, 0, s.len, s.p[0]) != s.len)
		return false;
	size_t start = r->open;
	if (r->line.start - start > SETEXT_MAX_BYTES || r->text.p[start] == '>')
		return false;
	r->open = NONE;
	add_heading(r, s.p[0] == '=' ? 1 : 2, start, r->line.end,
	            outline_span(r->o, start, r->line.start));
	return true;
}

/* "***", "- - -" */
static bool read_rule(struct reader *r)
{
	struct span s = content(r);
	if (s.p[0] != '*' && s.p[0] != '-' && s.p[0] != '_')
		return false;
	size_t marks = 0;
	for (size_t i = 0; i < s.len; i++) {
		if (s.p[i] == s.p[0])
			marks++;
		else if (!is_space(s.p[i]))
			return false;
	}
	if (marks < 3)
		return false;
	close_open(r, r->line.start);
	return true;
}

static bool open_fence(struct reader *r)
{
	struct span s = content(r);
	size_t n = count_char(s, 0, s.len, s.p[0]);
	if ((s.p[0] != '`' && s.p[0] != '~') || n < 3)
		return false;
	if (s.p[0] == '`' && memchr(s.p + n, '`', s.len - n))
		return false;
	close_open(r, r->line.start);
	r->fence = s.p[0];
	r->fence_len = n;
	r->open = r->line.start;
	r->kind = BLOCK_CODE;
	r->level = 0;
	return true;
}

static void read_in_fence(struct reader *r)
{
	struct span s = content(r);
	size_t n = count_char(s, 0, s.len, r->fence);
	if (n < r->fence_len || n != s.len)
		return;
	r->fence = 0;
	close_open(r, r->line.end);
}

/* Lists that are open end where a line stands further left than their content. */
static void leave_lists(struct reader *r)
{
	while (r->n_items > 0 && r->line.indent < r->items[r->n_items - 1])
		r->n_items--;
}

static bool read_list_item(struct reader *r)
{
	size_t mark = list_mark(r->text, r->line.first, r->line.end);
	if (mark == 0)
		return false;
	size_t outer = r->n_items > 0 ? r->items[r->n_items - 1] : 0;
	if (r->n_items == 0 && r->line.indent > 3)
		return false;
	if (r->n_items > 0 && r->line.indent > outer + 3)
		return false;
	/* a number within a paragraph begins a list only when it is 1 (CommonMark) */
	char c = r->text.p[r->line.first];
	if (r->open != NONE && r->kind == BLOCK_PARAGRAPH && is_digit(c) &&
	    !(c == '1' && !is_digit(r->text.p[r->line.first + 1])))
		return false;
	close_open(r, r->line.start);
	if (r->n_items < NESTING_MAX)
		r->items[r->n_items++] = r->line.indent + (mark > 4 ? 2 : mark);
	r->open = r->line.start;
	r->kind = BLOCK_LIST_ITEM;
	r->level = r->n_items;
	return true;
}

/* |---|:-:| */
static bool is_delimiter_row(struct span s)
{
	size_t dashes = 0, bars = 0;
	for (size_t i = 0; i < s.len; i++) {
		dashes += s.p[i] == '-';
		bars += s.p[i] == '|';
		if (!strchr("|-: \t", s.p[i]))
			return false;
	}
	return dashes > 0 && bars > 0;
}

static bool read_table(struct reader *r)
{
	struct span s = content(r);
	bool bar = memchr(s.p, '|', s.len) != NULL;
	struct line below;
	if (!r->table && bar && line_at(r->text, r->line.next, &below) && !below.blank)
		r->table = is_delimiter_row(line_content(r->text, &below));
	if (!r->table || !bar) {
		r->table = false;
		return false;
	}
	close_open(r, r->line.start);
	if (!is_delimiter_row(s))
		outline_add(r->o, BLOCK_ROW, 0, r->line.start, r->line.end, (struct span){ 0 });
	return true;
}

static const char *find(struct span text, size_t at, const char *what)
{
	return memmem(text.p + at, text.len - at, what, strlen(what));
}

/* A comment that begins a line is left out up to the line that ends it. */
static bool read_comment(struct reader *r)
{
	if (r->no_comment_end || !span_starts(content(r), "<!--"))
		return false;
	const char *end = find(r->text, r->line.first, "-->");
	if (!end) {
		r->no_comment_end = true;
		return false;
	}
	close_open(r, r->line.start);
	size_t after = (size_t)(end - r->text.p) + 3;
	const char *nl = memchr(end, '\n', r->text.len - (size_t)(end - r->text.p));
	r->line.next = nl ? (size_t)(nl - r->text.p) + 1 : r->text.len;
	outline_add(r->o, BLOCK_PARAGRAPH, 0, after, r->line.next, (struct span){ 0 });
	return true;
}

/* <h1 align="center">Name</h1>, as many a README begins. */
static bool read_html_heading(struct reader *r)
{
	struct span s = content(r);
	if (s.len < 9 || s.p[0] != '<' || to_lower(s.p[1]) != 'h' || s.p[2] < '1' || s.p[2] > '6' ||
	    (s.p[3] != '>' && s.p[3] != ' '))
		return false;
	const char end[] = { '<', '/', s.p[1], s.p[2], '>', 0 };
	if (!span_ends(s, end))
		return false;
	close_open(r, r->line.start);
	add_heading(r, s.p[2] - '0', r->line.start, r->line.end, s);
	return true;
}

static void read_paragraph_line(struct reader *r)
{
	struct span s = content(r);
	bool quote = s.p[0] == '>';
	/* an empty line of a quotation divides its paragraphs */
	if (quote && s.len == 1) {
		close_open(r, r->line.start);
		return;
	}
	bool was_quote = r->open != NONE && r->kind == BLOCK_PARAGRAPH && r->text.p[r->open] == '>';
	if (r->open != NONE && quote && !was_quote)
		close_open(r, r->line.start);
	if (r->open != NONE)
		return;
	r->open = r->line.start + (quote ? r->line.first - r->line.start : 0);
	size_t outer = r->n_items > 0 ? r->items[r->n_items - 1] : 0;
	r->kind = r->line.indent >= outer + 4 ? BLOCK_CODE : BLOCK_PARAGRAPH;
	r->level = 0;
}

static void read_line(struct reader *r)
{
	if (r->fence) {
		read_in_fence(r);
		return;
	}
	if (r->line.blank) {
		close_open(r, r->line.start);
		r->table = false;
		return;
	}
	/* indented code goes on to the first line that is not indented */
	if (r->open != NONE && r->kind == BLOCK_CODE && r->line.indent < 4)
		close_open(r, r->line.start);
	if (r->open == NONE || list_mark(r->text, r->line.first, r->line.end) > 0)
		leave_lists(r);
	if (read_setext(r) || read_atx(r) || read_table(r) || open_fence(r) || read_rule(r) ||
	    read_list_item(r) || read_comment(r) || read_html_heading(r))
		return;
	read_paragraph_line(r);
}

/* ---- front matter -------------------------------------------------------- */

static struct span unquote(struct span s)
{
	s = span_trim(s);
	if (s.len >= 2 && (s.p[0] == '"' || s.p[0] == '\'') && s.p[s.len - 1] == s.p[0])
		return (struct span){ s.p + 1, s.len - 2 };
	return s;
}

/* YAML between "---" lines, TOML between "+++": one block, and its title. */
static void read_front_matter(struct reader *r)
{
	struct line line = { 0 };
	if (!line_next(r->text, &line) || line.end - line.start < 3)
		return;
	char mark = r->text.p[0];
	struct span first = line_content(r->text, &line);
	if (!(span_equal(first, span_of("---")) || span_equal(first, span_of("+++"))))
		return;
	size_t start = line.next;
	struct span title = { 0 };
	for (int n = 0; n < FRONT_MATTER_LINES && line_next(r->text, &line); n++) {
		struct span s = line_content(r->text, &line);
		size_t skip = strlen("title");
		if (line.indent == 0 && span_starts_nocase(s, "title")) {
			while (skip < s.len && s.p[skip] == ' ')
				skip++;
			if (skip < s.len && s.p[skip] == (mark == '-' ? ':' : '='))
				title = unquote((struct span){ s.p + skip + 1, s.len - skip - 1 });
		}
		if (span_equal(s, first) || (mark == '-' && span_equal(s, span_of("...")))) {
			outline_title(r->o, title);
			outline_add(r->o, BLOCK_PARAGRAPH, 0, start, line.start, (struct span){ 0 });
			r->line.next = line.next;
			return;
		}
	}
}

void markdown_outline(struct outline *o)
{
	struct reader r = { .o = o, .text = o->text, .open = NONE };
	read_front_matter(&r);
	while (line_next(r.text, &r.line))
		read_line(&r);
	close_open(&r, r.text.len);
}
