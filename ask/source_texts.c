#define _GNU_SOURCE
#include "ask/source_texts.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/boundaries.h"
#include "base/mem.h"
#include "base/sentence.h"
#include "base/utf8.h"
#include "words/classes.h"

/* What all look-ups may read: some seconds' worth, and a thousand times what an answer of a
 * page needs. */
#define LOOKUP_MAX_BYTES ((size_t)2 << 30)

enum {
	MAX_PARTS = 8,          /* of a quote with ellipses */
	MAX_TRIES = 32,         /* places of its first part */
	GAP_MAX_BYTES = 400,    /* that an ellipsis stands for */
	WRAPPED_MIN_BYTES = 40, /* of a line that goes on in the next one */
	LINE_LOOK_BYTES = 200
};

struct prepared {
	struct plain_text plain;
	size_t *ends; /* [n_ends] of its sentences */
	size_t n_ends;
	bool done, divided;
};

struct source_texts {
	const struct sources *sources;
	struct prepared *items; /* [n] */
	size_t n, cap;
	size_t read;
};

struct source_texts *source_texts_new(const struct sources *sources)
{
	struct source_texts *t = mem_zalloc(1, sizeof *t);
	t->sources = sources;
	return t;
}

void source_texts_free(struct source_texts *t)
{
	if (!t)
		return;
	for (size_t i = 0; i < t->n; i++) {
		plain_text_free(&t->items[i].plain);
		free(t->items[i].ends);
	}
	free(t->items);
	free(t);
}

static struct span text_of(const struct source_texts *t, size_t number)
{
	const struct source *s = &t->sources->items[number - 1];
	return (struct span){ s->text, s->text_len };
}

static struct prepared *prepared(struct source_texts *t, size_t number)
{
	if (number > t->n) {
		t->items = mem_grow(t->items, &t->cap, number, sizeof *t->items);
		memset(t->items + t->n, 0, (number - t->n) * sizeof *t->items);
		t->n = number;
	}
	struct prepared *p = &t->items[number - 1];
	if (!p->done)
		plain_text_make(text_of(t, number), &p->plain);
	p->done = true;
	return p;
}

/* ---- whole words ---- */

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_word_class(enum char_class k)
{
	return k == CHAR_LOWER || k == CHAR_UPPER || k == CHAR_LETTER || k == CHAR_MARK;
}

static uint32_t code_before(struct span text, size_t at)
{
	uint32_t code = 0;
	size_t from = at ? utf8_floor(text.p, text.len, at - 1) : 0;
	if (at)
		utf8_decode(text.p + from, text.len - from, &code);
	return code;
}

static uint32_t code_at(struct span text, size_t at)
{
	uint32_t code = 0;
	if (at < text.len)
		utf8_decode(text.p + at, text.len - at, &code);
	return code;
}

static bool is_cjk_numeral(uint32_t code)
{
	switch (code) {
	case 0x4E00: case 0x4E8C: case 0x4E09: case 0x56DB: case 0x4E94: case 0x516D: case 0x4E03:
	case 0x516B: case 0x4E5D: case 0x5341: case 0x767E: case 0x5343: case 0x4E07: case 0x3007:
	case 0x96F6: case 0x4E24:
		return true;
	default:
		return false;
	}
}

/* Whether the two characters are of one word, or of one number. */
static bool joins(uint32_t a, uint32_t b)
{
	enum char_class ka = char_class_of(a), kb = char_class_of(b);
	if (is_word_class(ka) && is_word_class(kb))
		return true;
	return (ka == CHAR_DIGIT && kb == CHAR_DIGIT) || (is_cjk_numeral(a) && is_cjk_numeral(b));
}

/* Whether the comma stands between fields of CSV: "scull,2016,70". */
static bool divides_fields(const char *p, size_t comma)
{
	size_t at = comma;
	while (at > 0 && is_digit(p[at - 1]))
		at--;
	return p[comma] == ',' && at < comma && at > 1 && p[at - 1] == ',' && !is_digit(p[at - 2]);
}

