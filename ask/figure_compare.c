#include "ask/figure_compare.h"

#include <stddef.h>
#include <string.h>

/* Units that measure the same, in the smallest of them. */
static const struct measure {
	enum figure_unit unit;
	int kind;
	double factor;
} measures[] = {
	{ UNIT_MS, 1, 0.001 }, { UNIT_SECOND, 1, 1 }, { UNIT_MINUTE, 1, 60 }, { UNIT_HOUR, 1, 3600 },
	{ UNIT_DAY, 1, 86400 }, { UNIT_WEEK, 1, 604800 }, { UNIT_MONTH, 2, 1 },
	{ UNIT_QUARTER, 2, 3 }, { UNIT_YEAR, 2, 12 },
	{ UNIT_MM, 3, 1 }, { UNIT_CM, 3, 10 }, { UNIT_METRE, 3, 1000 }, { UNIT_KM, 3, 1e6 },
	{ UNIT_MCG, 4, 0.001 }, { UNIT_MG, 4, 1 }, { UNIT_GRAM, 4, 1000 },
	{ UNIT_KG, 4, 1e6 }, { UNIT_TON, 4, 1e9 },
	{ UNIT_ML, 5, 1 }, { UNIT_CL, 5, 10 }, { UNIT_DL, 5, 100 }, { UNIT_LITRE, 5, 1000 },
	{ UNIT_WATT, 6, 1 }, { UNIT_KW, 6, 1000 },
	{ UNIT_MW, 6, 1e6 }, { UNIT_KB, 7, 1 }, { UNIT_MB, 7, 1000 }, { UNIT_GB, 7, 1e6 },
	{ UNIT_TB, 7, 1e9 }, { UNIT_HERTZ, 8, 1 }, { UNIT_KHZ, 8, 1000 }, { UNIT_MHZ, 8, 1e6 },
	{ UNIT_GHZ, 8, 1e9 }, { UNIT_WH, 9, 1 }, { UNIT_KWH, 9, 1000 }, { UNIT_MWH, 9, 1e6 },
	{ UNIT_HPA, 10, 1 }, { UNIT_KPA, 10, 10 }, { UNIT_BAR, 10, 1000 },
};

static const struct measure *measure_of(enum figure_unit unit)
{
	for (size_t i = 0; i < sizeof measures / sizeof *measures; i++)
		if (measures[i].unit == unit)
			return &measures[i];
	return NULL;
}

/* A value of digits and at most one point, whatever the locale; false: it is no such one. */
static bool read_amount(const char *value, double *amount)
{
	double place = 0;
	*amount = 0;
	for (; *value; value++) {
		if (*value == '.' && place == 0)
			place = 0.1;
		else if (*value < '0' || *value > '9')
			return false;
		else if (place == 0)
			*amount = *amount * 10 + (*value - '0');
		else {
			*amount += place * (*value - '0');
			place /= 10;
		}
	}
	return true;
}

/* Cents are of whichever currency the other is in. */
static bool has_cents(enum figure_unit unit)
{
	return unit >= UNIT_EURO && unit <= UNIT_FRANC;
}

static const struct measure *money_of(enum figure_unit unit)
{
	static const struct measure cent = { UNIT_CENT, 11, 0.01 }, whole = { UNIT_EURO, 11, 1 };
	return unit == UNIT_CENT ? &cent : has_cents(unit) ? &whole : NULL;
}

static bool same_amount(const struct figure *a, const struct figure *b)
{
	bool cents = (a->unit == UNIT_CENT) != (b->unit == UNIT_CENT);
	const struct measure *ma = cents ? money_of(a->unit) : measure_of(a->unit);
	const struct measure *mb = cents ? money_of(b->unit) : measure_of(b->unit);
	double x, y;
	if (!ma || !mb || ma == mb || ma->kind != mb->kind)
		return false;
	for (size_t i = 0; i < a->values.n; i++)
		for (size_t j = 0; j < b->values.n; j++) {
			if (!read_amount(a->values.text[i], &x) || !read_amount(b->values.text[j], &y))
				continue;
			x *= ma->factor;
			y *= mb->factor;
			if (x > 0 && x - y < x * 1e-9 && y - x < x * 1e-9)
				return true;
		}
	return false;
}

/* 3.11 is borne out by 3.11.2. */
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

bool figure_is_of_kind(const struct figure *a, const struct figure *b)
{
	const struct measure *ma = measure_of(a->unit), *mb = measure_of(b->unit);
	if (a->unit <= UNIT_COUNTER || b->unit <= UNIT_COUNTER)
		return false;
	bool time = a->unit <= UNIT_YEAR && b->unit <= UNIT_YEAR;
	return a->unit == b->unit || time || (ma && mb && ma->kind == mb->kind);
}

static bool differ_around_value(const struct figure *a, const struct figure *b)
{
	bool period = a->per != UNIT_NONE && b->per != UNIT_NONE && a->per != b->per;
	return period || (a->half_day && b->half_day && a->half_day != b->half_day);
}

bool figure_is_at_odds(const struct figure *a, const struct figure *b)
{
	return figure_values_meet(&a->values, &b->values) && differ_around_value(a, b);
}

/* "both homes" does not bear out two weeks, nor "the first floor" one euro. */
static bool counts_something_else(const struct figure *stated, const struct figure *evidence)
{
	return evidence->is_ordinal && evidence->unit == UNIT_NONE && stated->unit > UNIT_COUNTER &&
	       stated->unit != UNIT_DATE && strlen(evidence->values.text[0]) == 1;
}

bool figure_is_borne_out(const struct figure *stated, const struct figure *evidence)
{
	if (differ_around_value(stated, evidence) || counts_something_else(stated, evidence))
		return false;
	if (!same_value(stated, evidence))
		return same_amount(stated, evidence);
	if (stated->unit == UNIT_WEEKDAY || evidence->unit == UNIT_WEEKDAY)
		return stated->unit == evidence->unit;
	if (stated->unit == UNIT_MONTH_NAME || evidence->unit == UNIT_MONTH_NAME)
		return stated->unit == evidence->unit || stated->numeric_month || evidence->numeric_month;
	if (stated->unit == UNIT_DATE || evidence->unit == UNIT_DATE) {
		enum figure_unit other = stated->unit == UNIT_DATE ? evidence->unit : stated->unit;
		return is_open(other) || other == UNIT_DATE || other == UNIT_DAY;
	}
	return is_open(stated->unit) || is_open(evidence->unit) || stated->unit == evidence->unit;
}
