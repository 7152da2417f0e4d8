#include "words/runs.h"

#include <stdbool.h>
#include <stdlib.h>

#include "base/boundaries.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "words/fold.h"

/* Characters of a run. A word that a longer run has there is cut. */
enum { RUN_MAX = 1024, HANGUL_MAX = 64, UNIT_MAX = 60 };

struct run run_new(void)
{
	return (struct run){ .text = buf_new(1 << 16) };
}

void run_free(struct run *r)
{
	buf_free(&r->text);
	free(r->at);
	free(r->from);
	free(r->ends);
}

static void mark_char(struct run *r, size_t at, size_t from)
{
	r->at = mem_grow(r->at, &r->cap, r->n + 1, sizeof *r->at);
	r->from = mem_grow(r->from, &r->from_cap, r->n + 1, sizeof *r->from);
	r->at[r->n] = at;
	r->from[r->n] = from;
}

/* Known not to change by NFKC and case folding, if what follows does not join it. */
static bool is_normal(uint32_t code)
{
	return (code >= 0x4E00 && code <= 0x9FFF) || (code >= 0x3041 && code <= 0x3096) ||
	       (code >= 0x30A1 && code <= 0x30FC) || (code >= 0xAC00 && code <= 0xD7A3) ||
	       (code >= 0x3400 && code <= 0x4DBF);
}

/* Joins the character before: kana's voice marks, a syllable's vowel and final. */
static bool joins(uint32_t code)
{
	return code == 0x3099 || code == 0x309A || code == 0xFF9E || code == 0xFF9F ||
	       (code >= 0x1160 && code <= 0x11FF) || (code >= 0xD7B0 && code <= 0xD7FB);
}

/* The length of the character at source.p[at] with what joins it; *simple: it stays. */
static size_t unit_len(struct span source, size_t at, bool *simple)
{
	uint32_t code;
	size_t len = utf8_decode(source.p + at, source.len - at, &code);
	*simple = is_normal(code);
	while (at + len < source.len && len < UNIT_MAX) {
		size_t more = utf8_decode(source.p + at + len, source.len - at - len, &code);
		if (!joins(code))
			break;
		*simple = false;
		len += more;
	}
	return len;
}

static void add_unit(struct run *r, struct span unit, size_t from, bool simple)
{
	char folded[256];
	bool was_cut = false;
	if (!simple)
		unit = (struct span){ folded, fold_case(unit, folded, sizeof folded, &was_cut) };
	for (size_t at = 0; at < unit.len;) {
		uint32_t code;
		size_t len = utf8_decode(unit.p + at, unit.len - at, &code);
		if (r->text.len + len > r->text.max)
			return; /* a slice of 1,024 characters that each become many */
		mark_char(r, r->text.len, from);
		buf_add(&r->text, unit.p + at, len);
		r->n++;
		at += len;
	}
}

size_t run_read(struct run *r, struct span source, size_t at, enum char_class kind)
{
	size_t max = kind == CHAR_HANGUL ? HANGUL_MAX : RUN_MAX, n_units = 0, len;
	buf_clear(&r->text);
	r->n = 0;
	for (; at < source.len && n_units < max; n_units++) {
		enum char_class k = char_class_at(source, at, &len);
		bool simple = kind == CHAR_DICTIONARY;
		if (k != kind && (k != CHAR_IGNORED || n_units == 0))
			break;
		if (!simple)
			len = unit_len(source, at, &simple);
		add_unit(r, (struct span){ source.p + at, len }, at, simple);
		at += len;
	}
	mark_char(r, r->text.len, at);
	free(r->ends);
	r->ends = NULL;
	r->n_words = 0;
	if (r->text.len > 0 && kind != CHAR_HANGUL) {
		r->n_words = boundary_ends(BOUNDARY_WORD, buf_span(&r->text), &r->ends);
	} else if (r->text.len > 0) {
		r->ends = mem_alloc(1, sizeof *r->ends);
		r->ends[r->n_words++] = r->text.len;
	}
	return at;
}
