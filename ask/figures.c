#include "ask/figures.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "words/classes.h"

enum {
	GAP_MAX_BYTES = 4,      /* between a number and its unit */
	LONG_WORD_BYTES = 4,    /* a word this long may stand between: "30 working days" */
	RUN_MAX = 16            /* numerals of a run without spaces */
};

/* A number in words, as far as it has been read: "two hundred and five". */
struct spoken {
	bool on;
	uint64_t total, below; /* thousands and more, and what is below them */
	enum figure_word_use use;
	size_t end;
};

struct scan {
	const struct figure_lexicon *lexicon;
	struct span text;
	size_t at;
	struct figures *out;
	struct spoken spoken;
	enum figure_unit unit_before; /* "€ 25": of a number that begins at unit_at */
	size_t unit_at;
	size_t afternoon_at; /* behind 下午: an hour that begins here is one of the afternoon */
	size_t digits_end;   /* of the last number in digits */
	size_t word_start;   /* of the letters that end at at; SIZE_MAX: none do */
};

void figures_free(struct figures *f)
{
	free(f->items);
	*f = (struct figures){ 0 };
}

static struct figure *add(struct scan *s)
{
	s->out->items = mem_grow(s->out->items, &s->out->cap, s->out->n + 1, sizeof *s->out->items);
	struct figure *f = &s->out->items[s->out->n++];
	*f = (struct figure){ .unit = UNIT_NONE };
	return f;
}

static void add_value(struct scan *s, uint64_t value, enum figure_unit unit, bool states)
{
	char text[24];
	struct figure *f = add(s);
	snprintf(text, sizeof text, "%" PRIu64, value);
	figure_values_add(&f->values, text);
	f->unit = unit;
	f->states = states;
}

/* ---- what stands behind a number ---- */

static bool starts_with(struct span text, size_t at, const char *prefix)
{
	size_t len = strlen(prefix);
	return at + len <= text.len && memcmp(text.p + at, prefix, len) == 0;
}

static const struct figure_run *run_at(struct span text, size_t at, const struct figure_run *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (starts_with(text, at, list[i].text))
			return &list[i];
	return NULL;
}

static size_t skip_gap(struct span text, size_t at, bool hyphens)
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

static size_t word_end(struct span text, size_t at)
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

static struct figure_meaning meaning_of(const struct scan *s, size_t start, size_t end)
{
	char folded[FIGURE_WORD_MAX_BYTES];
	if (end <= start || end - start > FIGURE_WORD_MAX_BYTES)
		return (struct figure_meaning){ 0 };
	return figure_lexicon_find(s->lexicon, figure_fold((struct span){ s->text.p + start, end - start },
	                                                   folded));
}

static bool is_word_at(const struct scan *s, size_t at, const char *word)
{
	size_t len = strlen(word), end = word_end(s->text, at);
	return end - at == len && strncasecmp(s->text.p + at, word, len) == 0;
}

/* A sign (% € °C) at `at`; its end, 0: there is none. */
static size_t sign_at(const struct scan *s, size_t at, enum figure_unit *unit)
{
	uint32_t code;
	if (at >= s->text.len)
		return 0;
	size_t len = utf8_decode(s->text.p + at, s->text.len - at, &code);
	if (code == 0xB0) {
		char c = at + len < s->text.len ? (char)(s->text.p[at + len] | 0x20) : '\0';
		*unit = c == 'c' ? UNIT_CELSIUS : c == 'f' ? UNIT_FAHRENHEIT : UNIT_COUNTER;
		return at + len;
	}
	if (code >= 'A' && code < 0x80 && code != '_')
		return 0;
	struct figure_meaning m = figure_lexicon_find(s->lexicon, (struct span){ s->text.p + at, len });
	*unit = m.unit;
	return m.unit != UNIT_NONE ? at + len : 0;
}

/* The unit behind a number that ends at `at`. */
static enum figure_unit unit_at(const struct scan *s, size_t at)
{
	enum figure_unit unit = UNIT_NONE;
	at = skip_gap(s->text, at, true);
	const struct figure_run *run = run_at(s->text, at, unspaced_units, n_unspaced_units);
	if (run)
		return (enum figure_unit)run->value;
	if (sign_at(s, at, &unit))
		return unit;
	for (int i = 0; i < 2; i++) {
		size_t end = word_end(s->text, at), next = skip_gap(s->text, end, true);
		unit = meaning_of(s, at, end).unit;
		if (unit != UNIT_NONE)
			return unit;
		if ((is_word_at(s, at, "per") || is_word_at(s, at, "pour")) && is_word_at(s, next, "cent"))
			return UNIT_PERCENT;
		if (end - at < LONG_WORD_BYTES || next == end)
			break;
		at = next;
	}
	return UNIT_NONE;
}

