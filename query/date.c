#define _DEFAULT_SOURCE /* timegm */
#include "query/date.h"

#include <stdbool.h>
#include <string.h>
#include <time.h>

enum { FIRST_YEAR = 1800, LAST_YEAR = 2199 }; /* nanoseconds in 64 bits reach 1678 to 2262 */

/* So many digits at text.p[at], and no less; -1: they are not there. */
static int digits(struct span text, size_t at, size_t n)
{
	int value = 0;
	if (text.len < at + n)
		return -1;
	for (size_t i = at; i < at + n; i++) {
		if (text.p[i] < '0' || text.p[i] > '9')
			return -1;
		value = 10 * value + (text.p[i] - '0');
	}
	return value;
}

static int to_ns(struct tm tm, int64_t *time_ns)
{
	tm.tm_isdst = -1; /* find out */
	*time_ns = (int64_t)mktime(&tm) * 1000000000;
	return 0;
}

static int read_day(struct span text, int64_t *time_ns)
{
	static const char months[] = { 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	bool dashes = (text.len <= 4 || text.p[4] == '-') && (text.len <= 7 || text.p[7] == '-');
	if (!dashes || (text.len != 4 && text.len != 7 && text.len != 10))
		return -1;
	int year = digits(text, 0, 4);
	int month = text.len > 4 ? digits(text, 5, 2) : 1;
	int day = text.len > 7 ? digits(text, 8, 2) : 1;
	if (year < FIRST_YEAR || year > LAST_YEAR || month < 1 || month > 12 || day < 1)
		return -1;
	bool is_leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
	if (day > months[month - 1] - (month == 2 && !is_leap))
		return -1;
	return to_ns((struct tm){ .tm_year = year - 1900, .tm_mon = month - 1, .tm_mday = day }, time_ns);
}

static int read_age(struct span text, int64_t now_ns, int64_t *time_ns)
{
	if (text.len < 2 || text.len > 6)
		return -1;
	int n = digits(text, 0, text.len - 1);
	time_t now = (time_t)(now_ns / 1000000000);
	struct tm tm;
	if (n < 0 || !localtime_r(&now, &tm))
		return -1;
	switch (text.p[text.len - 1]) {
	case 'd': tm.tm_mday -= n; break;
	case 'w': tm.tm_mday -= 7 * n; break;
	case 'm': tm.tm_mon -= n; break;
	case 'y': tm.tm_year -= n; break;
	default: return -1;
	}
	struct tm first = { .tm_year = FIRST_YEAR - 1900, .tm_mday = 1 }, then = tm;
	then.tm_isdst = -1;
	return to_ns(mktime(&then) < mktime(&first) ? first : tm, time_ns);
}

int date_read(struct span text, int64_t now_ns, int64_t *time_ns)
{
	return read_day(text, time_ns) == 0 ? 0 : read_age(text, now_ns, time_ns);
}

int date_of_document(const char *date, int64_t *time_ns)
{
	struct span text = { date, strlen(date) };
	if (text.len < 20)
		return read_day(text, time_ns);
	int year = digits(text, 0, 4);
	struct tm tm = { .tm_year = year - 1900, .tm_mon = digits(text, 5, 2) - 1,
		         .tm_mday = digits(text, 8, 2), .tm_hour = digits(text, 11, 2),
		         .tm_min = digits(text, 14, 2), .tm_sec = digits(text, 17, 2) };
	if (year < FIRST_YEAR || year > LAST_YEAR)
		return -1;
	*time_ns = (int64_t)timegm(&tm) * 1000000000;
	return 0;
}
