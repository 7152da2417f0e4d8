#include "ask/figure_support.h"

#include <string.h>
#include <strings.h>

#include "ask/figure_compare.h"

enum { NOUN_MIN_BYTES = 4 };

struct evidence {
	const struct figures *stated, *quoted, *around;
};

static bool is_among(const struct figure *f, const struct figures *evidence)
{
	for (size_t i = 0; i < evidence->n; i++)
		if (figure_is_borne_out(f, &evidence->items[i]))
			return true;
	return false;
}

/* Whether the claim has the number of its quote; that it says "each month" is no one. */
static bool is_said(const struct figure *q, const struct figures *stated)
{
	for (size_t i = 0; i < stated->n; i++)
		if (!stated->items[i].is_period && figure_is_borne_out(q, &stated->items[i]))
			return true;
	return false;
}

static bool is_year(const struct figure *f)
{
	const char *v = f->values.text[0];
	return f->unit == UNIT_NONE && f->values.n && strlen(v) == 4 &&
	       (strncmp(v, "19", 2) == 0 || strncmp(v, "20", 2) == 0);
}

/* "floor" and "floor", "tablet" and "tablets". */
static bool same_noun(const struct figure *a, const struct figure *b)
{
	struct span x = a->noun.len < b->noun.len ? a->noun : b->noun, y = x.p == a->noun.p ? b->noun : a->noun;
	if (a->is_ordinal && b->is_ordinal)
		return x.len > 0 && x.len == y.len && strncasecmp(x.p, y.p, x.len) == 0; /* "a third of" */
	bool unspaced = x.len > 0 && (unsigned char)x.p[0] >= 0xE0;
	if (unspaced)
		return span_equal(x, y);
	return x.len >= NOUN_MIN_BYTES && y.len - x.len <= 2 && strncasecmp(x.p, y.p, x.len) == 0;
}

static bool same_lead(const struct figure *a, const struct figure *b)
{
	return a->lead.len >= NOUN_MIN_BYTES && a->lead.len == b->lead.len &&
	       strncasecmp(a->lead.p, b->lead.p, a->lead.len) == 0;
}

/* Whether the two count the same: floors, tablets, times a day, "force 5" and "force 6". */
static bool are_kin(const struct figure *f, const struct figure *q)
{
	bool open = f->unit <= UNIT_COUNTER && q->unit <= UNIT_COUNTER && !q->is_period;
	bool ordinals = f->is_ordinal && q->is_ordinal && f->unit == q->unit;
	bool noun = same_noun(f, q) && f->is_ordinal == q->is_ordinal;
	bool rate = f->per != UNIT_NONE && f->per == q->per;
	return ((open || ordinals) && noun) || (open && (rate || same_lead(f, q)));
}

static bool is_clock(const struct figure *f)
{
	return f->half_day || strchr(f->values.text[0], ':');
}

/* Whether both are numbers and no more, which may be in one another's place: no years, codes, times. */
static bool are_plain(const struct figure *f, const struct figure *q)
{
	bool open = f->unit <= UNIT_COUNTER && q->unit <= UNIT_COUNTER && f->states && q->states;
	bool year = is_year(f) || is_year(q), code = f->glue[0] || q->glue[0];
	return open && !year && !code && f->per == q->per && is_clock(f) == is_clock(q);
}

/* Numbers of one kind stand for one another: where the claim has one that its quote lacks, and
 * the quote one that the claim lacks, the claim's has been altered. */
static bool is_replaced(const struct evidence *e, const struct figure *f)
{
	for (size_t i = 0; i < e->quoted->n; i++) {
		const struct figure *q = &e->quoted->items[i];
		bool kin = f->unit > UNIT_COUNTER ? figure_is_of_kind(f, q) : is_year(f) && is_year(q);
		bool code = f->glue[0] && strcmp(f->glue, q->glue) == 0;
		kin = are_plain(f, q) || (kin && !q->is_period) || are_kin(f, q) || code;
		if (kin && !is_said(q, e->stated))
			return true;
	}
	return false;
}