/* "million", 万: the zeros it adds to a number that ends at *at, which is moved behind it. */
static unsigned scale_at(const struct scan *s, size_t *at)
{
	static const struct figure_run scales[] = {
		{ "百万", 6 }, { "百萬", 6 }, { "千万", 7 }, { "万", 4 }, { "萬", 4 }, { "亿", 8 }, { "億", 8 },
		{ "兆", 12 }, { "ล้าน", 6 }, { "แสน", 5 }, { "หมื่น", 4 }, { "พัน", 3 },
	};
	size_t start = skip_gap(s->text, *at, true), end = word_end(s->text, start);
	const struct figure_run *run = run_at(s->text, start, scales, sizeof scales / sizeof *scales);
	struct figure_meaning m = { 0 };
	if (!run)
		m = meaning_of(s, start, end);
	if (run)
		*at = start + strlen(run->text);
	else if (m.word && m.word->kind == WORD_SCALE)
		*at = end;
	return run ? run->value : m.word && m.word->kind == WORD_SCALE ? m.word->value : 0;
}

/* ---- digits ---- */

static void scale_values(struct figure *f, unsigned zeros)
{
	f->bare = f->values;
	for (size_t i = 0; i < f->values.n; i++)
		figure_value_scale(f->values.text[i], zeros);
}

/* "2 pm", 下午2点: the hour of 24 as well. */
static void add_afternoon(const struct scan *s, size_t start, size_t end, struct figure *f)
{
	size_t next = skip_gap(s->text, end, false);
	bool pm = is_word_at(s, next, "pm") || starts_with(s->text, next, "p.m") ||
	          starts_with(s->text, next, "P.M");
	int hour = atoi(f->values.text[0]);
	const char *rest = strchr(f->values.text[0], ':');
	char text[2 * FIGURE_VALUE_MAX];
	if ((!pm && (start == 0 || start != s->afternoon_at)) || hour < 1 || hour > 11)
		return;
	snprintf(text, sizeof text, "%d%s", hour + 12, rest ? rest : "");
	figure_values_add(&f->values, text);
}

static void set_glue(const struct scan *s, struct figure *f, size_t start)
{
	if (s->word_start >= start || start - s->word_start > FIGURE_GLUE_MAX)
		return;
	for (size_t i = s->word_start; i < start; i++) {
		char c = s->text.p[i];
		f->glue[i - s->word_start] = c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
	}
}

/* 07 of 2024-07-15 and 7/15, which an other text may call July. */
static bool is_in_date(const struct scan *s, size_t start, size_t end)
{
	static const char marks[] = "-/.";
	size_t len;
	bool before = start > 1 && strchr(marks, s->text.p[start - 1]) &&
	              figure_digit_at(s->text, start - 2, &len) >= 0;
	return before || (end < s->text.len && s->text.p[end] && strchr(marks, s->text.p[end]) &&
	                  figure_digit_at(s->text, end + 1, &len) >= 0);
}

static void add_parts(struct scan *s, const struct figure_digits *digits)
{
	for (size_t i = 0; i < digits->n_parts; i++) {
		struct figure *part = add(s);
		part->values = digits->parts[i];
		part->states = digits->is_date;
		part->numeric_month = true;
	}
}

static void read_digits(struct scan *s)
{
	struct figure_digits digits;
	size_t start = s->at, end = figure_digits_read(s->text, start, &digits);
	s->digits_end = s->at = end;
	if (!digits.is_date) {
		struct figure *f = add(s);
		f->values = digits.whole;
		f->states = true;
		f->n_parts = digits.n_parts;
		f->numeric_month = is_in_date(s, start, end);
		set_glue(s, f, start);
		unsigned zeros = scale_at(s, &end);
		if (zeros)
			scale_values(f, zeros);
		s->at = end;
		add_afternoon(s, start, end, f);
		f->unit = s->unit_before != UNIT_NONE && s->unit_at == start ? s->unit_before : unit_at(s, end);
	}
	add_parts(s, &digits);
}

/* ---- words ---- */

