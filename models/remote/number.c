#include "models/remote/number.h"

#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

/* Powers of ten that a double holds exactly. */
static const double exact[] = { 1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
	                            1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
	                            1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22 };

/* Beyond this a float is 0 or infinite, whatever the digits. */
enum { MAX_EXPONENT = 100000, MAX_DIGITS = 19, N_EXACT = sizeof exact / sizeof *exact };

static double scale(double x, int exponent)
{
	if (exponent > 60 || exponent < -80)
		return exponent > 0 && x != 0 ? (double)INFINITY : 0;
	for (; exponent >= N_EXACT; exponent -= N_EXACT - 1)
		x *= exact[N_EXACT - 1];
	for (; exponent <= -N_EXACT; exponent += N_EXACT - 1)
		x /= exact[N_EXACT - 1];
	return exponent < 0 ? x / exact[-exponent] : x * exact[exponent];
}

static bool starts(const char *p, const char *end, const char *word)
{
	size_t len = strlen(word);
	return (size_t)(end - p) >= len && memcmp(p, word, len) == 0;
}

static const char *scan_word(const char *p, const char *end, float *out)
{
	if (starts(p, end, "NaN")) {
		*out = NAN;
		return p + 3;
	}
	if (starts(p, end, "Infinity")) {
		*out = INFINITY;
		return p + 8;
	}
	return NULL;
}

/* The mantissa as an integer and how many digits of it stand behind the point.
 * Digits beyond the 19th change nothing that a float shows. */
struct mantissa {
	uint64_t value;
	int digits, exponent;
};

static const char *scan_digits(const char *p, const char *end, struct mantissa *m, int after_point)
{
	for (; p < end && (unsigned char)(*p - '0') <= 9; p++) {
		if (m->digits < MAX_DIGITS) {
			m->value = m->value * 10 + (unsigned)(*p - '0');
			m->digits += m->value != 0;
			m->exponent -= after_point;
		} else if (m->exponent < MAX_EXPONENT) {
			m->exponent += 1 - after_point;
		}
	}
	return p;
}

static const char *scan_exponent(const char *p, const char *end, int *exponent)
{
	bool minus = p < end && *p == '-';
	if (p < end && (*p == '-' || *p == '+'))
		p++;
	const char *first = p;
	int e = 0;
	for (; p < end && (unsigned char)(*p - '0') <= 9; p++)
		e = e < MAX_EXPONENT ? e * 10 + (*p - '0') : e;
	*exponent += minus ? -e : e;
	return p == first ? NULL : p;
}

const char *number_scan(const char *p, const char *end, float *out)
{
	bool minus = p < end && *p == '-';
	p += minus;
	struct mantissa m = { 0, 0, 0 };
	const char *first = p;
	p = scan_digits(p, end, &m, 0);
	if (p == first) {
		p = scan_word(p, end, out);
		if (p && minus)
			*out = -*out;
		return p;
	}
	if (p < end && *p == '.') {
		first = ++p;
		p = scan_digits(p, end, &m, 1);
		if (p == first)
			return NULL;
	}
	if (p < end && (*p == 'e' || *p == 'E')) {
		p = scan_exponent(p + 1, end, &m.exponent);
		if (!p)
			return NULL;
	}
	double x = scale((double)m.value, m.exponent);
	*out = (float)(minus ? -x : x);
	return p;
}
