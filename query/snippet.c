#include "query/snippet.h"

#include <stdlib.h>

#include "base/columns.h"
#include "base/mem.h"
#include "base/utf8.h"

#define BETWEEN " … "
/* In fewer columns two pieces would be stubs. */
enum { BETWEEN_COLUMNS = 3, TWO_PIECES_MIN = 60 };

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v';
}

/* The passage with runs of white space as one space, and where the evidence is then. */
static void flatten(struct span passage, const struct evidence *e, struct snippet *s)
{
	s->text = mem_alloc(passage.len + 1, 1);
	struct evidence_range *mark = s->marks.ranges;
	size_t at = 0; /* the range that is open or comes next */
	bool gap = false, open = false;
	for (size_t i = 0; i < passage.len; i++) {
		if (open && i == e->ranges[at].end) {
			mark[s->marks.n++].end = s->len;
			open = false;
		}
		if (is_space(passage.p[i])) {
			gap = s->len > 0;
			continue;
		}
		if (gap)
			s->text[s->len++] = ' ';
		gap = false;
		while (!open && at < e->n && e->ranges[at].end <= i)
			at++;
		/* the space before the evidence is not part of it */
		if (!open && at < e->n && e->ranges[at].start <= i) {
			mark[s->marks.n].start = s->len;
			open = true;
		}
		s->text[s->len++] = passage.p[i];
	}
	if (open)
		mark[s->marks.n++].end = s->len;
	s->text[s->len] = '\0';
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

static size_t width_of(const struct snippet *s, size_t from, size_t to)
{
	return columns_in((struct span){ s->text + from, to - from });
}

/* A piece for each of two marks that do not fit with what is between them: each has
 * half of the room, and what the other leaves of it. */
static void two_pieces(const struct snippet *s, size_t max_columns, struct evidence_range *pieces)
{
	const struct evidence_range *a = &s->marks.ranges[0], *b = &s->marks.ranges[1];
	size_t room = max_columns - BETWEEN_COLUMNS, width_a = width_of(s, a->start, a->end);
	size_t width_b = width_of(s, b->start, b->end);
	size_t room_a = width_b < room / 2 ? room - width_b : room - room / 2;
	pieces[0] = *a;
	if (width_a > room_a)
		pieces[0].end = fit(s, a->start, room_a);
	else if (width_a + width_b < room)
		pieces[0].start = reach_back(s, a->start, (room - width_a - width_b) / 3);
	pieces[1].start = b->start;
	pieces[1].end = fit(s, b->start, room - width_of(s, pieces[0].start, pieces[0].end));
}

/* Which pieces of s->text to show; returns their number, 1 or 2. */
static size_t choose_pieces(const struct snippet *s, size_t max_columns,
                            struct evidence_range *pieces)
{
	pieces[0] = (struct evidence_range){ 0, fit(s, 0, max_columns) };
	if (s->marks.n == 0 || pieces[0].end >= s->marks.ranges[s->marks.n - 1].end)
		return 1;
	size_t start = s->marks.ranges[0].start;
	size_t width = width_of(s, start, s->marks.ranges[s->marks.n - 1].end);
	if (width > max_columns && s->marks.n > 1 && max_columns >= TWO_PIECES_MIN) {
		two_pieces(s, max_columns, pieces);
		return 2;
	}
	size_t spare = width < max_columns ? max_columns - width : 0;
	pieces[0].start = reach_back(s, start, spare / 3);
	pieces[0].end = fit(s, pieces[0].start, max_columns);
	return 1;
}

/* Adds what of the marks lies in the piece, which stands at `at` of the new text. */
static void add_marks(struct evidence *marks, const struct evidence *old,
                      const struct evidence_range *piece, size_t at)
{
	for (size_t i = 0; i < old->n; i++) {
		size_t start = old->ranges[i].start > piece->start ? old->ranges[i].start : piece->start;
		size_t end = old->ranges[i].end < piece->end ? old->ranges[i].end : piece->end;
		if (start < end && marks->n < EVIDENCE_MAX)
			marks->ranges[marks->n++] = (struct evidence_range){ at + start - piece->start,
				                                             at + end - piece->start };
	}
}

/* Leaves only the pieces of the text. */
static void keep(struct snippet *s, struct evidence_range *pieces, size_t n)
{
	char *text = mem_alloc(s->len + sizeof BETWEEN, 1);
	size_t len = 0;
	struct evidence marks = { .n = 0 };
	for (size_t i = 0; i < n; i++) {
		struct evidence_range *p = &pieces[i];
		while (p->start < p->end && s->text[p->start] == ' ')
			p->start++;
		if (i > 0) {
			memcpy(text + len, BETWEEN, strlen(BETWEEN));
			len += strlen(BETWEEN);
		}
		add_marks(&marks, &s->marks, p, len);
		memcpy(text + len, s->text + p->start, p->end - p->start);
		len += p->end - p->start;
	}
	s->cut_before = pieces[0].start > 0;
	s->cut_after = pieces[n - 1].end < s->len;
	free(s->text);
	s->text = text;
	s->len = len;
	s->text[len] = '\0';
	s->marks = marks;
}

struct snippet snippet_make(struct span passage, const struct evidence *evidence,
                            size_t max_columns)
{
	static const struct evidence none = { .n = 0 };
	struct snippet s = { 0 };
	struct evidence_range pieces[EVIDENCE_MAX];
	flatten(passage, evidence ? evidence : &none, &s);
	keep(&s, pieces, choose_pieces(&s, max_columns, pieces));
	return s;
}

void snippet_free(struct snippet *s)
{
	free(s->text);
	*s = (struct snippet){ 0 };
}
