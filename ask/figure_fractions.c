#define _GNU_SOURCE
#include "ask/figure_fractions.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/utf8.h"

enum {
	BETWEEN_MAX_BYTES = 24, /* from a number to the part that is added to it */
	LINKS_MAX = 2           /* words from a part to its unit: "of an" */
};

static bool is_word_of(struct span word, const char *list)
{
	for (; *list; list += strspn(list, " ")) {
		size_t len = strcspn(list, " ");
		if (len == word.len && strncasecmp(list, word.p, len) == 0)
			return true;
		list += len;
	}
	return false;
}

static bool is_listed(struct span text, size_t at, const char *list)
{
	return is_word_of((struct span){ text.p + at, figure_word_end(text, at) - at }, list);
}

static bool is_half(struct span text, size_t at)
{
	return is_listed(text, at, "half halb halbe halben halbes halber demi demie semi media "
	                           "medio mezza mezzo");
}

static bool is_quarter(struct span text, size_t at)
{
	return is_listed(text, at, "quarter quarters quart quarts viertel cuarto cuartos quarto quarti");
}

/* Words that are a part and its unit in one. */
static const struct part_word {
	const char *begin; /* what the word begins with */
	const char *value;
	enum figure_unit unit;
} part_words[] = {
	{ "dreiviertelstunde", "0.75", UNIT_HOUR }, { "viertelstunde", "0.25", UNIT_HOUR },
	{ "vierteljahr", "3", UNIT_MONTH }, { "vierteljähr", "3", UNIT_MONTH },
	{ "halbjahr", "6", UNIT_MONTH }, { "halbjähr", "6", UNIT_MONTH },
	{ "halbstündig", "0.5", UNIT_HOUR }, { "halbtägig", "0.5", UNIT_DAY },
	{ "quarterly", "3", UNIT_MONTH }, { "quartal", "3", UNIT_MONTH }, { "trimest", "3", UNIT_MONTH },
	{ "anderthalb", "1.5", UNIT_NONE }, { "fortnight", "2", UNIT_WEEK }, { "decade", "10", UNIT_YEAR },
	{ "jahrzehnt", "10", UNIT_YEAR }, { "century", "100", UNIT_YEAR }, { "jahrhundert", "100", UNIT_YEAR },
};

static const struct part_word *part_word_at(const struct figure_scan *s, size_t start, size_t end)
{
	char folded[FIGURE_WORD_MAX_BYTES];
	if (end - start > FIGURE_WORD_MAX_BYTES)
		return NULL;
	struct span word = figure_fold((struct span){ s->t.text.p + start, end - start }, folded);
	for (size_t i = 0; i < sizeof part_words / sizeof *part_words; i++)
		if (figure_starts_with(word, 0, part_words[i].begin))
			return &part_words[i];
	return NULL;
}

static const struct share {
	const char *words, *percent;
} shares[] = {
	{ "half hälfte moitié mitad metà", "50" }, { "quarter viertel quart cuarto quarto", "25" },
	{ "third drittel tiers tercio terzo", "33" }, { "fifth fünftel cinquième quinto", "20" },
	{ "tenth zehntel dixième décimo", "10" },
};

static const struct share *share_at(const struct figure_scan *s, size_t start, size_t end)
{
	char folded[FIGURE_WORD_MAX_BYTES];
	if (end - start > FIGURE_WORD_MAX_BYTES)
		return NULL;
	struct span word = figure_fold((struct span){ s->t.text.p + start, end - start }, folded);
	for (size_t i = 0; i < sizeof shares / sizeof *shares; i++)
		if (is_word_of(word, shares[i].words))
			return &shares[i];
	return NULL;
}

bool figure_fraction_is_word(const struct figure_scan *s, size_t start)
{
	size_t end = figure_word_end(s->t.text, start);
	return is_half(s->t.text, start) || is_quarter(s->t.text, start) || part_word_at(s, start, end) ||
	       share_at(s, start, end);
}

