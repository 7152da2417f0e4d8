#include "words/identifier.h"

#include "words/classes.h"

/* More capitals than this in one stretch of letters are no names: base64, a key. */
enum { MAX_CAPITALS = 8, MAX_UNDERSCORES = 4 };

/* A stretch of letters and digits as it is read. */
struct stretch {
	size_t cuts[MAX_CAPITALS];
	size_t n_cuts;
	size_t start, end, last_upper, n_upper, n_chars;
	enum char_class first, prev, before_upper;
	bool has_digits;
};

static void cut(struct stretch *s, size_t at)
{
	if (at == s->start)
		return;
	if (s->n_cuts < MAX_CAPITALS)
		s->cuts[s->n_cuts] = at;
	s->n_cuts++;
}

/* Where a capital begins a part: after a small letter, before a small letter that
 * follows capitals (HTTP|Date) or a digit (MP3|Player). */
static void look_at_case(struct stretch *s, enum char_class k, size_t at, bool is_plural)
{
	if (k == CHAR_UPPER) {
		if (s->prev == CHAR_LOWER)
			cut(s, at);
		s->n_upper = s->prev == CHAR_UPPER ? s->n_upper + 1 : 1;
		if (s->n_upper == 1)
			s->before_upper = s->prev;
		s->last_upper = at;
	} else if (k == CHAR_LOWER && s->prev == CHAR_UPPER && !is_plural) {
		if (s->n_upper > 1 || s->before_upper == CHAR_DIGIT)
			cut(s, s->last_upper);
	}
}

/* The class behind text.p[at], CHAR_OTHER at the end. */
static enum char_class class_at(struct span text, size_t at, size_t *len)
{
	*len = 0;
	return at < text.len ? char_class_at(text, at, len) : CHAR_OTHER;
}

static void read_stretch(struct span text, size_t at, struct stretch *s)
{
	s->start = at;
	s->n_cuts = s->last_upper = s->n_upper = s->n_chars = 0;
	s->first = s->prev = s->before_upper = CHAR_OTHER;
	s->has_digits = false;
	size_t len, next_len;
	enum char_class k = class_at(text, at, &len);
	while (char_in_word(k)) {
		enum char_class next = class_at(text, at + len, &next_len);
		if (k != CHAR_MARK && k != CHAR_IGNORED) {
			bool is_plural = text.p[at] == 's' && s->n_upper > 1 && !char_in_word(next);
			look_at_case(s, k, at, is_plural);
			s->first = s->n_chars++ ? s->first : k;
			s->prev = k;
			s->has_digits |= k == CHAR_DIGIT;
		}
		at += len;
		k = next;
		len = next_len;
	}
	s->end = at;
	if (s->n_cuts > MAX_CAPITALS)
		s->n_cuts = 0;
}

/* False when there is no room for the part. */
static bool add_part(struct identifier *id, size_t start, size_t end, struct span joiner)
{
	if (id->n_parts == IDENTIFIER_MAX_PARTS)
		return false;
	id->parts[id->n_parts++] = (struct identifier_part){ .start = start, .end = end, .joiner = joiner };
	id->end = end;
	return true;
}

static bool add_stretch(struct identifier *id, const struct stretch *s, struct span joiner)
{
	size_t from = s->start, first = id->n_parts;
	for (size_t i = 0; i <= s->n_cuts; i++) {
		size_t to = i < s->n_cuts ? s->cuts[i] : s->end;
		if (!add_part(id, from, to, joiner))
			return false;
		joiner = (struct span){ 0 };
		from = to;
	}
	id->parts[first].begins_with_digit = s->first == CHAR_DIGIT;
	id->parts[id->n_parts - 1].ends_with_digit = s->prev == CHAR_DIGIT;
	id->parts[first].is_letter = s->n_chars == 1 && !s->has_digits;
	return true;
}

/* The length of the characters at text.p[at] that join, whatever follows; 0: none. */
static size_t joiner_len(struct span text, size_t at, bool after_digit)
{
	if (at >= text.len)
		return 0;
	size_t len = 1;
	switch (text.p[at]) {
	case '_':
		while (len < MAX_UNDERSCORES && at + len < text.len && text.p[at + len] == '_')
			len++;
		return len;
	case ':':
		return at + 1 < text.len && text.p[at + 1] == ':' ? 2 : 1;
	case '-':
	case '.':
	case '/':
	case '@':
	case '#':
	case '+':
		return 1;
	case ',':
		return after_digit;
	case '\xE2': /* U+2010 and U+2011, hyphens */
		return at + 2 < text.len && text.p[at + 1] == '\x80' &&
		                       (text.p[at + 2] == '\x90' || text.p[at + 2] == '\x91')
		               ? 3
		               : 0;
	default:
		return 0;
	}
}

/* An apostrophe (' or U+2019) with an English ending; 0: there is none. */
static size_t ending_len(struct span text, size_t at)
{
	static const char *const endings[] = { "s", "t", "d", "m", "re", "ve", "ll" };
	size_t mark = 0, len;
	if (at < text.len && text.p[at] == '\'')
		mark = 1;
	else if (at + 3 <= text.len && memcmp(text.p + at, "\xE2\x80\x99", 3) == 0)
		mark = 3;
	for (size_t i = 0; mark && i < sizeof endings / sizeof *endings; i++) {
		size_t n = strlen(endings[i]), end = at + mark + n, k = 0;
		while (end <= text.len && k < n && (text.p[at + mark + k] | 32) == endings[i][k])
			k++;
		if (k == n && !char_in_word(class_at(text, end, &len)))
			return mark + n;
	}
	return 0;
}

/* C++, F#: one to three letters and no more. */
static size_t suffix_len(const struct identifier *id, struct span text, const struct stretch *s)
{
	size_t at = s->end, len = 0, ignored;
	if (id->n_parts != 1 || s->has_digits || s->n_chars > 3)
		return 0;
	if (at + 2 <= text.len && memcmp(text.p + at, "++", 2) == 0)
		len = 2;
	else if (at < text.len && text.p[at] == '#')
		len = 1;
	return len && !char_in_word(class_at(text, at + len, &ignored)) ? len : 0;
}

void identifier_read(struct span text, size_t at, struct identifier *id)
{
	id->n_parts = 0;
	id->suffix = (struct span){ 0 };
	struct stretch s;
	struct span joiner = { 0 };
	for (;;) {
		read_stretch(text, at, &s);
		if (!add_stretch(id, &s, joiner))
			return;
		size_t len, n = joiner_len(text, s.end, s.prev == CHAR_DIGIT);
		enum char_class next = n ? class_at(text, s.end + n, &len) : CHAR_OTHER;
		if (!char_begins_word(next) || (text.p[s.end] == ',' && next != CHAR_DIGIT))
			break;
		joiner = (struct span){ text.p + s.end, n };
		at = s.end + n;
	}
	id->suffix = (struct span){ text.p + s.end, suffix_len(id, text, &s) };
	id->end = s.end + id->suffix.len;
	if (id->suffix.len == 0)
		id->end += ending_len(text, s.end);
}
