#include "indexer/extract/cell_value.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { LAST_DAY = 2958465 }; /* of the year 9999 */

/* Letters outside quotes, brackets and escapes. */
static bool code_has(const char *code, const char *letters)
{
	for (const char *p = code; *p; p++) {
		if (*p == '"' || *p == '[') {
			const char *end = strchr(p + 1, *p == '"' ? '"' : ']');
			if (!end)
				return false;
			p = end;
		} else if (*p == '\\' || *p == '_' || *p == '*') {
			if (!p[1])
				return false;
			p++;
		} else if (strchr(letters, *p)) {
			return true;
		}
	}
	return false;
}

enum cell_kind cell_kind_of(int id, const char *code)
{
	if (code) {
		if (strcmp(code, "General") == 0)
			return CELL_NUMBER;
		if (code_has(code, "ydYD"))
			return CELL_DATE;
		if (code_has(code, "hsHS"))
			return CELL_TIME;
		return code_has(code, "%") ? CELL_PERCENT : CELL_NUMBER;
	}
	if ((id >= 14 && id <= 17) || id == 22)
		return CELL_DATE;
	if ((id >= 18 && id <= 21) || (id >= 45 && id <= 47))
		return CELL_TIME;
	return id == 9 || id == 10 ? CELL_PERCENT : CELL_NUMBER;
}

/* Days since 1970-01-01 to a date of the Gregorian calendar (H. Hinnant, chrono-compatible
 * low-level date algorithms). */
static void civil(long days, long *year, unsigned *month, unsigned *day)
{
	days += 719468;
	long era = (days >= 0 ? days : days - 146096) / 146097;
	unsigned of_era = (unsigned)(days - era * 146097);
	unsigned of_years = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
	unsigned of_year = of_era - (365 * of_years + of_years / 4 - of_years / 100);
	unsigned m = (5 * of_year + 2) / 153;
	*day = of_year - (153 * m + 2) / 5 + 1;
	*month = m < 10 ? m + 3 : m - 9;
	*year = (long)of_years + era * 400 + (*month <= 2);
}

static void put_date(double number, enum cell_kind kind, bool since_1904, char out[32])
{
	double whole = floor(number);
	long seconds = lround((number - whole) * 86400);
	long days = (long)whole + seconds / 86400;
	seconds %= 86400;
	unsigned hour = (unsigned)(seconds / 3600), minute = (unsigned)(seconds / 60 % 60);
	unsigned second = (unsigned)(seconds % 60);
	if (kind == CELL_TIME && days == 0) {
		snprintf(out, 32, second ? "%02u:%02u:%02u" : "%02u:%02u", hour, minute, second);
		return;
	}
	/* 1900 has a 29th of February here: the first sixty days are one off */
	long year;
	unsigned month, day;
	civil(days - (since_1904 ? 24107 : days < 60 ? 25568 : 25569), &year, &month, &day);
	if (seconds == 0)
		snprintf(out, 32, "%04ld-%02u-%02u", year % 10000, month % 100, day % 100);
	else
		snprintf(out, 32, "%04ld-%02u-%02u %02u:%02u", year % 10000, month % 100, day % 100, hour,
		         minute);
}

void cell_value(double number, enum cell_kind kind, bool since_1904, char out[32])
{
	bool is_day = number >= 0 && number <= LAST_DAY;
	if ((kind == CELL_DATE || kind == CELL_TIME) && is_day)
		put_date(number, kind, since_1904, out);
	else if (kind == CELL_PERCENT && isfinite(number))
		snprintf(out, 32, "%.12g%%", number * 100);
	else
		snprintf(out, 32, "%.15g", number);
}