/* The unit that a part which ends at `at` is of: "(half) an hour", "(quart) d'heure". */
static enum figure_unit unit_of_part(const struct figure_scan *s, size_t at)
{
	struct span text = s->t.text;
	for (int i = 0; i <= LINKS_MAX; i++) {
		at = figure_skip_gap(text, at, true);
		size_t end = figure_word_end(text, at);
		if (!is_listed(text, at, "an a of d de di einer eines one")) {
			enum figure_unit unit = figure_meaning_of(&s->t, at, end).unit;
			return unit > UNIT_COUNTER ? unit : UNIT_NONE;
		}
		size_t curly = figure_starts_with(text, end, "’") ? strlen("’") : 0;
		at = figure_starts_with(text, end, "'") ? end + 1 : end + curly;
	}
	return UNIT_NONE;
}

/* Whether between the last number and start there is but "and a", or its unit and "et". */
static bool is_added(const struct figure_scan *s, size_t start)
{
	struct span text = s->t.text;
	size_t at = s->number_end, end;
	bool joined = false;
	if (!at || s->out->n == 0 || start - at > BETWEEN_MAX_BYTES)
		return false;
	for (at = figure_skip_gap(text, at, true); at < start; at = figure_skip_gap(text, end, true)) {
		end = figure_word_end(text, at);
		bool joint = is_listed(text, at, "and et und y e");
		bool article = joined && is_listed(text, at, "a an one un une ein eine");
		if (end == at || !(joint || article || figure_meaning_of(&s->t, at, end).unit > UNIT_COUNTER))
			return false;
		joined = joined || joint;
	}
	return joined && at == start;
}

/* "2" and a part, ".5", as one number; false: it is no whole number. */
static bool add_to(struct figure *f, const char *part)
{
	if (f->values.n == 0 || strlen(f->values.text[0]) + strlen(part) > 20 || strpbrk(f->values.text[0], ".:"))
		return false;
	f->values.n = 1;
	strcat(f->values.text[0], part);
	return true;
}

static void add_part(struct figure_scan *s, const char *value, enum figure_unit unit, bool states)
{
	struct figure *f = figure_scan_add(s);
	figure_values_add(&f->values, value);
	f->unit = unit;
	f->states = states;
}

/* "three quarters", "3/4": how many of them; 1 where none is said. */
static struct figure *multiple_before(struct figure_scan *s, size_t start)
{
	if (!s->number_end || s->out->n == 0 || figure_skip_gap(s->t.text, s->number_end, true) != start)
		return NULL;
	struct figure *f = &s->out->items[s->out->n - 1];
	const char *value = f->values.n ? f->values.text[0] : "";
	return strcmp(value, "1") == 0 || strcmp(value, "3") == 0 ? f : NULL;
}

static bool take_quarter(struct figure_scan *s, size_t start, enum figure_unit unit)
{
	struct figure *multiple = multiple_before(s, start);
	bool three = multiple && strcmp(multiple->values.text[0], "3") == 0;
	if (unit == UNIT_NONE)
		return false;
	if (!multiple)
		add_part(s, "0.25", unit, true);
	else {
		snprintf(multiple->values.text[0], sizeof multiple->values.text[0], three ? "0.75" : "0.25");
		multiple->values.n = 1;
		multiple->unit = unit;
		multiple->per = UNIT_NONE;
	}
	return true;
}

/* "halb acht", "half past seven", "Viertel nach sieben": the minutes, and whether they are those
 * before the hour that is said; SIZE_MAX: it is no such thing. *next is moved to the hour. */
static size_t minutes_of(const struct figure_scan *s, size_t start, size_t *next, bool *before)
{
	struct span text = s->t.text;
	bool half = is_half(text, start);
	if (figure_is_word_at(text, start, "halb")) {
		*before = true;
		return 30;
	}
	*before = is_listed(text, *next, "to vor");
	if (!*before && !is_listed(text, *next, "past nach after"))
		return SIZE_MAX;
	*next = figure_skip_gap(text, figure_word_end(text, *next), false);
	return half ? 30 : *before ? 45 : 15;
}

