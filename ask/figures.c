#include "ask/figures.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ask/figure_fractions.h"
#include "ask/figure_lexicon.h"
#include "ask/figure_numerals.h"
#include "ask/figure_rates.h"
#include "ask/figure_scan.h"
#include "ask/figure_units.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "words/classes.h"

void figures_free(struct figures *f)
{
	free(f->items);
	*f = (struct figures){ 0 };
}

struct figure *figure_scan_add(struct figure_scan *s)
{
	s->out->items = mem_grow(s->out->items, &s->out->cap, s->out->n + 1, sizeof *s->out->items);
	struct figure *f = &s->out->items[s->out->n++];
	*f = (struct figure){ .unit = UNIT_NONE };
	return f;
}

static void add_value(struct figure_scan *s, uint64_t value, enum figure_unit unit, bool states)
{
	char text[24];
	struct figure *f = figure_scan_add(s);
	snprintf(text, sizeof text, "%" PRIu64, value);
	figure_values_add(&f->values, text);
	f->unit = unit;
	f->states = states;
}

/* ---- words ---- */

void figure_scan_end_spoken(struct figure_scan *s)
{
	struct figure_spoken *n = &s->spoken;
	if (!n->on)
		return;
	n->on = false;
	enum figure_unit unit = figure_unit_at(&s->t, n->end);
	bool article = n->use == USE_EVIDENCE_UNIT || (n->use == USE_WITH_UNIT && n->total + n->below == 1);
	if (article && figure_fraction_is_word(s, figure_skip_gap(s->t.text, n->end, true)))
		return; /* "ein halbes Jahr" is not one year */
	if (n->use >= USE_EVIDENCE_UNIT && unit == UNIT_NONE)
		return;
	bool evidence = n->use == USE_EVIDENCE || n->use == USE_EVIDENCE_UNIT;
	bool states = n->use == USE_ALWAYS || (!evidence && unit != UNIT_NONE);
	add_value(s, n->total + n->below, unit, states);
	struct figure *f = &s->out->items[s->out->n - 1];
	f->per = figure_rate_at(&s->t, n->end);
	f->is_ordinal = n->use == USE_EVIDENCE;
	f->noun = figure_scan_noun(s, n->end);
	figure_scan_share_unit(s, n->start, f);
	s->number_end = n->end;
}

/* Whether v goes on with the number: twenty-five, hundred five, soixante-dix, quatre-vingts. */
static bool goes_on(const struct figure_spoken *n, uint64_t v)
{
	uint64_t tens = n->below % 100;
	if (!n->on || n->use == USE_EVIDENCE || n->use == USE_EVIDENCE_UNIT)
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

static void speak(struct figure_scan *s, uint64_t v, enum figure_word_use use, size_t end)
{
	struct figure_spoken *n = &s->spoken;
	if (goes_on(n, v)) {
		n->below = v == 100 ? n->below * 100 : v == 20 && n->below % 100 == 4 ? n->below + 76 : n->below + v;
		n->use = USE_ALWAYS;
	} else {
		figure_scan_end_spoken(s);
		*n = (struct figure_spoken){ .on = true, .below = v, .use = use, .start = s->word_start };
	}
	n->end = end;
}

static void speak_scale(struct figure_scan *s, const struct figure_word *word, size_t end)
{
	struct figure_spoken *n = &s->spoken;
	uint64_t factor = 1;
	for (unsigned i = 0; i < word->value; i++)
		factor *= 10;
	if (n->on && n->total == 0 && n->below < 1000) {
		n->total = (n->below ? n->below : 1) * factor;
		n->below = 0;
		n->use = USE_ALWAYS;
		n->end = end;
	} else {
		figure_scan_end_spoken(s);
	}
}

static bool beside_digits(const struct figure_scan *s, size_t start, size_t end)
{
	size_t before = s->digits_end, len;
	while (before && before < start && strchr(" .,-/", s->t.text.p[before]))
		before++;
	while (end < s->t.text.len && strchr(" .,-/", s->t.text.p[end]))
		end++;
	return (s->digits_end && before == start) || figure_digit_at(s->t.text, end, &len) >= 0;
}

static void take_name(struct figure_scan *s, const struct figure_word *word, size_t start, size_t end)
{
	figure_scan_end_spoken(s);
	bool beside = word->use != USE_BESIDE_NUMBER || beside_digits(s, start, end);
	bool capital = s->t.text.p[start] >= 'A' && s->t.text.p[start] <= 'Z';
	if (beside || capital)
		add_value(s, word->value, word->kind == WORD_MONTH ? UNIT_MONTH_NAME : UNIT_WEEKDAY,
		          beside && word->use != USE_EVIDENCE);
}

/* What only joins numbers: "hundred and five", "vingt et un", "treinta y cinco". */
static bool is_joint(const struct figure_scan *s, size_t start)
{
	return figure_is_word_at(s->t.text, start, "and") || figure_is_word_at(s->t.text, start, "et") ||
	       figure_is_word_at(s->t.text, start, "und") || figure_is_word_at(s->t.text, start, "y") ||
	       figure_is_word_at(s->t.text, start, "e");
}

static void take_compound(struct figure_scan *s, size_t start, size_t end)
{
	char folded[FIGURE_WORD_MAX_BYTES];
	uint64_t value;
	enum figure_unit unit;
	figure_scan_end_spoken(s);
	if (end - start > FIGURE_WORD_MAX_BYTES)
		return;
	struct span word = figure_fold((struct span){ s->t.text.p + start, end - start }, folded);
	if (!figure_lexicon_compound(s->t.lexicon, word, &value, &unit))
		return;
	add_value(s, value, unit != UNIT_NONE ? unit : figure_unit_at(&s->t, end), true);
}

static void take_word(struct figure_scan *s)
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
	if (figure_fraction_is_word(s, start)) {
		figure_scan_end_spoken(s);
		if (figure_fraction_take(s, start, end))
			return;
	}
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
static bool take_numerals(struct figure_scan *s, bool thai)
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
	s->out->items[s->out->n - 1].noun = figure_scan_noun(s, end);
	if (start == s->half_day_at && start) {
		struct figure *f = &s->out->items[s->out->n - 1];
		figure_scan_half_day(s, start, end, f);
	}
	s->at = end;
	return true;
}