/* [start, end) of plain begins and ends where words and numbers do. */
static bool is_whole(const struct plain_text *plain, struct span source, size_t start, size_t end)
{
	const char *p = plain->p;
	struct span place = plain_text_source(plain, source, start, end);
	size_t from = (size_t)(place.p - source.p), to = from + place.len;
	if (from > 0 && joins(code_before(source, from), code_at(source, from)))
		return false;
	if (to < source.len && joins(code_before(source, to), code_at(source, to)))
		return false;
	if (start > 0 && is_digit(p[start])) {
		char before = p[start - 1];
		bool decimal = (before == '.' || before == ',') && start > 1 && is_digit(p[start - 2]) &&
		               !divides_fields(p, start - 1);
		bool sign = before == '-' && (start < 2 || p[start - 2] == '(' || p[start - 2] == ' ' ||
		                              code_before(source, plain->from[start - 1]) == ' ');
		if (is_digit(before) || decimal || (sign && plain->from[start - 1] + 3 >= plain->from[start]))
			return false;
	}
	if (end < plain->len && is_digit(p[end - 1])) {
		bool decimal = (p[end] == '.' || p[end] == ',') && end + 1 < plain->len && is_digit(p[end + 1]);
		/* "3, 5": what stands apart in the source is no decimal */
		decimal = decimal && plain->from[end + 1] == plain->from[end] + 1 && !divides_fields(p, end);
		return !is_digit(p[end]) && !decimal;
	}
	return true;
}

/* ---- look-ups ---- */

/* The first whole place of `part` from `from` on, that begins before `limit`; SIZE_MAX: none. */
static size_t find_part(struct source_texts *t, size_t number, struct span part, size_t from, size_t limit)
{
	struct prepared *p = prepared(t, number);
	struct span source = text_of(t, number);
	limit = limit < p->plain.len ? limit : p->plain.len;
	while (part.len && from < limit) {
		size_t room = p->plain.len - from;
		room = limit - from + part.len < room ? limit - from + part.len : room;
		const char *hit = memmem(p->plain.p + from, room, part.p, part.len);
		size_t at = hit ? (size_t)(hit - p->plain.p) : limit;
		t->read += at - from + part.len;
		if (!hit || t->read > LOOKUP_MAX_BYTES)
			break;
		if (is_whole(&p->plain, source, at, at + part.len))
			return at;
		from = at + 1;
	}
	return SIZE_MAX;
}

static bool set_place(struct source_texts *t, size_t number, size_t start, size_t end,
                      struct quote_place *place)
{
	struct span source = text_of(t, number);
	struct span found = plain_text_source(&prepared(t, number)->plain, source, start, end);
	place->source = number;
	place->start = (size_t)(found.p - source.p);
	place->end = place->start + found.len;
	return true;
}

/* The length of an ellipsis at text.p[at], with the brackets around it; 0: none. */
static size_t ellipsis_len(struct span text, size_t at)
{
	static const char dots[] = "\xE2\x80\xA6", midline[] = "\xE2\x8B\xAF";
	size_t i = at, n_dots = 0;
	if (text.p[i] == '[' || text.p[i] == '(')
		i++;
	bool bracket = i > at;
	for (; i < text.len; i++) {
		if (text.p[i] == '.') {
			n_dots++;
		} else if (i + 3 <= text.len &&
		           (memcmp(text.p + i, dots, 3) == 0 || memcmp(text.p + i, midline, 3) == 0)) {
			n_dots += 3;
			i += 2;
		} else {
			break;
		}
	}
	bool closed = bracket && i < text.len && (text.p[i] == ']' || text.p[i] == ')');
	if (n_dots < 3 && !(closed && n_dots == 2))
		return 0;
	return i - at + (closed ? 1 : 0);
}

static size_t split(struct span quote, struct span parts[MAX_PARTS])
{
	size_t n = 0, start = 0, len;
	for (size_t i = 0; i < quote.len; i += len ? len : 1) {
		len = ellipsis_len(quote, i);
		if (!len)
			continue;
		if (n == MAX_PARTS - 1)
			return 0;
		parts[n++] = (struct span){ quote.p + start, i - start };
		start = i + len;
	}
	parts[n++] = (struct span){ quote.p + start, quote.len - start };
	return n;
}

