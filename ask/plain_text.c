#include "ask/plain_text.h"

#include <stdbool.h>
#include <stdlib.h>

#include "base/boundaries.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "words/classes.h"
#include "words/fold.h"

enum {
	CLUSTER_MAX_BYTES = 64, /* a letter with its marks */
	FOLDED_MAX_BYTES = 1024,
	ADDRESS_MAX_BYTES = 1000
};

/* What the last character that was put out is. */
enum kind { NOTHING, LETTER, DIGIT, UNSPACED, PUNCTUATION };

struct maker {
	struct span in;
	size_t at;
	struct plain_text *out;
	size_t cap;
	enum kind last;
	char last_byte;
	bool space;      /* white space since the last character */
	bool line_start; /* nothing but white space and what begins lines, since a line's start */
	size_t digits;   /* in the last group, 0: not in a number */
	bool grouped;
};

static uint32_t peek(const struct maker *m, size_t at, size_t *len)
{
	uint32_t code = 0;
	*len = at < m->in.len ? utf8_decode(m->in.p + at, m->in.len - at, &code) : 0;
	return code;
}

static char byte_at(const struct maker *m, size_t at)
{
	return at < m->in.len ? m->in.p[at] : '\0';
}

static bool is_digit_byte(char c)
{
	return c >= '0' && c <= '9';
}

/* ---- what is put out ---- */

static void put(struct maker *m, const char *p, size_t len, size_t from)
{
	if (m->out->len + len + 1 > m->cap) {
		m->out->p = mem_grow(m->out->p, &m->cap, m->out->len + len + 1, 1);
		m->out->from = mem_realloc(m->out->from, m->cap, sizeof *m->out->from);
	}
	for (size_t i = 0; i < len; i++) {
		m->out->p[m->out->len] = p[i];
		m->out->from[m->out->len++] = (uint32_t)from;
	}
	m->last_byte = p[len - 1];
}

static enum kind kind_of(uint32_t code)
{
	switch (char_class_of(code)) {
	case CHAR_LOWER:
	case CHAR_UPPER:
	case CHAR_LETTER:
	case CHAR_HANGUL:
		return LETTER;
	case CHAR_DIGIT:
		return code < 0x80 ? DIGIT : PUNCTUATION; /* ½ ² */
	case CHAR_CJK:
	case CHAR_DICTIONARY:
		return UNSPACED;
	default:
		return PUNCTUATION;
	}
}

/* A character, folded, with the white space before it where that tells something. */
static void put_character(struct maker *m, const char *p, size_t len, enum kind kind, size_t from)
{
	if (m->space && m->last == kind && (kind == LETTER || kind == DIGIT))
		put(m, " ", 1, from);
	m->digits = kind != DIGIT ? 0 : m->last == DIGIT && !m->space ? m->digits + 1 : 1;
	m->grouped = m->grouped && m->digits > 1;
	put(m, p, len, from);
	m->last = kind;
	m->space = m->line_start = false;
}

static void put_punctuation(struct maker *m, char c, size_t from)
{
	if ((c == '-' || c == '.') && m->last_byte == c && m->out->len)
		m->space = false; /* once is enough */
	else
		put_character(m, &c, 1, PUNCTUATION, from);
	m->line_start = false;
}

/* ---- hyphens and digits ---- */

/* Where the word goes on behind a hyphen at m->at (of `len` bytes); 0: it does not. */
static size_t behind_hyphen(const struct maker *m, size_t len)
{
	size_t at = m->at + len, next_len;
	uint32_t next = peek(m, at, &next_len);
	bool spaced = false;
	if (m->last != LETTER || m->space)
		return 0;
	while (next_len && is_white_space(next) && at - m->at < 32) {
		spaced = true;
		at += next_len;
		next = peek(m, at, &next_len);
	}
	enum char_class k = next_len ? char_class_of(next) : CHAR_OTHER;
	return k == CHAR_LOWER || (!spaced && kind_of(next) == LETTER) ? at : 0;
}

static bool three_digits_at(const struct maker *m, size_t at)
{
	return is_digit_byte(byte_at(m, at)) && is_digit_byte(byte_at(m, at + 1)) &&
	       is_digit_byte(byte_at(m, at + 2)) && !is_digit_byte(byte_at(m, at + 3));
}

/* Whether a mark or space between digits only groups them: the next digits are at `next`. */
static bool groups_digits(const struct maker *m, size_t next)
{
	bool zero = m->digits == 1 && m->last_byte == '0';
	return m->last == DIGIT && !m->space && three_digits_at(m, next) && !zero &&
	       (m->grouped ? m->digits == 3 : m->digits <= 3);
}

