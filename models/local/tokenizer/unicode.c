#include "models/local/tokenizer/unicode.h"

#include "base/utf8.h"

/* Hangul syllables, decomposed by arithmetic (Unicode, section 3.12) */
enum { HANGUL_FIRST = 0xAC00, HANGUL_LAST = 0xD7A3, HANGUL_L = 0x1100, HANGUL_V = 0x1161,
       HANGUL_T = 0x11A7, HANGUL_VOWELS = 21, HANGUL_TAILS = 28 };

static size_t decompose_hangul(uint32_t code, uint32_t *out)
{
	uint32_t s = code - HANGUL_FIRST, tail = s % HANGUL_TAILS;
	out[0] = HANGUL_L + s / (HANGUL_VOWELS * HANGUL_TAILS);
	out[1] = HANGUL_V + s / HANGUL_TAILS % HANGUL_VOWELS;
	out[2] = HANGUL_T + tail;
	return tail ? 3 : 2;
}

static size_t look_up(uint32_t code, const uint32_t *codes, const uint32_t *values,
                      const uint32_t *pool, uint32_t count, uint32_t *out)
{
	uint32_t low = 0, high = count;
	while (low < high) {
		uint32_t middle = (low + high) / 2;
		if (codes[middle] < code)
			low = middle + 1;
		else
			high = middle;
	}
	out[0] = code;
	if (low == count || codes[low] != code)
		return 1;
	/* one code point, or a count above 24 bits of index */
	size_t n = values[low] >> 24;
	if (n == 0)
		out[0] = values[low];
	for (size_t i = 0; i < n; i++)
		out[i] = pool[(values[low] & 0xFFFFFF) + i];
	return n ? n : 1;
}

size_t unicode_strip_accents(uint32_t code, uint32_t out[UNICODE_MAPPED_MAX])
{
	if (code >= HANGUL_FIRST && code <= HANGUL_LAST)
		return decompose_hangul(code, out);
	const struct unicode_class *class = unicode_class(code);
	out[0] = code;
	if (class->mark)
		return 0;
	if (!class->has_strip)
		return 1;
	return look_up(code, unicode_strip_codes, unicode_strip_values, unicode_strip_pool,
	               unicode_strip_count, out);
}

size_t unicode_lower_case(uint32_t code, uint32_t out[UNICODE_MAPPED_MAX])
{
	out[0] = code;
	if (!unicode_class(code)->has_lower)
		return 1;
	return look_up(code, unicode_lower_codes, unicode_lower_values, unicode_lower_pool,
	               unicode_lower_count, out);
}

/* What the rules that look further back than one code point need. */
struct cluster {
	uint8_t last;           /* enum grapheme_class */
	bool regional_pair;     /* two regional indicators are taken (GB12, GB13) */
	bool picto, picto_zwj;  /* Picto Extend*, and that with a ZWJ (GB11) */
	bool consonant, linker; /* Consonant [Extend Linker]*, with a Linker (GB9c) */
};

static void take(struct cluster *c, const struct unicode_class *class)
{
	uint8_t g = class->grapheme;
	c->regional_pair = g == GRAPHEME_REGIONAL && c->last == GRAPHEME_REGIONAL;
	c->picto_zwj = g == GRAPHEME_ZWJ && c->picto;
	c->picto = g == GRAPHEME_PICTO || (g == GRAPHEME_EXTEND && c->picto);
	if (class->conjunct == CONJUNCT_CONSONANT) {
		c->consonant = true;
		c->linker = false;
	} else if (class->conjunct == CONJUNCT_NONE) {
		c->consonant = c->linker = false;
	} else if (class->conjunct == CONJUNCT_LINKER) {
		c->linker = c->consonant;
	}
	c->last = g;
}

static bool hangul_joins(uint8_t last, uint8_t next)
{
	switch (last) {
	case GRAPHEME_L:
		return next == GRAPHEME_L || next == GRAPHEME_V || next == GRAPHEME_LV ||
		       next == GRAPHEME_LVT;
	case GRAPHEME_LV:
	case GRAPHEME_V:
		return next == GRAPHEME_V || next == GRAPHEME_T;
	case GRAPHEME_LVT:
	case GRAPHEME_T:
		return next == GRAPHEME_T;
	default:
		return false;
	}
}

/* The rules of UAX #29, GB3 to GB13, in their order. */
static bool joins(const struct cluster *c, const struct unicode_class *class)
{
	uint8_t next = class->grapheme;
	if (c->last == GRAPHEME_CR)
		return next == GRAPHEME_LF;
	if (c->last == GRAPHEME_LF || c->last == GRAPHEME_CONTROL || next == GRAPHEME_CR ||
	    next == GRAPHEME_LF || next == GRAPHEME_CONTROL)
		return false;
	if (next == GRAPHEME_EXTEND || next == GRAPHEME_ZWJ || next == GRAPHEME_SPACING ||
	    c->last == GRAPHEME_PREPEND || hangul_joins(c->last, next))
		return true;
	if (class->conjunct == CONJUNCT_CONSONANT && c->consonant && c->linker)
		return true;
	if (next == GRAPHEME_PICTO && c->picto_zwj)
		return true;
	return next == GRAPHEME_REGIONAL && c->last == GRAPHEME_REGIONAL && !c->regional_pair;
}

size_t unicode_grapheme_len(const char *p, size_t n)
{
	uint32_t code;
	size_t at = utf8_decode(p, n, &code);
	struct cluster c = { 0 };
	take(&c, unicode_class(code));
	while (at < n) {
		size_t len = utf8_decode(p + at, n - at, &code);
		const struct unicode_class *class = unicode_class(code);
		if (!joins(&c, class))
			break;
		take(&c, class);
		at += len;
	}
	return at;
}
