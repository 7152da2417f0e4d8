#include "ask/figure_rates.h"

#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "words/classes.h"

enum { WORDS_BETWEEN = 3 }; /* a number and its period: "90 square metres per day" */

static bool is_listed(struct span word, const char *list)
{
	for (; *list; list += strspn(list, " ")) {
		size_t len = strcspn(list, " ");
		if (span_equal(word, (struct span){ list, len }))
			return true;
		list += len;
	}
	return false;
}

/* Words that say a period by themselves. */
static const struct {
	enum figure_unit unit;
	const char *words;
} adverbs[] = {
	{ UNIT_HOUR, "hourly stündlich" },
	{ UNIT_DAY, "daily täglich tägliche täglichen quotidien quotidienne diario diaria diariamente" },
	{ UNIT_WEEK, "weekly wöchentlich wöchentliche wöchentlichen hebdomadaire semanal semanalmente" },
	{ UNIT_MONTH, "monthly monatlich monatliche monatlichen mensuel mensuelle mensuellement mensual "
	              "mensuales mensile mensili" },
	{ UNIT_QUARTER, "quarterly vierteljährlich vierteljährliche quartalsweise trimestriel "
	                "trimestrielle trimestral" },
	{ UNIT_YEAR, "yearly annual annually annum jährlich jährliche jährlichen annuel annuelle "
	             "annuellement anual anualmente annuale annui" },
};

static enum figure_unit adverb_of(struct span word)
{
	for (size_t i = 0; i < sizeof adverbs / sizeof *adverbs; i++)
		if (is_listed(word, adverbs[i].words))
			return adverbs[i].unit;
	return UNIT_NONE;
}

/* The unit of time that the word at `at` is. */
static enum figure_unit period_at(const struct figure_text *t, size_t at)
{
	char folded[FIGURE_WORD_MAX_BYTES];
	size_t end = figure_word_end(t->text, at);
	if (end == at || end - at > FIGURE_WORD_MAX_BYTES)
		return UNIT_NONE;
	struct span word = figure_fold((struct span){ t->text.p + at, end - at }, folded);
	if (is_listed(word, "quarter quartal trimestre") || is_listed(word, "quartals"))
		return UNIT_QUARTER;
	enum figure_unit unit = figure_lexicon_find(t->lexicon, word).unit;
	return unit >= UNIT_SECOND && unit <= UNIT_YEAR && word.len > 1 ? unit : UNIT_NONE;
}

/* The period that the word [at, end) says, or says to be the next one; article: "a day" counts,
 * as it does behind a number only. */
static enum figure_unit period_of_word(const struct figure_text *t, size_t at, size_t end, bool article)
{
	char folded[FIGURE_WORD_MAX_BYTES];
	if (end - at > FIGURE_WORD_MAX_BYTES)
		return UNIT_NONE;
	struct span word = figure_fold((struct span){ t->text.p + at, end - at }, folded);
	enum figure_unit unit = adverb_of(word);
	if (unit != UNIT_NONE)
		return unit;
	bool leads = is_listed(word, "per each every pro je jede jeden jedes jeder chaque cada this next last "
	                             "des dieses nächsten letzten du ce cette este esta");
	leads = leads || (is_listed(word, "the") && at > 3 && figure_starts_with(t->text, at - 3, "of "));
	if (!leads && !(article && is_listed(word, "a an im in am par al por the die")))
		return UNIT_NONE;
	size_t next = figure_skip_gap(t->text, end, false), behind = figure_word_end(t->text, next);
	unit = period_at(t, next);
	if (unit == UNIT_NONE && leads && behind > next) /* per calendar month */
		unit = period_at(t, figure_skip_gap(t->text, behind, false));
	return unit;
}

enum figure_unit figure_rate_at(const struct figure_text *t, size_t at)
{
	for (int i = 0; i <= WORDS_BETWEEN; i++) {
		enum figure_unit unit;
		size_t sign = figure_sign_at(t, figure_skip_gap(t->text, at, true), &unit);
		at = figure_skip_gap(t->text, sign ? sign : at, true);
		bool slash = at < t->text.len && t->text.p[at] == '/';
		if (slash)
			return period_at(t, figure_skip_gap(t->text, at + 1, false));
		size_t end = figure_word_end(t->text, at);
		if (end == at)
			return UNIT_NONE;
		unit = period_of_word(t, at, end, true);
		if (unit != UNIT_NONE)
			return unit;
		at = end;
	}
	return UNIT_NONE;
}

static void add_period(struct figures *out, const char *value, enum figure_unit unit, enum figure_unit per)
{
	out->items = mem_grow(out->items, &out->cap, out->n + 1, sizeof *out->items);
	struct figure *f = &out->items[out->n++];
	*f = (struct figure){ .unit = unit, .per = per, .is_period = true };
	figure_values_add(&f->values, value);
}

void figure_periods_read(const struct figure_text *t, struct figures *out)
{
	size_t len;
	for (size_t at = 0; at < t->text.len;) {
		char_class_at(t->text, at, &len);
		size_t end = figure_word_end(t->text, at);
		enum figure_unit unit = end > at ? period_of_word(t, at, end, false) : UNIT_NONE;
		if (unit == UNIT_QUARTER) { /* every three months, four times a year */
			add_period(out, "3", UNIT_MONTH, UNIT_QUARTER);
			add_period(out, "4", UNIT_NONE, UNIT_YEAR);
		} else if (unit != UNIT_NONE)
			add_period(out, "1", unit, unit);
		at = end > at ? end : at + len;
	}
}