/* The parts in their order, each near the one before. */
static bool find_parts(struct source_texts *t, size_t number, const struct span *parts, size_t n,
                       struct quote_place *place)
{
	size_t from = 0;
	for (int tries = 0; tries < MAX_TRIES; tries++) {
		size_t start = find_part(t, number, parts[0], from, SIZE_MAX), end = start + parts[0].len, i;
		if (start == SIZE_MAX)
			return false;
		for (i = 1; i < n; i++) {
			size_t at = find_part(t, number, parts[i], end, end + GAP_MAX_BYTES);
			if (at == SIZE_MAX)
				break;
			end = at + parts[i].len;
		}
		if (i == n)
			return set_place(t, number, start, end, place);
		from = start + 1;
	}
	return false;
}

static bool find_with_ellipses(struct source_texts *t, size_t number, struct span quote,
                               struct quote_place *place)
{
	struct span pieces[MAX_PARTS], cores[MAX_PARTS];
	struct plain_text plain[MAX_PARTS];
	size_t n_pieces = split(quote, pieces), n = 0;
	if (n_pieces < 2)
		return false;
	for (size_t i = 0; i < n_pieces; i++) {
		plain_text_make(pieces[i], &plain[i]);
		struct span core = plain_text_core(&plain[i]);
		if (core.len)
			cores[n++] = core;
	}
	bool found = n > 0 && find_parts(t, number, cores, n, place);
	for (size_t i = 0; i < n_pieces; i++)
		plain_text_free(&plain[i]);
	return found;
}

bool source_texts_find(struct source_texts *t, size_t number, struct span quote, struct quote_place *place)
{
	struct plain_text plain;
	plain_text_make(quote, &plain);
	struct span core = plain_text_core(&plain);
	size_t at = find_part(t, number, core, 0, SIZE_MAX);
	bool found = at != SIZE_MAX && set_place(t, number, at, at + core.len, place);
	plain_text_free(&plain);
	return found || find_with_ellipses(t, number, quote, place);
}

/* The last of the ends that is <= at; 0: none. */
static size_t end_before(const struct prepared *p, size_t at)
{
	size_t low = 0, high = p->n_ends;
	while (low < high) {
		size_t mid = low + (high - low) / 2;
		if (p->ends[mid] <= at)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

/* ---- around a quote ---- */

/* The line that ends, or begins, at `at`, as far as it is looked at. */
static struct span line_at(struct span text, size_t at, bool before)
{
	size_t start = at, end = at;
	while (before && start > 0 && text.p[start - 1] != '\n' && at - start < LINE_LOOK_BYTES)
		start--;
	while (!before && end < text.len && text.p[end] != '\n' && end - at < LINE_LOOK_BYTES)
		end++;
	return (struct span){ text.p + start, end - start };
}

/* A row of a table or of CSV: fields without a space behind what divides them. */
static bool is_row(struct span line)
{
	size_t n = 0;
	for (size_t i = 0; i + 1 < line.len; i++)
		n += line.p[i] == '|' || line.p[i] == '\t' ||
		     ((line.p[i] == ',' || line.p[i] == ';') && line.p[i + 1] != ' ');
	return n >= 2;
}

/* Whether a sentence goes on over the line end at `at`: only prose is wrapped. */
static bool is_wrapped(struct span text, size_t at)
{
	struct span above = line_at(text, at, true), below = line_at(text, at + 1, false);
	return above.len >= WRAPPED_MIN_BYTES && !is_row(above) && !is_row(below);
}

struct span source_texts_sentence(struct source_texts *t, const struct quote_place *place)
{
	struct prepared *p = prepared(t, place->source);
	struct span text = text_of(t, place->source);
	if (!p->divided)
		p->n_ends = sentence_ends(text, &p->ends);
	p->divided = true;
	size_t first = end_before(p, place->start), last = end_before(p, place->end - 1);
	size_t start = first ? p->ends[first - 1] : 0, end = last < p->n_ends ? p->ends[last] : text.len;
	if (place->start - start > SENTENCE_MAX_BYTES)
		start = utf8_floor(text.p, text.len, place->start - SENTENCE_MAX_BYTES);
	if (end - place->end > SENTENCE_MAX_BYTES)
		end = utf8_floor(text.p, text.len, place->end + SENTENCE_MAX_BYTES);
	for (size_t i = place->start; i > start; i--)
		if (text.p[i - 1] == '\n' && !is_wrapped(text, i - 1))
			start = i;
	for (size_t i = place->end; i < end; i++)
		if (text.p[i] == '\n' && !is_wrapped(text, i))
			end = i;
	return trim_white_space((struct span){ text.p + start, end - start });
}