static bool take_clock(struct figure_scan *s, size_t start, size_t end)
{
	char text[16];
	bool before = false;
	size_t next = figure_skip_gap(s->t.text, end, false), minutes = minutes_of(s, start, &next, &before);
	size_t next_end = figure_word_end(s->t.text, next);
	const struct figure_word *word = figure_meaning_of(&s->t, next, next_end).word;
	if (minutes == SIZE_MAX || !word || word->kind != WORD_NUMBER || word->value < 1 || word->value > 12)
		return false;
	unsigned hour = (word->value - before) % 12; /* in the morning, or in the evening */
	snprintf(text, sizeof text, "%u:%zu", hour ? hour : 12, minutes);
	add_part(s, text, UNIT_NONE, true);
	snprintf(text, sizeof text, "%u:%zu", hour ? hour + 12 : 0, minutes);
	figure_values_add(&s->out->items[s->out->n - 1].values, text);
	s->at = next_end;
	return true;
}

/* "die Hälfte", "a quarter": as a percentage, which an answer may state. */
static void add_percentage(struct figure_scan *s, size_t start, size_t end)
{
	const struct share *share = share_at(s, start, end);
	if (share)
		add_part(s, share->percent, UNIT_PERCENT, false);
}

bool figure_fraction_take(struct figure_scan *s, size_t start, size_t end)
{
	const struct part_word *word = part_word_at(s, start, end);
	if (word) {
		add_part(s, word->value, word->unit == UNIT_NONE ? figure_unit_at(&s->t, end) : word->unit, false);
		return true;
	}
	bool half = is_half(s->t.text, start), quarter = is_quarter(s->t.text, start);
	enum figure_unit unit = half || quarter ? unit_of_part(s, end) : UNIT_NONE;
	struct figure *last = s->out->n ? &s->out->items[s->out->n - 1] : NULL;
	if ((half || quarter) && unit == UNIT_NONE && take_clock(s, start, end))
		return true;
	if ((half || quarter) && is_added(s, start) && last && add_to(last, half ? ".5" : ".25")) {
		last->unit = unit != UNIT_NONE ? unit : last->unit;
		return true;
	}
	if (quarter && take_quarter(s, start, unit))
		return true;
	if (half && unit != UNIT_NONE)
		add_part(s, "0.5", unit, true);
	else
		add_percentage(s, start, end);
	return half && unit != UNIT_NONE;
}

bool figure_fraction_take_sign(struct figure_scan *s, size_t len)
{
	static const struct {
		const char *sign, *part, *top, *bottom;
	} signs[] = { { "¼", "0.25", "1", "4" }, { "½", "0.5", "1", "2" }, { "¾", "0.75", "3", "4" },
		      { "⅓", "0.33", "1", "3" }, { "⅔", "0.67", "2", "3" }, { "⅛", "0.125", "1", "8" } };
	size_t i = 0, n = sizeof signs / sizeof *signs;
	while (i < n && !figure_starts_with(s->t.text, s->at, signs[i].sign))
		i++;
	if (i == n)
		return false;
	enum figure_unit unit = figure_unit_at(&s->t, s->at + len);
	struct figure *last = s->out->n ? &s->out->items[s->out->n - 1] : NULL;
	bool behind = s->digits_end && figure_skip_gap(s->t.text, s->digits_end, false) == s->at;
	if (behind && last && add_to(last, signs[i].part + 1)) {
		last->unit = unit;
	} else {
		add_part(s, signs[i].part, unit, true); /* an answer may write 1/2 */
		s->out->items[s->out->n - 1].n_parts = 2;
		add_part(s, signs[i].top, UNIT_NONE, false);
		add_part(s, signs[i].bottom, UNIT_NONE, false);
	}
	s->at += len;
	return true;
}
