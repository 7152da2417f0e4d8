#include "indexer/extract/plain.h"

#include "indexer/extract/line.h"

#define TITLE_MAX_BYTES 100
#define HEADING_MAX_BYTES 80

/* A line of one repeated mark below a line of text: 0 none, else the level. */
static int underline_level(struct span text, const struct line *line, const struct line *above)
{
	struct span s = line_content(text, line);
	if (s.len < 3 || !strchr("=-~*^#", s.p[0]) || count_char(s, 0, s.len, s.p[0]) != s.len)
		return 0;
	struct span title = line_content(text, above);
	if (title.len > TITLE_MAX_BYTES || s.len * 2 < title.len || s.len > title.len * 3 + 8)
		return 0;
	return s.p[0] == '=' ? 1 : s.p[0] == '-' ? 2 : 3;
}

/* "3 Scope", "2.1. Terms": the number of numbers, 0 when it is no such line. */
static int numbered_level(struct span s)
{
	size_t i = 0;
	int level = 0;
	while (i < s.len && is_digit(s.p[i]) && level < 6) {
		size_t from = i;
		while (i < s.len && is_digit(s.p[i]))
			i++;
		if (i - from > 3)
			return 0;
		level++;
		if (i < s.len && s.p[i] == '.')
			i++;
	}
	if (level == 0 || i >= s.len || s.p[i] != ' ')
		return 0;
	struct span rest = span_trim((struct span){ s.p + i, s.len - i });
	return rest.len > 1 && (is_upper(rest.p[0]) || (unsigned char)rest.p[0] >= 0xC0) ? level : 0;
}

static bool is_capitals(struct span s)
{
	size_t letters = 0, words = 1;
	for (size_t i = 0; i < s.len; i++) {
		if (s.p[i] >= 'a' && s.p[i] <= 'z')
			return false;
		letters += is_upper(s.p[i]);
		words += s.p[i] == ' ';
	}
	return letters >= 4 && letters * 2 > s.len && words <= 10;
}

/* Whether a line that stands alone is a heading: 0 or its level. */
static int heading_level(struct span s)
{
	if (s.len < 3 || s.len > HEADING_MAX_BYTES || strchr(".,;:?!", s.p[s.len - 1]))
		return 0;
	int level = numbered_level(s);
	if (level > 0)
		return level;
	static const char *const words[] = { "chapter ", "part ", "section ", "appendix ", "article " };
	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		size_t len = strlen(words[i]);
		if (is_upper(s.p[0]) && span_starts_nocase(s, words[i]) && s.len > len &&
		    (is_digit(s.p[len]) || is_upper(s.p[len])))
			return 1;
	}
	return is_capitals(s) ? 1 : 0;
}

/* A paragraph, divided where its lines are list items. */
static void add_group(struct outline *o, size_t start, size_t end)
{
	struct line line = { .next = start };
	size_t from = start;
	bool in_item = false;
	while (line_at(o->text, line.next, &line) && line.start < end) {
		if (!list_mark(o->text, line.first, line.end))
			continue;
		outline_add(o, in_item ? BLOCK_LIST_ITEM : BLOCK_PARAGRAPH, in_item ? 1 : 0, from,
		            line.start, (struct span){ 0 });
		from = line.start;
		in_item = true;
	}
	outline_add(o, in_item ? BLOCK_LIST_ITEM : BLOCK_PARAGRAPH, in_item ? 1 : 0, from, end,
	            (struct span){ 0 });
}

static void add_heading(struct outline *o, int level, const struct line *line, size_t end)
{
	struct span name = line_content(o->text, line);
	outline_title(o, name);
	outline_add(o, BLOCK_HEADING, level, line->start, end, name);
}

/* Lines without a blank one between them: text[start, end). */
static void read_group(struct outline *o, size_t start, size_t end, bool first_group)
{
	struct line line, second;
	while (line_at(o->text, start, &line) && line.start < end) {
		bool more = line_at(o->text, line.next, &second) && second.start < end;
		int level = more ? underline_level(o->text, &second, &line) : 0;
		struct span s = line_content(o->text, &line);
		if (level > 0) {
			add_heading(o, level, &line, second.end);
			start = second.next;
			continue;
		}
		/* alone, or above indented text as in manual pages */
		bool above = more && line.indent == 0 && second.indent >= 2 && is_capitals(s);
		level = !more || above ? heading_level(s) : 0;
		if (level > 0) {
			add_heading(o, level, &line, line.end);
			start = line.next;
			continue;
		}
		if (first_group && !more && s.len <= TITLE_MAX_BYTES)
			outline_title(o, s);
		add_group(o, start, end);
		return;
	}
}

void plain_outline(struct outline *o)
{
	struct line line = { 0 };
	size_t start = 0;
	bool open = false, first = true;
	while (line_next(o->text, &line)) {
		if (!line.blank && !open)
			start = line.start;
		if (line.blank && open) {
			read_group(o, start, line.start, first);
			first = false;
		}
		open = !line.blank;
	}
	if (open)
		read_group(o, start, o->text.len, first);
}