/* The next digit is put as if it followed at once. */
static void take_group(struct maker *m, size_t next)
{
	m->at = next;
	m->grouped = true;
	m->space = false;
	m->digits = 0;
	char c = m->in.p[m->at];
	put(m, &c, 1, m->at++);
	m->digits = 1;
	c = m->in.p[m->at];
	put_character(m, &c, 1, DIGIT, m->at++);
	m->grouped = true;
}

/* ---- marks that are no words ---- */

static bool is_left_out(uint32_t code)
{
	switch (code) {
	case '"': case '\'': case '`': case '*': case '[': case ']':
	case 0xAB: case 0xB4: case 0xBB: case 0x2039: case 0x203A:
	case 0x300C: case 0x300D: case 0x300E: case 0x300F: case 0x3010: case 0x3011:
	case 0x301D: case 0x301E: case 0x301F: case 0xFF02: case 0xFF07: case 0xFF3B: case 0xFF3D:
	case 0xFF62: case 0xFF63:
		return true;
	default:
		return code >= 0x2018 && code <= 0x201F;
	}
}

static bool is_dash(uint32_t code)
{
	return code == '-' || (code >= 0x2010 && code <= 0x2015) || code == 0x2212 || code == 0xFF0D ||
	       code == 0xFE63;
}

static bool is_hyphen(uint32_t code)
{
	return code == '-' || code == 0x2010 || code == 0x2011;
}

/* Behind the "(address)" of a link whose "]" is at m->at; 0: there is none. */
static size_t behind_address(const struct maker *m)
{
	size_t at = m->at + 2;
	if (byte_at(m, m->at + 1) != '(')
		return 0;
	for (; at < m->in.len && at - m->at < ADDRESS_MAX_BYTES; at++) {
		char c = m->in.p[at];
		if (c == ')')
			return at + 1;
		if (c == '[' || c == ']' || c == '(' || c == '\n')
			break;
	}
	return 0;
}

/* What begins a line and is no word of it: quoted text, a heading, a comment. Where a quote has
 * made one line of several, it stands between spaces. Its length. */
static size_t line_mark_len(const struct maker *m)
{
	size_t n = 0;
	char c = byte_at(m, m->at);
	if (c == '>')
		return m->line_start ? 1 : 0;
	while (n < 6 && byte_at(m, m->at + n) == c)
		n++;
	size_t end = m->at + n + (c == '/' && byte_at(m, m->at + n) == '!');
	bool spaced = byte_at(m, end) == ' ' || byte_at(m, end) == '\t' || byte_at(m, end) == '\n';
	return spaced && (c == '#' || (c == '/' && n >= 2)) ? end - m->at : 0;
}

