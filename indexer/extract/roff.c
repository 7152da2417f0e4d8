#include "indexer/extract/roff.h"

#include <stdint.h>
#include <string.h>

#include "base/utf8.h"
#include "indexer/extract/line.h"

/* groff_char(7), the ones that manual pages use. */
static const struct {
	const char *name, *utf8;
} characters[] = {
	{ "em", "—" }, { "en", "–" }, { "hy", "-" }, { "bu", "•" }, { "co", "©" }, { "rg", "®" }, { "tm", "™" },
	{ "lq", "“" }, { "rq", "”" }, { "oq", "‘" }, { "cq", "’" }, { "aq", "'" }, { "dq", "\"" }, { "ti", "~" },
	{ "ha", "^" }, { "rs", "\\" }, { "at", "@" }, { "sh", "#" }, { "Do", "$" }, { "ul", "_" }, { "ba", "|" },
	{ "or", "|" }, { "sl", "/" }, { "lB", "[" }, { "rB", "]" }, { "lC", "{" }, { "rC", "}" }, { "la", "⟨" },
	{ "ra", "⟩" }, { "<-", "←" }, { "->", "→" }, { ">=", "≥" }, { "<=", "≤" }, { "!=", "≠" }, { "mu", "×" },
	{ "Eu", "€" }, { "eu", "€" }, { "Po", "£" }, { "de", "°" }, { "sc", "§" }, { "12", "½" }, { "14", "¼" },
	{ "+-", "±" }, { "ss", "ß" }, { ":a", "ä" }, { ":o", "ö" }, { ":u", "ü" }, { ":A", "Ä" }, { ":O", "Ö" },
	{ ":U", "Ü" }, { "'e", "é" }, { "'a", "á" }, { "'i", "í" }, { "'o", "ó" }, { "'u", "ú" }, { "`e", "è" },
	{ "`a", "à" }, { "^e", "ê" }, { "^a", "â" }, { "^o", "ô" }, { ",c", "ç" }, { "~n", "ñ" }, { "o/", "ø" },
	{ "oa", "å" }, { "ae", "æ" }, { "dg", "†" }, { "ps", "¶" }, { "pl", "+" }, { "mi", "−" }, { "eq", "=" },
	{ "ga", "`" }, { "aa", "´" }, { "Fo", "«" }, { "Fc", "»" }, { "if", "∞" }, { "*a", "α" }, { "*b", "β" },
	{ "*p", "π" }, { "*m", "μ" }, { "R", "®" }, { "Tm", "™" },
};

static void add_named(struct span name, struct buf *out)
{
	for (size_t i = 0; i < sizeof characters / sizeof *characters; i++)
		if (span_equal(name, span_of(characters[i].name)))
			buf_add_str(out, characters[i].utf8);
	if (name.len < 5 || name.len > 7 || name.p[0] != 'u')
		return;
	uint32_t code = 0;
	char utf8[4];
	for (size_t i = 1; i < name.len; i++) {
		char c = to_lower(name.p[i]);
		if (!is_digit(c) && (c < 'a' || c > 'f'))
			return;
		code = code * 16 + (uint32_t)(is_digit(c) ? c - '0' : c - 'a' + 10);
	}
	if (code > 0)
		buf_add(out, utf8, utf8_encode(code, utf8));
}

/* A name that may be "x", "(xx" or "[any]", at `at`; *end is behind it. */
static struct span name_at(struct span s, size_t at, size_t *end)
{
	enum { NAME_MAX_BYTES = 64 };
	struct span none = { s.p, 0 };
	*end = at < s.len ? at + 1 : s.len;
	if (at >= s.len)
		return none;
	if (s.p[at] == '(' && at + 2 < s.len) {
		*end = at + 3;
		return (struct span){ s.p + at + 1, 2 };
	}
	if (s.p[at] == '[') {
		size_t most = s.len - at < NAME_MAX_BYTES ? s.len - at : NAME_MAX_BYTES;
		const char *close = memchr(s.p + at, ']', most);
		if (!close)
			return none;
		*end = (size_t)(close - s.p) + 1;
		return (struct span){ s.p + at + 1, *end - at - 2 };
	}
	return (struct span){ s.p + at, 1 };
}

/* Behind an argument within quotes, as in \h'1i', at `at`. */
static size_t quoted_end(struct span s, size_t at)
{
	enum { QUOTED_MAX = 256 };
	if (at >= s.len)
		return s.len;
	size_t most = s.len - at - 1 < QUOTED_MAX ? s.len - at - 1 : QUOTED_MAX;
	const char *end = memchr(s.p + at + 1, s.p[at], most);
	return end ? (size_t)(end - s.p) + 1 : at + 1;
}

/* Behind a sign in front of a number. */
static size_t sign_end(struct span s, size_t at)
{
	return at < s.len && (s.p[at] == '+' || s.p[at] == '-') ? at + 1 : at;
}

/* An escape that is one character: what it stands for, 0 for nothing. */
static char one_character(char c)
{
	switch (c) {
	case 'e':
	case '\\':
		return '\\';
	case ' ':
	case '~':
	case '0':
		return ' ';
	case 't':
		return '\t';
	case '-':
	case '\'':
	case '`':
	case '.':
		return c;
	default:
		return 0; /* what moves, breaks or says nothing */
	}
}

/* The escape whose backslash stands before `at`; returns where the text goes on. */
static size_t escape(struct span s, size_t at, struct buf *out)
{
	char c = s.p[at];
	size_t end = at + 1;
	if (c == '\0') {
		return end;
	} else if (c == '(' || c == '[' || c == '*') {
		add_named(name_at(s, c == '*' ? at + 1 : at, &end), out);
	} else if (strchr("fFmMkg", c)) {
		name_at(s, at + 1, &end);
	} else if (c == 'n' || c == 's') {
		end = sign_end(s, end);
		if (c == 's' && end < s.len && s.p[end] == '\'')
			return quoted_end(s, end);
		name_at(s, end, &end);
	} else if (strchr("hvwDlLboXZN", c)) {
		return quoted_end(s, end);
	} else if (c == '"' || c == '#') {
		return s.len;
	} else if (one_character(c)) {
		buf_add_byte(out, one_character(c));
	}
	return end;
}

void roff_text(struct span s, struct buf *out)
{
	for (size_t i = 0; i < s.len;) {
		if (s.p[i] != '\\')
			buf_add_byte(out, s.p[i++]);
		else
			i = i + 1 < s.len ? escape(s, i + 1, out) : s.len;
	}
}

struct span roff_argument(struct span line, size_t *at)
{
	size_t i = *at;
	while (i < line.len && (line.p[i] == ' ' || line.p[i] == '\t'))
		i++;
	size_t start = i;
	if (i >= line.len || (i + 1 < line.len && line.p[i] == '\\' && line.p[i + 1] == '"'))
		return (struct span){ 0 };
	if (line.p[i] == '"') {
		for (i = ++start; i < line.len && line.p[i] != '"'; i++)
			;
		*at = i < line.len ? i + 1 : i;
		return (struct span){ line.p + start, i - start };
	}
	while (i < line.len && line.p[i] != ' ' && line.p[i] != '\t')
		i += line.p[i] == '\\' && i + 1 < line.len ? 2 : 1;
	i = i < line.len ? i : line.len;
	*at = i;
	return (struct span){ line.p + start, i - start };
}
