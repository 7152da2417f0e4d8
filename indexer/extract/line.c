#include "indexer/extract/line.h"

bool line_at(struct span text, size_t at, struct line *line)
{
	if (at >= text.len)
		return false;
	const char *nl = memchr(text.p + at, '\n', text.len - at);
	line->start = at;
	line->end = nl ? (size_t)(nl - text.p) : text.len;
	line->next = nl ? line->end + 1 : text.len;
	line->indent = 0;
	for (line->first = at; line->first < line->end; line->first++) {
		char c = text.p[line->first];
		if (c == '\t')
			line->indent = (line->indent / 4 + 1) * 4;
		else if (is_space(c))
			line->indent++;
		else
			break;
	}
	line->blank = line->first == line->end;
	return true;
}

struct span span_trim(struct span s)
{
	while (s.len > 0 && is_space(s.p[0])) {
		s.p++;
		s.len--;
	}
	while (s.len > 0 && is_space(s.p[s.len - 1]))
		s.len--;
	return s;
}

struct span line_content(struct span text, const struct line *line)
{
	return span_trim((struct span){ text.p + line->first, line->end - line->first });
}

bool span_starts_nocase(struct span s, const char *prefix)
{
	size_t i = 0;
	for (; prefix[i]; i++) {
		if (i >= s.len || to_lower(s.p[i]) != to_lower(prefix[i]))
			return false;
	}
	return true;
}

bool span_is_nocase(struct span s, const char *word)
{
	return s.len == strlen(word) && span_starts_nocase(s, word);
}

static size_t mark_len(struct span text, size_t at, size_t end)
{
	char c = text.p[at];
	if (c == '-' || c == '*' || c == '+')
		return 1;
	if (end - at >= 3 && memcmp(text.p + at, "\xE2\x80\xA2", 3) == 0)
		return 3; /* a bullet */
	size_t n = 0;
	while (at + n < end && n < 9 && is_digit(text.p[at + n]))
		n++;
	if (n > 0 && at + n < end && (text.p[at + n] == '.' || text.p[at + n] == ')'))
		return n + 1;
	return 0;
}

size_t list_mark(struct span text, size_t at, size_t end)
{
	if (at >= end)
		return 0;
	size_t n = mark_len(text, at, end);
	if (n == 0 || at + n >= end || (text.p[at + n] != ' ' && text.p[at + n] != '\t'))
		return 0;
	while (at + n < end && (text.p[at + n] == ' ' || text.p[at + n] == '\t'))
		n++;
	return n;
}
