#include "query/snippet.h"

#include <stdlib.h>

#include "base/columns.h"
#include "base/mem.h"
#include "base/utf8.h"

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v';
}

/* The passage with runs of white space as one space, and where the evidence is then. */
static void flatten(struct span passage, size_t start, size_t end, struct snippet *s)
{
	s->text = mem_alloc(passage.len + 1, 1);
	bool gap = false;
	for (size_t i = 0; i < passage.len; i++) {
		if (i == end)
			s->mark_end = s->len;
		if (is_space(passage.p[i])) {
			gap = s->len > 0;
			continue;
		}
		if (gap)
			s->text[s->len++] = ' ';
		gap = false;
		/* the space before the evidence is not part of it */
		if (s->mark_start == 0 && start < end && i >= start && i < end && !s->mark_end)
			s->mark_start = s->len + 1; /* + 1: so that 0 means not found yet */
		s->text[s->len++] = passage.p[i];
	}
	if (s->mark_start)
		s->mark_start--;
	if (start < end && end >= passage.len)
		s->mark_end = s->len;
	s->text[s->len] = '\0';
	if (start >= end)
		s->mark_start = s->mark_end = 0;
}

/* The end of what fits into max columns from `from`; cut at a space when one is
 * near. */
static size_t fit(const struct snippet *s, size_t from, size_t max)
{
	size_t used = 0, at = from, space = 0;
	while (at < s->len) {
		uint32_t code;
		size_t len = utf8_decode(s->text + at, s->len - at, &code);
		size_t width = (size_t)columns_of(code);
		if (used + width > max)
			break;
		if (code == ' ' && at > from && used + 24 > max)
			space = at;
		used += width;
		at += len;
	}
	if (at == s->len || s->text[at] == ' ' || !space)
		return at;
	return space;
}

/* Up to max columns before `at`: the start of a word. */
static size_t reach_back(const struct snippet *s, size_t at, size_t max)
{
	size_t used = 0, word = at;
	while (at > 0) {
		size_t before = utf8_floor(s->text, at - 1, at - 1);
		while (before > 0 && ((unsigned char)s->text[before] & 0xC0) == 0x80)
			before--;
		uint32_t code;
		utf8_decode(s->text + before, at - before, &code);
		used += (size_t)columns_of(code);
		if (used > max)
			return word;
		at = before;
		/* scripts without spaces may begin anywhere */
		if (at == 0 || s->text[at - 1] == ' ' || columns_of(code) == 2)
			word = at;
	}
	return 0;
}

static size_t clamp(size_t value, size_t low, size_t high)
{
	return value < low ? 0 : value > high ? high - low : value - low;
}

static void keep(struct snippet *s, size_t from, size_t to)
{
	while (from < to && s->text[from] == ' ')
		from++;
	s->cut_before = from > 0;
	s->cut_after = to < s->len;
	s->mark_start = clamp(s->mark_start, from, to);
	s->mark_end = clamp(s->mark_end, from, to);
	memmove(s->text, s->text + from, to - from);
	s->len = to - from;
	s->text[s->len] = '\0';
}

struct snippet snippet_make(struct span passage, size_t evidence_start, size_t evidence_end,
                            size_t max_columns)
{
	struct snippet s = { 0 };
	if (evidence_end > passage.len)
		evidence_start = evidence_end = 0;
	flatten(passage, evidence_start, evidence_end, &s);
	if (fit(&s, 0, max_columns) == s.len || s.mark_start == s.mark_end) {
		keep(&s, 0, fit(&s, 0, max_columns));
		return s;
	}
	struct span mark = { s.text + s.mark_start, s.mark_end - s.mark_start };
	size_t width = columns_in(mark), spare = width < max_columns ? max_columns - width : 0;
	/* the evidence would be seen from the beginning as well */
	if (fit(&s, 0, max_columns) >= s.mark_end) {
		keep(&s, 0, fit(&s, 0, max_columns));
		return s;
	}
	size_t from = reach_back(&s, s.mark_start, spare / 3);
	keep(&s, from, fit(&s, from, max_columns));
	return s;
}

void snippet_free(struct snippet *s)
{
	free(s->text);
	*s = (struct snippet){ 0 };
}
