#include "ask/answer_line.h"

#include <stdint.h>

#include "base/boundaries.h"
#include "base/utf8.h"

enum { LOOK_BYTES = 12 };

static bool is_space_at(struct span text, size_t at)
{
	return at >= text.len || text.p[at] == ' ' || text.p[at] == '\t' || text.p[at] == '\n' ||
	       text.p[at] == '\r';
}

static size_t count(struct span text, char c)
{
	size_t n = 0;
	while (n < text.len && text.p[n] == c)
		n++;
	return n;
}

/* "12." or "12)" and white space, or "12、"; 0: no such thing. */
static size_t number_mark(struct span text, unsigned *number)
{
	static const char comma[] = "、", stop[] = "．";
	size_t n = 0;
	*number = 0;
	while (n < 3 && n < text.len && text.p[n] >= '0' && text.p[n] <= '9')
		*number = *number * 10 + (unsigned)(text.p[n++] - '0');
	if (n == 0 || n >= text.len)
		return 0;
	if ((text.p[n] == '.' || text.p[n] == ')') && is_space_at(text, n + 1))
		return n + 1;
	bool wide = text.len >= n + 3 && (memcmp(text.p + n, comma, 3) == 0 || memcmp(text.p + n, stop, 3) == 0);
	return wide ? n + 3 : 0;
}

static bool is_bullet(uint32_t code)
{
	return code == '-' || code == '*' || code == '+' || code == 0x2022 || code == 0x2023 ||
	       code == 0x2013 || code == 0x2014 || code == 0x25CF || code == 0x25E6 || code == 0x25AA ||
	       code == 0xB7 || code == 0x30FB;
}

enum answer_line answer_line_read(struct span text, bool complete, unsigned *item, size_t *mark_len)
{
	uint32_t code;
	unsigned number;
	*mark_len = 0;
	size_t len = utf8_decode(text.p, text.len, &code);
	bool digit = code >= '0' && code <= '9';
	bool may_mark = digit || code == '#' || code == '`' || code == '~' || is_bullet(code);
	if (may_mark && !complete && text.len < LOOK_BYTES && !memchr(text.p, '\n', text.len))
		return LINE_NOT_YET;
	size_t n = count(text, (char)code);
	if (code == '>' || code == '|') {
		*mark_len = 1;
		return code == '>' ? LINE_QUOTED : LINE_ROW;
	}
	if ((code == '`' || code == '~') && n >= 3)
		return LINE_FENCE;
	if (code == '#' && n <= 6 && is_space_at(text, n)) {
		*mark_len = n;
		return LINE_HEADING;
	}
	if (is_bullet(code) && is_space_at(text, len)) {
		*mark_len = len;
		return LINE_ITEM;
	}
	n = digit ? number_mark(text, &number) : 0;
	if (n == 0 || (number != 1 && number != *item + 1))
		return LINE_PLAIN;
	*item = number;
	*mark_len = n;
	return LINE_ITEM;
}