/* 半年: it supports six months. */
static void take_unspaced_half(struct figure_scan *s)
{
	enum figure_unit unit = figure_unit_at(&s->t, s->at + strlen("半"));
	if (unit <= UNIT_COUNTER)
		return;
	struct figure *f = figure_scan_add(s);
	figure_values_add(&f->values, "0.5");
	f->unit = unit;
}

/* Words before a number that say what it is. */
static bool take_prefix(struct figure_scan *s)
{
	static const struct figure_run prefixes[] = { { "百分之", UNIT_PERCENT }, { "ร้อยละ", UNIT_PERCENT } };
	static const struct figure_run halves[] = { { "下午", 'p' }, { "午後", 'p' }, { "晚上", 'p' }, { "傍晚", 'p' },
		                                    { "上午", 'a' }, { "午前", 'a' }, { "早上", 'a' }, { "凌晨", 'a' } };
	const struct figure_run *run = figure_run_at(s->t.text, s->at, prefixes, 2);
	if (run) {
		s->at = figure_skip_gap(s->t.text, s->at + strlen(run->text), false);
		s->unit_before = (enum figure_unit)run->value;
		s->unit_at = s->at;
		return true;
	}
	if (figure_starts_with(s->t.text, s->at, "半"))
		take_unspaced_half(s);
	run = figure_run_at(s->t.text, s->at, halves, sizeof halves / sizeof *halves);
	if (!run)
		return false;
	s->at = s->half_day_at = s->at + strlen(run->text);
	s->half_day = (char)run->value;
	return true;
}

static bool take_run_name(struct figure_scan *s, const struct figure_run *list, size_t n,
                          enum figure_unit unit)
{
	const struct figure_run *run = figure_run_at(s->t.text, s->at, list, n);
	if (!run)
		return false;
	add_value(s, run->value, unit, true);
	s->at += strlen(run->text);
	return true;
}

static void take_unspaced(struct figure_scan *s, size_t len, bool thai)
{
	figure_scan_end_spoken(s);
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

static void take_other(struct figure_scan *s, size_t len)
{
	enum figure_unit unit = UNIT_NONE;
	char c = len == 1 ? s->t.text.p[s->at] : '\0';
	bool gap = c && (c == ' ' || c == '-' || c == '\n');
	if (!gap)
		figure_scan_end_spoken(s);
	if (figure_sign_at(&s->t, s->at, &unit) && unit >= UNIT_EURO && unit <= UNIT_BAHT) {
		s->unit_before = unit;
		s->unit_at = figure_skip_gap(s->t.text, s->at + len, false);
	}
	if (figure_fraction_take_sign(s, len))
		return;
	s->at += len;
}

void figures_read(const struct figure_lexicon *lexicon, struct span text, struct figures *out)
{
	struct figure_scan s = { .t = { lexicon, text }, .out = out, .word_start = SIZE_MAX };
	size_t len;
	while (s.at < text.len) {
		if (figure_digit_at(text, s.at, &len) >= 0) {
			figure_scan_end_spoken(&s);
			figure_scan_digits(&s);
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
	figure_scan_end_spoken(&s);
	figure_periods_read(&s.t, out);
}