/* A code such as E42 is altered when the evidence has E43; on its own it may be a name. */
static bool is_known_glue(const struct figure *f, const struct figures *evidence)
{
	for (size_t i = 0; i < evidence->n; i++)
		if (strcmp(evidence->items[i].glue, f->glue) == 0)
			return true;
	return false;
}

static bool is_contradicted(const struct evidence *e, const struct figure *f)
{
	for (size_t i = 0; i < e->quoted->n; i++)
		if (figure_is_at_odds(f, &e->quoted->items[i]) && !is_said(&e->quoted->items[i], e->stated))
			return true;
	return false;
}

static bool is_supported(const struct evidence *e, const struct figure *f)
{
	if (is_contradicted(e, f))
		return false;
	if (is_among(f, e->quoted) || (is_among(f, e->around) && !is_replaced(e, f)))
		return true;
	return f->glue[0] && !is_known_glue(f, e->quoted) && !is_known_glue(f, e->around);
}

/* Whether the period of f is among them, as such or as a length of time: a year, 12 months. */
static bool names_period(const struct figures *list, const struct figure *f)
{
	struct figure one = { .values = { .text = { "1" }, .n = 1 }, .unit = f->per };
	for (size_t i = 0; i < list->n; i++)
		if (list->items[i].per == f->per || list->items[i].unit == f->per ||
		    figure_is_borne_out(&one, &list->items[i]))
			return true;
	return false;
}

static bool is_time(const struct figure *f)
{
	return f->unit >= UNIT_MS && f->unit <= UNIT_YEAR && !f->is_period;
}

/* "a month", unless the quote says that it is per month. */
static bool is_spell(const struct evidence *e, const struct figure *f)
{
	const struct figure period = { .per = f->unit };
	return is_time(f) && strcmp(f->values.text[0], "1") == 0 && !names_period(e->quoted, &period);
}

/* What states nothing by itself does where it stands in the place of the quote's: "the third
 * floor" for its second, "one tablet" for its two, "once a week" for twice, "a month" for a week. */
static bool is_put_in_place(const struct evidence *e, const struct figure *f)
{
	bool replaced = false, spell = is_spell(e, f);
	if (f->states || f->is_period || f->values.n == 0)
		return false;
	for (size_t i = 0; i < e->quoted->n; i++) {
		const struct figure *q = &e->quoted->items[i];
		if (f->is_ordinal && q->is_ordinal && figure_values_meet(&f->values, &q->values))
			return false;
		if (!are_kin(f, q) && !(spell && is_time(q)))
			continue;
		if (figure_is_borne_out(f, q))
			return false;
		replaced = replaced || !is_said(q, e->stated);
	}
	return replaced;
}

/* "monthly" where the quote says "yearly": one has been put in the other's place. That what is
 * done quarterly is done four times a year is no such thing. */
static bool period_is_replaced(const struct evidence *e)
{
	for (size_t i = 0; i < e->stated->n; i++) {
		const struct figure *f = &e->stated->items[i];
		if (f->per == UNIT_NONE || names_period(e->quoted, f))
			continue;
		for (size_t k = 0; k < e->quoted->n; k++) {
			const struct figure *q = &e->quoted->items[k];
			bool count = f->is_period && !q->is_period && q->unit <= UNIT_COUNTER;
			if (q->per != UNIT_NONE && !count && !names_period(e->stated, q))
				return true;
		}
	}
	return false;
}

bool figures_are_supported(const struct figures *stated, const struct figures *quoted,
                           const struct figures *around)
{
	const struct evidence e = { stated, quoted, around };
	for (size_t i = 0; i < stated->n; i++) {
		const struct figure *f = &stated->items[i];
		if (is_put_in_place(&e, f))
			return false;
		if (!f->states || is_supported(&e, f))
			continue;
		size_t parts = 0;
		while (parts < f->n_parts && is_supported(&e, f + 1 + parts))
			parts++;
		if (f->n_parts == 0 || parts < f->n_parts)
			return false;
	}
	return !period_is_replaced(&e);
}
