#include "ask/figures.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ask/figure_lexicon.h"
#include "ask/figure_numerals.h"
#include "ask/figure_units.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "words/classes.h"

/* A number in words, as far as it has been read: "two hundred and five". */
struct spoken {
	bool on;
	uint64_t total, below; /* thousands and more, and what is below them */
	enum figure_word_use use;
	size_t end;
};

struct scan {
	struct figure_text t;
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
	size_t next = figure_skip_gap(s->t.text, end, false);
	bool pm = figure_is_word_at(s->t.text, next, "pm") || figure_starts_with(s->t.text, next, "p.m") ||
	          figure_starts_with(s->t.text, next, "P.M");
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
		char c = s->t.text.p[i];
		f->glue[i - s->word_start] = c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
	}
}

/* 07 of 2024-07-15 and 7/15, which an other text may call July. */
static bool is_in_date(const struct scan *s, size_t start, size_t end)
{
	static const char marks[] = "-/.";
	size_t len;
	bool before = start > 1 && strchr(marks, s->t.text.p[start - 1]) &&
	              figure_digit_at(s->t.text, start - 2, &len) >= 0;
	return before || (end < s->t.text.len && s->t.text.p[end] && strchr(marks, s->t.text.p[end]) &&
	                  figure_digit_at(s->t.text, end + 1, &len) >= 0);
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
	size_t start = s->at, end = figure_digits_read(s->t.text, start, &digits);
	s->digits_end = s->at = end;
	if (!digits.is_date) {
		struct figure *f = add(s);
		f->values = digits.whole;
		f->states = true;
		f->n_parts = digits.n_parts;
		f->numeric_month = is_in_date(s, start, end);
		set_glue(s, f, start);
		bool priced = s->unit_before != UNIT_NONE && s->unit_at == start;
		unsigned zeros = priced && figure_is_word_at(s->t.text, end, "m") ? 6 : figure_scale_at(&s->t, &end);
		if (zeros)
			scale_values(f, zeros);
		s->at = end;
		add_afternoon(s, start, end, f);
		f->unit = priced ? s->unit_before : figure_unit_at(&s->t, end);
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
	enum figure_unit unit = figure_unit_at(&s->t, n->end);
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
	while (before && before < start && strchr(" .,-/", s->t.text.p[before]))
		before++;
	while (end < s->t.text.len && strchr(" .,-/", s->t.text.p[end]))
		end++;
	return (s->digits_end && before == start) || figure_digit_at(s->t.text, end, &len) >= 0;
}

static void take_name(struct scan *s, const struct figure_word *word, size_t start, size_t end)
{
	end_spoken(s);
	bool beside = word->use != USE_BESIDE_NUMBER || beside_digits(s, start, end);
	bool capital = s->t.text.p[start] >= 'A' && s->t.text.p[start] <= 'Z';
	if (beside || capital)
		add_value(s, word->value, word->kind == WORD_MONTH ? UNIT_MONTH_NAME : UNIT_WEEKDAY,
		          beside && word->use != USE_EVIDENCE);
}

/* What only joins numbers: "hundred and five", "vingt et un". */
static bool is_joint(const struct scan *s, size_t start)
{
	return figure_is_word_at(s->t.text, start, "and") || figure_is_word_at(s->t.text, start, "et") ||
	       figure_is_word_at(s->t.text, start, "und");
}

static void take_compound(struct scan *s, size_t start, size_t end)
{
	char folded[FIGURE_WORD_MAX_BYTES];
	uint64_t value;
	enum figure_unit unit;
	end_spoken(s);
	if (end - start > FIGURE_WORD_MAX_BYTES)
		return;
	struct span word = figure_fold((struct span){ s->t.text.p + start, end - start }, folded);
	if (!figure_lexicon_compound(s->t.lexicon, word, &value, &unit))
		return;
	add_value(s, value, unit != UNIT_NONE ? unit : figure_unit_at(&s->t, end), true);
}

/* "half an hour", "halbes Jahr", 半年: half of a unit supports 30 minutes, six months. */
static void take_half(struct scan *s, size_t end)
{
	size_t next = figure_skip_gap(s->t.text, end, true);
	if (figure_is_word_at(s->t.text, next, "an") || figure_is_word_at(s->t.text, next, "a"))
		next = figure_word_end(s->t.text, next);
	enum figure_unit unit = figure_unit_at(&s->t, next);
	if (unit <= UNIT_COUNTER)
		return;
	struct figure *f = add(s);
	figure_values_add(&f->values, "0.5");
	f->unit = unit;
}

static bool is_half(const struct scan *s, size_t start)
{
	static const char *const halves[] = { "half", "halbe", "halben", "halbes", "halber", "demi", "semi" };
	for (size_t i = 0; i < sizeof halves / sizeof *halves; i++)
		if (figure_is_word_at(s->t.text, start, halves[i]))
			return true;
	return false;
}

static void take_word(struct scan *s)
{
	size_t start = s->at, end = figure_word_end(s->t.text, start);
	struct figure_meaning m = figure_meaning_of(&s->t, start, end);
	size_t next = figure_skip_gap(s->t.text, end, false), len;
	s->word_start = start;
	s->at = end;
	if (m.unit >= UNIT_EURO && m.unit <= UNIT_BAHT && figure_digit_at(s->t.text, next, &len) >= 0) {
		s->unit_before = m.unit;
		s->unit_at = next;
	}
	if (is_half(s, start))
		take_half(s, end);
	if (!m.word) {
		if (!(s->spoken.on && is_joint(s, start)))
			take_compound(s, start, end);
	} else if (m.word->kind == WORD_NUMBER) {
		bool percent = m.word->value == 100 && s->spoken.on == false && s->word_start != SIZE_MAX &&
		               start >= 4 && (figure_starts_with(s->t.text, start - 4, "per ") ||
		                              (start >= 5 && figure_starts_with(s->t.text, start - 5, "pour ")));
		if (!percent)
			speak(s, m.word->value, m.word->use, end);
	} else if (m.word->kind == WORD_SCALE) {
		speak_scale(s, m.word, end);
	} else {
		take_name(s, m.word, start, end);
	}
}

/* ---- scripts without spaces ---- */

/* A number in numerals of the script; false: there is none here. */
static bool take_numerals(struct scan *s, bool thai)
{
	uint64_t value;
	size_t start = s->at, end = figure_numerals_read(s->t.text, start, thai, &value);
	if (end == start)
		return false;
	enum figure_unit unit = s->unit_before != UNIT_NONE && s->unit_at == start ? s->unit_before
	                                                                           : figure_unit_at(&s->t, end);
	bool ordinal = start >= 3 && figure_starts_with(s->t.text, start - 3, "第") && value > 1;
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
	const struct figure_run *run = figure_run_at(s->t.text, s->at, prefixes, 2);
	if (run) {
		s->at = figure_skip_gap(s->t.text, s->at + strlen(run->text), false);
		s->unit_before = (enum figure_unit)run->value;
		s->unit_at = s->at;
		return true;
	}
	if (figure_starts_with(s->t.text, s->at, "半"))
		take_half(s, s->at + strlen("半"));
	run = figure_run_at(s->t.text, s->at, afternoons, 4);
	if (run)
		s->at = s->afternoon_at = s->at + strlen(run->text);
	return run != NULL;
}

static bool take_run_name(struct scan *s, const struct figure_run *list, size_t n, enum figure_unit unit)
{
	const struct figure_run *run = figure_run_at(s->t.text, s->at, list, n);
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
	char c = len == 1 ? s->t.text.p[s->at] : '\0';
	bool gap = c && (c == ' ' || c == '-' || c == '\n');
	if (!gap)
		end_spoken(s);
	if (figure_sign_at(&s->t, s->at, &unit) && unit >= UNIT_EURO && unit <= UNIT_BAHT) {
		s->unit_before = unit;
		s->unit_at = figure_skip_gap(s->t.text, s->at + len, false);
	}
	for (size_t i = 0; i < 6; i += 2) {
		if (!figure_starts_with(s->t.text, s->at, fractions[i]) || s->digits_end != s->at || s->out->n == 0)
			continue;
		struct figure *f = &s->out->items[s->out->n - 1];
		if (f->values.n && strlen(f->values.text[0]) < 20 && !strpbrk(f->values.text[0], ".:")) {
			strcat(f->values.text[0], fractions[i + 1]);
			f->unit = figure_unit_at(&s->t, s->at + len);
		}
	}
	s->at += len;
}

void figures_read(const struct figure_lexicon *lexicon, struct span text, struct figures *out)
{
	struct scan s = { .t = { lexicon, text }, .out = out, .word_start = SIZE_MAX };
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
