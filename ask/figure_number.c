/* Numbers in digits, with what stands beside them: half of ask/figures.c's work. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ask/figure_rates.h"
#include "ask/figure_scan.h"
#include "base/utf8.h"
#include "words/classes.h"

struct span figure_scan_noun(const struct figure_scan *s, size_t at)
{
	struct span text = s->t.text;
	size_t start = figure_skip_gap(text, at, true), end = figure_word_end(text, start);
	const struct figure_run *run = figure_run_at(text, start, unspaced_units, n_unspaced_units);
	return (struct span){ text.p + start, run ? strlen(run->text) : end - start };
}

/* The word before a number that begins at start, with but a space between. */
static struct span lead_of(const struct figure_scan *s, size_t start)
{
	struct span text = s->t.text;
	size_t at = start, from, len;
	if (at == 0 || text.p[at - 1] != ' ')
		return (struct span){ text.p, 0 };
	for (from = --at; from > 0;) {
		size_t before = utf8_floor(text.p, text.len, from - 1);
		enum char_class k = char_class_at(text, before, &len);
		if (k != CHAR_LOWER && k != CHAR_UPPER)
			break;
		from = before;
	}
	return (struct span){ text.p + from, at - from };
}

static void scale_values(struct figure *f, unsigned zeros)
{
	f->bare = f->values;
	for (size_t i = 0; i < f->values.n; i++)
		figure_value_scale(f->values.text[i], zeros);
}

void figure_scan_half_day(const struct figure_scan *s, size_t start, size_t end, struct figure *f)
{
	struct span text = s->t.text;
	size_t next = figure_skip_gap(text, end, false);
	bool am = figure_is_word_at(text, next, "am") || figure_starts_with(text, next, "a.m");
	bool pm = figure_is_word_at(text, next, "pm") || figure_starts_with(text, next, "p.m") ||
	          figure_starts_with(text, next, "P.M");
	int hour = atoi(f->values.text[0]);
	const char *rest = strchr(f->values.text[0], ':');
	char of_24[2 * FIGURE_VALUE_MAX];
	f->half_day = am ? 'a' : pm ? 'p' : start && start == s->half_day_at ? s->half_day : '\0';
	if (f->half_day != 'p' || hour < 1 || hour > 11)
		return;
	snprintf(of_24, sizeof of_24, "%d%s", hour + 12, rest ? rest : "");
	figure_values_add(&f->values, of_24);
}

static void set_glue(const struct figure_scan *s, struct figure *f, size_t start)
{
	if (s->word_start >= start || start - s->word_start > FIGURE_GLUE_MAX)
		return;
	for (size_t i = s->word_start; i < start; i++) {
		char c = s->t.text.p[i];
		f->glue[i - s->word_start] = c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
	}
}

/* 07 of 2024-07-15 and 7/15, which an other text may call July. */
static bool is_in_date(const struct figure_scan *s, size_t start, size_t end)
{
	static const char marks[] = "-/.";
	size_t len;
	bool before = start > 1 && strchr(marks, s->t.text.p[start - 1]) &&
	              figure_digit_at(s->t.text, start - 2, &len) >= 0;
	return before || (end < s->t.text.len && s->t.text.p[end] && strchr(marks, s->t.text.p[end]) &&
	                  figure_digit_at(s->t.text, end + 1, &len) >= 0);
}

/* Of "3 tablets" and of "3rd floor". */
static void set_noun(const struct figure_scan *s, struct figure *f, size_t end)
{
	static const char *const endings[] = { "st", "nd", "rd", "th" };
	for (size_t i = 0; i < sizeof endings / sizeof *endings; i++)
		if (figure_is_word_at(s->t.text, end, endings[i])) {
			f->is_ordinal = true;
			end += strlen(endings[i]);
			break;
		}
	f->noun = figure_scan_noun(s, end);
}

static bool is_month(const struct figure_scan *s, size_t start, size_t end)
{
	const struct figure_word *word = figure_meaning_of(&s->t, start, end).word;
	return word && word->kind == WORD_MONTH;
}

/* 4 of "4 May", "4. Mai", "4th of May", "4 de mayo", "May 4". */
static bool is_beside_month(const struct figure_scan *s, size_t start, size_t end)
{
	struct span text = s->t.text;
	size_t len, at = end;
	if (end - start > 2)
		return false;
	if (at < text.len && text.p[at] == '.')
		at++;
	for (int i = 0; i < 3; i++) {
		size_t from = figure_skip_gap(text, at, false), to = figure_word_end(text, from);
		if (is_month(s, from, to))
			return true;
		if (to - from > 2)
			break;
		at = to;
	}
	for (at = start; at > 0 && (text.p[at - 1] == ' ' || text.p[at - 1] == '.');)
		at--;
	size_t from = at;
	for (size_t before; from > 0; from = before) {
		before = utf8_floor(text.p, text.len, from - 1);
		enum char_class k = char_class_at(text, before, &len);
		if (k != CHAR_LOWER && k != CHAR_UPPER)
			break;
	}
	return is_month(s, from, at);
}

static void add_parts(struct figure_scan *s, const struct figure_digits *digits)
{
	for (size_t i = 0; i < digits->n_parts; i++) {
		struct figure *part = figure_scan_add(s);
		part->values = digits->parts[i];
		part->states = digits->is_date;
		part->numeric_month = true;
	}
}

void figure_scan_share_unit(struct figure_scan *s, size_t start, struct figure *f)
{
	static const char *const joints[] = { "and", "to", "or", "und", "bis", "oder",
		                              "et", "à", "ou", "y", "a", "o" };
	struct span text = s->t.text;
	size_t at = figure_skip_gap(text, s->number_end, true);
	bool unit = f->unit > UNIT_COUNTER && f->unit != UNIT_DATE;
	if (!unit || !s->number_end || s->number_end > start || f == s->out->items || f[-1].unit != UNIT_NONE)
		return;
	size_t end = figure_word_end(text, at), skip = 0;
	for (size_t i = 0; i < sizeof joints / sizeof *joints && !skip; i++)
		skip = figure_is_word_at(text, at, joints[i]) ? end - at : 0;
	if (!skip && figure_starts_with(text, at, "–"))
		skip = strlen("–");
	bool hyphen = at == start && at > s->number_end && text.p[at - 1] == '-';
	if (hyphen || (skip && figure_skip_gap(text, at + skip, false) == start))
		f[-1].unit = f->unit;
}

void figure_scan_digits(struct figure_scan *s)
{
	struct figure_digits digits;
	size_t start = s->at, end = figure_digits_read(s->t.text, start, &digits);
	s->digits_end = s->at = end;
	if (!digits.is_date) {
		struct figure *f = figure_scan_add(s);
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
		figure_scan_half_day(s, start, end, f);
		f->unit = priced ? s->unit_before : figure_unit_at(&s->t, end);
		f->per = figure_rate_at(&s->t, end);
		set_noun(s, f, end);
		f->lead = lead_of(s, start);
		if (f->unit == UNIT_NONE && is_beside_month(s, start, end))
			f->unit = UNIT_DATE;
	}
	if (!digits.is_date)
		figure_scan_share_unit(s, start, &s->out->items[s->out->n - 1]);
	s->number_end = digits.n_parts ? 0 : end;
	add_parts(s, &digits);
}