static bool is_word_byte(char c)
{
	return (c & 0x80) || is_digit_byte(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* An ASCII mark that is left out where it stands. Its length, 0: it stays. */
static size_t markup_len(struct maker *m)
{
	char c = m->in.p[m->at], next = byte_at(m, m->at + 1);
	size_t behind;
	switch (c) {
	case ']':
		behind = behind_address(m);
		return behind ? behind - m->at : 1;
	case '!':
		return next == '[' ? 1 : 0;
	case '_':
		return m->at == 0 || !is_word_byte(m->in.p[m->at - 1]) || !is_word_byte(next);
	case '~':
		return next == '~' ? 2 : 0;
	case '\\':
		return next > ' ' && next < 0x7F && !is_word_byte(next);
	case '|':
		m->space = true;
		return 1;
	default:
		return is_left_out((unsigned char)c);
	}
}

/* ---- one step ---- */

static void take_white_space(struct maker *m, uint32_t code, size_t len)
{
	if (groups_digits(m, m->at + len)) {
		take_group(m, m->at + len);
		return;
	}
	m->line_start = m->line_start || code == '\n';
	m->space = true;
	m->at += len;
}

/* A letter with its marks, or anything else that is kept. */
static void take_cluster(struct maker *m, uint32_t code, size_t len)
{
	char folded[FOLDED_MAX_BYTES];
	size_t from = m->at, mark_len;
	bool was_cut = false;
	m->at += len;
	for (uint32_t mark = peek(m, m->at, &mark_len); mark_len && mark >= 0x80 &&
	     m->at - from < CLUSTER_MAX_BYTES; mark = peek(m, m->at, &mark_len)) {
		enum char_class k = char_class_of(mark);
		if (k != CHAR_MARK && k != CHAR_IGNORED && !(mark >= 0x1160 && mark <= 0x11FF))
			break;
		m->at += mark_len;
	}
	struct span cluster = { m->in.p + from, m->at - from };
	bool itself = cluster.len == len && char_class_of(code) == CHAR_CJK && code < 0xF900;
	bool superscript = code == 0xB2 || code == 0xB3 || code == 0xB9 || (code >= 0xBC && code <= 0xBE) ||
	                   (code >= 0x2070 && code <= 0x2079) || (code >= 0x2150 && code <= 0x215E);
	if (itself || superscript) {
		put_character(m, cluster.p, cluster.len, kind_of(code), from);
		return;
	}
	size_t n = fold_case(cluster, folded, sizeof folded, &was_cut);
	uint32_t first;
	if (n == 0)
		return; /* invisible */
	utf8_decode(folded, n, &first);
	if (n == 1 && (folded[0] == '.' || folded[0] == '-'))
		put_punctuation(m, folded[0], from);
	else if (code == 0x2026)
		put_punctuation(m, '.', from);
	else
		put_character(m, folded, n, kind_of(first), from);
}

static void take_dash(struct maker *m, uint32_t code, size_t len)
{
	size_t behind = is_hyphen(code) ? behind_hyphen(m, len) : 0;
	size_t from = m->at;
	if (m->line_start && !is_digit_byte(byte_at(m, m->at + len)))
		m->space = true;
	m->at = behind ? behind : m->at + len;
	if (!behind)
		put_punctuation(m, '-', from);
}

static void take_ascii(struct maker *m)
{
	char c = m->in.p[m->at];
	size_t n = m->line_start || m->space ? line_mark_len(m) : 0;
	if ((c == ',' || c == '.' || c == '\'') && groups_digits(m, m->at + 1)) {
		take_group(m, m->at + 1);
		return;
	}
	n = n ? n : markup_len(m);
	if (n > 0) {
		m->at += n;
		return;
	}
	if (c >= 'A' && c <= 'Z')
		c = (char)(c + 'a' - 'A');
	if (is_digit_byte(c) || (c >= 'a' && c <= 'z'))
		put_character(m, &c, 1, is_digit_byte(c) ? DIGIT : LETTER, m->at);
	else
		put_punctuation(m, c, m->at);
	m->at++;
}

static void step(struct maker *m)
{
	size_t len, next_len;
	uint32_t code = peek(m, m->at, &len), next = peek(m, m->at + len, &next_len);
	if (code < 0x20 || code == 0x7F || is_white_space(code))
		take_white_space(m, code, len);
	else if (is_dash(code))
		take_dash(m, code, len);
	else if (code < 0x80 && (next < 0x80 || char_class_of(next) != CHAR_MARK))
		take_ascii(m);
	else if (code == 0x2019 && groups_digits(m, m->at + len))
		take_group(m, m->at + len);
	else if (is_left_out(code))
		m->at += len;
	else
		take_cluster(m, code, len);
}

void plain_text_make(struct span source, struct plain_text *out)
{
	*out = (struct plain_text){ 0 };
	if (source.len > UINT32_MAX)
		source.len = utf8_floor(source.p, source.len, UINT32_MAX);
	struct maker m = { .in = source, .out = out, .line_start = true };
	while (m.at < source.len)
		step(&m);
	if (!out->p)
		out->p = mem_zalloc(1, 1);
	out->p[out->len] = '\0';
}

void plain_text_free(struct plain_text *t)
{
	free(t->p);
	free(t->from);
	*t = (struct plain_text){ 0 };
}

struct span plain_text_source(const struct plain_text *t, struct span source, size_t start, size_t end)
{
	size_t from = t->from[start], to = t->from[end - 1], len;
	uint32_t code;
	to += utf8_decode(source.p + to, source.len - to, &code);
	while (to < source.len) { /* the marks of the last letter */
		len = utf8_decode(source.p + to, source.len - to, &code);
		if (char_class_of(code) != CHAR_MARK)
			break;
		to += len;
	}
	return (struct span){ source.p + from, to - from };
}

static bool ends_beside_quotes(uint32_t code)
{
	return (code < 0x80 && code && strchr(".,;:!?-()/", (int)code)) || code == 0x3002 || code == 0x3001 ||
	       code == 0x2022 || code == 0xB7 || code == 0x061F || code == 0x0964;
}

struct span plain_text_core(const struct plain_text *t)
{
	struct span core = { t->p, t->len };
	bool opened = memchr(t->p, '(', t->len), closed = memchr(t->p, ')', t->len);
	uint32_t code;
	while (core.len) {
		size_t len = utf8_decode(core.p, core.len, &code);
		bool sign = code == '-' && core.len > 1 && is_digit_byte(core.p[1]);
		if (sign || (code == '(' && closed) || !ends_beside_quotes(code))
			break;
		core.p += len;
		core.len -= len;
	}
	while (core.len) {
		size_t last = utf8_floor(core.p, core.len, core.len - 1);
		utf8_decode(core.p + last, core.len - last, &code);
		if (!ends_beside_quotes(code) || (code == ')' && opened))
			break;
		core.len = last;
	}
	return core;
}