static void end_spoken(struct scan *s)
{
	struct spoken *n = &s->spoken;
	if (!n->on)
		return;
	n->on = false;
	enum figure_unit unit = unit_at(s, n->end);
	if (n->use == USE_EVIDENCE_UNIT && unit == UNIT_NONE)
		return;
	bool states = n->use == USE_ALWAYS || (n->use == USE_WITH_UNIT && unit != UNIT_NONE);
	add_value(s, n->total + n->below, unit, states);
}

/* Whether v goes on with the number: twenty-five, hundred five, soixante-dix, quatre-vingts. */
static bool goes_on(const struct spoken *n, uint64_t v)
{
	uint64_t tens = n->below % 100;
	if (!n->on || n->use >= USE_EVIDENCE)
		return false;
	if (v == 100)
		return n->below > 0 && n->below < 100;
	if (v == 20 && tens == 4)
		return true;
	if (tens == 0)
		return n->below == 0 ? n->total > 0 : true;
	bool french = (tens == 60 || tens == 80) && v >= 10 && v < 20;
	bool frenchest = (tens == 70 || tens == 90) && v >= 7 && v < 10; /* soixante-dix-sept */
	return french || frenchest || (tens >= 20 && tens % 10 == 0 && v < 10);
}

static void speak(struct scan *s, uint64_t v, enum figure_word_use use, size_t end)
{
	struct spoken *n = &s->spoken;
	if (goes_on(n, v)) {
		n->below = v == 100 ? n->below * 100 : v == 20 && n->below % 100 == 4 ? n->below + 76 : n->below + v;
		n->use = USE_ALWAYS;
	} else {
		end_spoken(s);
		*n = (struct spoken){ .on = true, .below = v, .use = use };
	}
	n->end = end;
}

static void speak_scale(struct scan *s, const struct figure_word *word, size_t end)
{
	struct spoken *n = &s->spoken;
	uint64_t factor = 1;
	for (unsigned i = 0; i < word->value; i++)
		factor *= 10;
	if (n->on && n->total == 0 && n->below < 1000) {
		n->total = (n->below ? n->below : 1) * factor;
		n->below = 0;
		n->use = USE_ALWAYS;
		n->end = end;
	} else {
		end_spoken(s);
	}
}

static bool beside_digits(const struct scan *s, size_t start, size_t end)
{
	size_t before = s->digits_end, len;
	while (before && before < start && strchr(" .,-/", s->text.p[before]))
		before++;
	while (end < s->text.len && strchr(" .,-/", s->text.p[end]))
		end++;
	return (s->digits_end && before == start) || figure_digit_at(s->text, end, &len) >= 0;
}

static void take_name(struct scan *s, const struct figure_word *word, size_t start, size_t end)
{
	end_spoken(s);
	bool beside = word->use != USE_BESIDE_NUMBER || beside_digits(s, start, end);
	bool capital = s->text.p[start] >= 'A' && s->text.p[start] <= 'Z';
	if (beside || capital)
		add_value(s, word->value, word->kind == WORD_MONTH ? UNIT_MONTH_NAME : UNIT_WEEKDAY,
		          beside && word->use != USE_EVIDENCE);
}

/* What only joins numbers: "hundred and five", "vingt et un". */
static bool is_joint(const struct scan *s, size_t start)
{
	return is_word_at(s, start, "and") || is_word_at(s, start, "et") || is_word_at(s, start, "und");
}

static void take_compound(struct scan *s, size_t start, size_t end)
{
	char folded[FIGURE_WORD_MAX_BYTES];
	uint64_t value;
	enum figure_unit unit;
	end_spoken(s);
	if (end - start > FIGURE_WORD_MAX_BYTES)
		return;
	struct span word = figure_fold((struct span){ s->text.p + start, end - start }, folded);
	if (!figure_lexicon_compound(s->lexicon, word, &value, &unit))
		return;
	add_value(s, value, unit != UNIT_NONE ? unit : unit_at(s, end), true);
}

