#include "indexer/extract/code_lines.h"

#include "indexer/extract/line.h"
#include "indexer/extract/source_code.h"

void code_lines(struct outline *o, size_t start, size_t end)
{
	struct span text = { o->text.p, end };
	struct line line = { .next = start };
	size_t from = start;
	while (line_next(text, &line)) {
		if (!line.blank)
			continue;
		outline_add(o, BLOCK_CODE, 0, from, line.start, (struct span){ 0 });
		from = line.next;
	}
	outline_add(o, BLOCK_CODE, 0, from, end, (struct span){ 0 });
}

void code_outline(struct outline *o)
{
	code_lines(o, 0, o->text.len);
}

/* The end of a quoted or dollar-quoted string, or of a comment, at `at`; `at`
 * when there is none. */
static size_t sql_skip(struct span text, size_t at)
{
	char c = text.p[at];
	char next = at + 1 < text.len ? text.p[at + 1] : 0;
	if (c == '\'' || c == '"' || c == '`') {
		const char *end = memchr(text.p + at + 1, c, text.len - at - 1);
		return end ? (size_t)(end - text.p) + 1 : text.len;
	}
	if (c == '-' && next == '-') {
		const char *end = memchr(text.p + at, '\n', text.len - at);
		return end ? (size_t)(end - text.p) : text.len;
	}
	if (c == '/' && next == '*') {
		for (size_t i = at + 2; i + 1 < text.len; i++) {
			if (text.p[i] == '*' && text.p[i + 1] == '/')
				return i + 2;
		}
		return text.len;
	}
	return at;
}

/* The first line of a statement that is no comment. */
static struct span sql_name(struct span text, size_t start, size_t end)
{
	struct line line = { .next = start };
	struct span part = { text.p, end };
	while (line_next(part, &line)) {
		struct span s = line_content(part, &line);
		if (!line.blank && !span_starts(s, "--") && !span_starts(s, "/*"))
			return s;
	}
	return (struct span){ 0 };
}

void sql_outline(struct outline *o)
{
	struct span text = o->text;
	size_t start = 0;
	for (size_t i = 0; i < text.len;) {
		size_t end = sql_skip(text, i);
		if (end > i) {
			i = end;
			continue;
		}
		if (text.p[i++] != ';')
			continue;
		outline_add(o, BLOCK_DEFINITION, 1, start, i, sql_name(text, start, i));
		start = i;
	}
	code_lines(o, start, text.len);
}
