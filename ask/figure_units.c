#include "ask/figure_units.h"

#include <stdint.h>
#include <string.h>
#include <strings.h>

#include "base/utf8.h"
#include "words/classes.h"

enum {
	GAP_MAX_BYTES = 4,   /* between a number and its unit */
	LONG_WORD_BYTES = 4  /* a word this long may stand between: "30 working days" */
};

bool figure_starts_with(struct span text, size_t at, const char *prefix)
{
	size_t len = strlen(prefix);
	return at + len <= text.len && memcmp(text.p + at, prefix, len) == 0;
}

const struct figure_run *figure_run_at(struct span text, size_t at, const struct figure_run *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (figure_starts_with(text, at, list[i].text))
			return &list[i];
	return NULL;
}

size_t figure_skip_gap(struct span text, size_t at, bool hyphens)
{
	size_t start = at, len;
	uint32_t code;
	while (at < text.len && at - start < GAP_MAX_BYTES) {
		len = utf8_decode(text.p + at, text.len - at, &code);
		bool gap = code == ' ' || code == '\n' || code == '\t' || code == 0xA0 || code == 0x202F ||
		           code == 0x2009 || code == '*' || (hyphens && (code == '-' || code == 0x2011));
		if (!gap)
			break;
		at += len;
	}
	return at;
}

size_t figure_word_end(struct span text, size_t at)
{
	size_t len;
	while (at < text.len) {
		enum char_class k = char_class_at(text, at, &len);
		if (k != CHAR_LOWER && k != CHAR_UPPER && k != CHAR_LETTER && k != CHAR_MARK && k != CHAR_IGNORED)
			break;
		at += len;
	}
	return at;
}

struct figure_meaning figure_meaning_of(const struct figure_text *t, size_t start, size_t end)
{
	char folded[FIGURE_WORD_MAX_BYTES];
	if (end <= start || end - start > FIGURE_WORD_MAX_BYTES)
		return (struct figure_meaning){ 0 };
	return figure_lexicon_find(t->lexicon, figure_fold((struct span){ t->text.p + start, end - start },
	                                                   folded));
}

bool figure_is_word_at(struct span text, size_t at, const char *word)
{
	size_t len = strlen(word), end = figure_word_end(text, at);
	return end - at == len && strncasecmp(text.p + at, word, len) == 0;
}

size_t figure_sign_at(const struct figure_text *t, size_t at, enum figure_unit *unit)
{
	uint32_t code;
	if (at >= t->text.len)
		return 0;
	size_t len = utf8_decode(t->text.p + at, t->text.len - at, &code);
	if (code == 0xB0) {
		char c = at + len < t->text.len ? (char)(t->text.p[at + len] | 0x20) : '\0';
		*unit = c == 'c' ? UNIT_CELSIUS : c == 'f' ? UNIT_FAHRENHEIT : UNIT_COUNTER;
		return at + len;
	}
	if (code >= 'A' && code < 0x80 && code != '_')
		return 0;
	struct figure_meaning m = figure_lexicon_find(t->lexicon, (struct span){ t->text.p + at, len });
	*unit = m.unit;
	return m.unit != UNIT_NONE ? at + len : 0;
}

enum figure_unit figure_unit_at(const struct figure_text *t, size_t at)
{
	enum figure_unit unit = UNIT_NONE;
	at = figure_skip_gap(t->text, at, true);
	const struct figure_run *run = figure_run_at(t->text, at, unspaced_units, n_unspaced_units);
	if (run)
		return (enum figure_unit)run->value;
	if (figure_sign_at(t, at, &unit))
		return unit;
	for (int i = 0; i < 2; i++) {
		size_t end = figure_word_end(t->text, at), next = figure_skip_gap(t->text, end, true);
		unit = figure_meaning_of(t, at, end).unit;
		if (unit != UNIT_NONE)
			return unit;
		if ((figure_is_word_at(t->text, at, "per") || figure_is_word_at(t->text, at, "pour")) &&
		    figure_is_word_at(t->text, next, "cent"))
			return UNIT_PERCENT;
		if (end - at < LONG_WORD_BYTES || next == end)
			break;
		at = next;
	}
	return UNIT_NONE;
}

unsigned figure_scale_at(const struct figure_text *t, size_t *at)
{
	static const struct figure_run scales[] = {
		{ "百万", 6 }, { "百萬", 6 }, { "千万", 7 }, { "万", 4 }, { "萬", 4 }, { "亿", 8 }, { "億", 8 },
		{ "兆", 12 }, { "ล้าน", 6 }, { "แสน", 5 }, { "หมื่น", 4 }, { "พัน", 3 },
	};
	size_t start = figure_skip_gap(t->text, *at, true), end = figure_word_end(t->text, start);
	const struct figure_run *run = figure_run_at(t->text, start, scales, sizeof scales / sizeof *scales);
	struct figure_meaning m = { 0 };
	if (!run)
		m = figure_meaning_of(t, start, end);
	if (run)
		*at = start + strlen(run->text);
	else if (m.word && m.word->kind == WORD_SCALE)
		*at = end;
	return run ? run->value : m.word && m.word->kind == WORD_SCALE ? m.word->value : 0;
}