static void take_word(struct scan *s)
{
	size_t start = s->at, end = word_end(s->text, start);
	struct figure_meaning m = meaning_of(s, start, end);
	size_t next = skip_gap(s->text, end, false), len;
	s->word_start = start;
	s->at = end;
	if (m.unit >= UNIT_EURO && m.unit <= UNIT_BAHT && figure_digit_at(s->text, next, &len) >= 0) {
		s->unit_before = m.unit;
		s->unit_at = next;
	}
	if (!m.word) {
		if (!(s->spoken.on && is_joint(s, start)))
			take_compound(s, start, end);
	} else if (m.word->kind == WORD_NUMBER) {
		bool percent = m.word->value == 100 && s->spoken.on == false && s->word_start != SIZE_MAX &&
		               start >= 4 && (starts_with(s->text, start - 4, "per ") ||
		                              (start >= 5 && starts_with(s->text, start - 5, "pour ")));
		if (!percent)
			speak(s, m.word->value, m.word->use, end);
	} else if (m.word->kind == WORD_SCALE) {
		speak_scale(s, m.word, end);
	} else {
		take_name(s, m.word, start, end);
	}
}

/* ---- scripts without spaces ---- */

/* The value of a numeral; -1: there is none. */
static int64_t cjk_numeral(struct span text, size_t at)
{
	static const struct figure_run numerals[] = {
		{ "一", 1 }, { "二", 2 }, { "三", 3 }, { "四", 4 }, { "五", 5 }, { "六", 6 }, { "七", 7 },
		{ "八", 8 }, { "九", 9 }, { "十", 10 }, { "百", 100 }, { "千", 1000 }, { "万", 10000 },
		{ "萬", 10000 }, { "亿", 100000000 }, { "億", 100000000 }, { "两", 2 }, { "兩", 2 }, { "〇", 0 },
		{ "零", 0 }, { "壱", 1 }, { "弐", 2 }, { "参", 3 },
	};
	const struct figure_run *run = run_at(text, at, numerals, sizeof numerals / sizeof *numerals);
	return run ? (int64_t)run->value : -1;
}

/* 二百五十 by its places, 二〇二四 digit by digit. */
static uint64_t run_value(const uint64_t *v, size_t n)
{
	uint64_t total = 0, section = 0, digit = 0, plain = 0;
	bool places = false;
	for (size_t i = 0; i < n; i++) {
		if (v[i] < 10) {
			digit = v[i];
			plain = plain * 10 + digit;
		} else if (v[i] < 10000) {
			section += (digit ? digit : 1) * v[i];
			digit = 0;
			places = true;
		} else {
			section = section + digit ? section + digit : 1;
			total += section * v[i];
			section = digit = 0;
			places = true;
		}
	}
	return places ? total + section + digit : plain;
}

/* A number in numerals of the script; false: there is none here. */
static bool take_numerals(struct scan *s, bool thai)
{
	uint64_t v[RUN_MAX];
	size_t n = 0, end = s->at, start = s->at;
	while (n < RUN_MAX) {
		const struct figure_run *run = thai ? run_at(s->text, end, thai_numbers, n_thai_numbers) : NULL;
		int64_t value = thai ? (run ? (int64_t)run->value : -1) : cjk_numeral(s->text, end);
		if (value < 0)
			break;
		v[n++] = (uint64_t)value;
		end += thai ? strlen(run->text) : 3;
	}
	if (n == 0)
		return false;
	uint64_t value = run_value(v, n);
	enum figure_unit unit = s->unit_before != UNIT_NONE && s->unit_at == start ? s->unit_before
	                                                                           : unit_at(s, end);
	bool ordinal = start >= 3 && starts_with(s->text, start - 3, "第") && value > 1;
	bool article = value == 1 && unit == UNIT_COUNTER;
	add_value(s, value, unit, ordinal || (unit != UNIT_NONE && !article));
	if (start == s->afternoon_at && start) {
		struct figure *f = &s->out->items[s->out->n - 1];
		add_afternoon(s, start, end, f);
	}
	s->at = end;
	return true;
}

/* Words before a number that say what it is. */
static bool take_prefix(struct scan *s)
{
	static const struct figure_run prefixes[] = { { "百分之", UNIT_PERCENT }, { "ร้อยละ", UNIT_PERCENT } };
	static const struct figure_run afternoons[] = { { "下午", 0 }, { "午後", 0 }, { "晚上", 0 }, { "傍晚", 0 } };
	const struct figure_run *run = run_at(s->text, s->at, prefixes, 2);
	if (run) {
		s->at = skip_gap(s->text, s->at + strlen(run->text), false);
		s->unit_before = (enum figure_unit)run->value;
		s->unit_at = s->at;
		return true;
	}
	run = run_at(s->text, s->at, afternoons, 4);
	if (run)
		s->at = s->afternoon_at = s->at + strlen(run->text);
	return run != NULL;
}

