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
	{ UNIT_DAY, 1, 86400 }, { UNIT_WEEK, 1, 604800 }, { UNIT_MONTH, 2, 1 }, { UNIT_YEAR, 2, 12 },
	{ UNIT_MM, 3, 1 }, { UNIT_CM, 3, 10 }, { UNIT_METRE, 3, 1000 }, { UNIT_KM, 3, 1e6 },
	{ UNIT_MG, 4, 1 }, { UNIT_GRAM, 4, 1000 }, { UNIT_KG, 4, 1e6 }, { UNIT_TON, 4, 1e9 },
	{ UNIT_ML, 5, 1 }, { UNIT_LITRE, 5, 1000 }, { UNIT_WATT, 6, 1 }, { UNIT_KW, 6, 1000 },
	{ UNIT_MW, 6, 1e6 }, { UNIT_KB, 7, 1 }, { UNIT_MB, 7, 1000 }, { UNIT_GB, 7, 1e6 },
	{ UNIT_TB, 7, 1e9 },
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

static bool same_amount(const struct figure *a, const struct figure *b)
{
	const struct measure *ma = measure_of(a->unit), *mb = measure_of(b->unit);
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

bool figure_is_borne_out(const struct figure *stated, const struct figure *evidence)
{
	if (!same_value(stated, evidence))
		return same_amount(stated, evidence);
	if (stated->unit == UNIT_WEEKDAY || evidence->unit == UNIT_WEEKDAY)
		return stated->unit == evidence->unit;
	if (stated->unit == UNIT_MONTH_NAME || evidence->unit == UNIT_MONTH_NAME)
		return stated->unit == evidence->unit || stated->numeric_month || evidence->numeric_month;
	return is_open(stated->unit) || is_open(evidence->unit) || stated->unit == evidence->unit;
}