static bool take_run_name(struct scan *s, const struct figure_run *list, size_t n, enum figure_unit unit)
{
	const struct figure_run *run = run_at(s->text, s->at, list, n);
	if (!run)
		return false;
	add_value(s, run->value, unit, true);
	s->at += strlen(run->text);
	return true;
}

static void take_unspaced(struct scan *s, size_t len, bool thai)
{
	end_spoken(s);
	if (take_prefix(s))
		return;
	if (thai && (take_run_name(s, thai_weekdays, n_thai_weekdays, UNIT_WEEKDAY) ||
	             take_run_name(s, thai_months, n_thai_months, UNIT_MONTH_NAME)))
		return;
	if (!thai && take_run_name(s, cjk_weekdays, n_cjk_weekdays, UNIT_WEEKDAY))
		return;
	if (!take_numerals(s, thai))
		s->at += len;
}

/* ---- all ---- */

static void take_other(struct scan *s, size_t len)
{
	static const char *const fractions[] = { "¼", ".25", "½", ".5", "¾", ".75" };
	enum figure_unit unit = UNIT_NONE;
	bool gap = len == 1 && (s->text.p[s->at] == ' ' || s->text.p[s->at] == '-' || s->text.p[s->at] == '\n');
	if (!gap)
		end_spoken(s);
	if (sign_at(s, s->at, &unit) && unit >= UNIT_EURO && unit <= UNIT_BAHT) {
		s->unit_before = unit;
		s->unit_at = skip_gap(s->text, s->at + len, false);
	}
	for (size_t i = 0; i < 6; i += 2) {
		if (!starts_with(s->text, s->at, fractions[i]) || s->digits_end != s->at || s->out->n == 0)
			continue;
		struct figure *f = &s->out->items[s->out->n - 1];
		if (f->values.n && strlen(f->values.text[0]) < 20 && !strpbrk(f->values.text[0], ".:")) {
			strcat(f->values.text[0], fractions[i + 1]);
			f->unit = unit_at(s, s->at + len);
		}
	}
	s->at += len;
}

void figures_read(const struct figure_lexicon *lexicon, struct span text, struct figures *out)
{
	struct scan s = { .lexicon = lexicon, .text = text, .out = out, .word_start = SIZE_MAX };
	size_t len;
	while (s.at < text.len) {
		if (figure_digit_at(text, s.at, &len) >= 0) {
			end_spoken(&s);
			read_digits(&s);
			s.word_start = SIZE_MAX;
			continue;
		}
		enum char_class k = char_class_at(text, s.at, &len);
		if (k == CHAR_LOWER || k == CHAR_UPPER || k == CHAR_LETTER) {
			take_word(&s);
			continue;
		}
		s.word_start = SIZE_MAX;
		if (k == CHAR_CJK || k == CHAR_DICTIONARY)
			take_unspaced(&s, len, k == CHAR_DICTIONARY);
		else
			take_other(&s, len);
	}
	end_spoken(&s);
}

/* ---- comparing ---- */

static bool is_begun_by(const char *version, const char *prefix)
{
	size_t len = strlen(prefix);
	return strchr(prefix, '.') && strncmp(version, prefix, len) == 0 && version[len] == '.';
}

static bool same_value(const struct figure *a, const struct figure *b)
{
	if (figure_values_meet(&a->values, &b->values) ||
	    (b->bare.n == 0 && figure_values_meet(&a->bare, &b->values)))
		return true;
	for (size_t i = 0; i < a->values.n; i++)
		for (size_t j = 0; j < b->values.n; j++)
			if (is_begun_by(b->values.text[j], a->values.text[i]))
				return true;
	return false;
}

static bool is_open(enum figure_unit unit)
{
	return unit == UNIT_NONE || unit == UNIT_COUNTER;
}

bool figure_is_borne_out(const struct figure *stated, const struct figure *evidence)
{
	if (!same_value(stated, evidence))
		return false;
	if (stated->unit == UNIT_WEEKDAY || evidence->unit == UNIT_WEEKDAY)
		return stated->unit == evidence->unit;
	if (stated->unit == UNIT_MONTH_NAME || evidence->unit == UNIT_MONTH_NAME)
		return stated->unit == evidence->unit || stated->numeric_month || evidence->numeric_month;
	return is_open(stated->unit) || is_open(evidence->unit) || stated->unit == evidence->unit;
}
