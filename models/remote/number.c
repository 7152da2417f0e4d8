#include "models/remote/number.h"

#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "models/remote/json_scan.h"

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "the first digit is the lowest byte");

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

/* --- arrays ---------------------------------------------------------------------- */

/* How many of the eight bytes at p, from the first on, are digits. *values has the
 * digits' values, the first in the lowest byte; its bytes behind them mean nothing. */
static unsigned digits_at(const char *p, uint64_t *values)
{
	uint64_t x;
	memcpy(&x, p, sizeof x);
	x ^= UINT64_C(0x3030303030303030);
	*values = x;
	/* the top bit of each byte that is over 9; a carry reaches only bytes behind such a one */
	uint64_t others = ((x + UINT64_C(0x7676767676767676)) | x) & UINT64_C(0x8080808080808080);
	return others ? (unsigned)__builtin_ctzll(others) / 8 : 8;
}

/* The number that eight values make: neighbours are joined to pairs, pairs to fours,
 * fours to eight. */
static uint64_t join_digits(uint64_t x)
{
	x = (x * 10 + (x >> 8)) & UINT64_C(0x00ff00ff00ff00ff);
	x = (x * 100 + (x >> 16)) & UINT64_C(0x0000ffff0000ffff);
	return (x * 10000 + (x >> 32)) & UINT64_C(0xffffffff);
}

/* Digits behind the point that scan_plain reads, and the bytes that it may look at:
 * sign, digit, point, those, and what follows them. */
enum { MAX_BEHIND = 24, PLAIN_BYTES = 3 + MAX_BEHIND + 1 };

/* A number with one digit before the point and no exponent; NULL on any other. */
static inline const char *scan_plain(const char *p, float *out)
{
	static const uint64_t powers[] = { 1,      10,      100,      1000,     10000,
		                               100000, 1000000, 10000000, 100000000 };
	/* 1e18 by the power: a value below it takes n digits more and stays below 1e18 */
	static const uint64_t limits[] = {
		1000000000000000000, 100000000000000000, 10000000000000000,
		1000000000000000,    100000000000000,    10000000000000,
		1000000000000,       100000000000,       10000000000
	};
	bool minus = *p == '-';
	p += minus;
	uint64_t value = (unsigned char)(*p - '0'), digits;
	if (value > 9 || p[1] != '.')
		return NULL;
	const char *first = p += 2;
	unsigned n;
	const char *last = p + MAX_BEHIND - 8; /* where eight digits may begin */
	for (; (n = digits_at(p, &digits)) == 8 && value < limits[8] && p < last; p += 8)
		value = value * powers[8] + join_digits(digits);
	if (value >= limits[n])
		return NULL;
	if (n > 0) /* the digits move up, and noughts come before them */
		value = value * powers[n] + join_digits(digits << (64 - 8 * n));
	p += n;
	size_t n_behind = (size_t)(p - first);
	if (n_behind == 0 || n_behind >= N_EXACT || (*p != ',' && *p != ']' && *p > ' '))
		return NULL;
	static const double signs[] = { 1, -1 };
	*out = (float)((double)(int64_t)value * signs[minus] / exact[n_behind]);
	return p;
}

const char *number_scan_array(const char *p, const char *end, float *out, size_t max, size_t *n)
{
	size_t count = *n = 0;
	p = json_scan_space(p, end);
	if (p < end && *p == ']')
		return p + 1;
	while (p < end) {
		float x = NAN;
		const char *next = end - p >= PLAIN_BYTES ? scan_plain(p, &x) : NULL;
		if (!next)
			next = number_scan(p, end, &x);
		if (!next && starts(p, end, "null"))
			next = p + 4;
		if (!next)
			return NULL;
		if (count < max)
			out[count] = x;
		*n = ++count;
		p = json_scan_space(next, end);
		if (p == end || (*p != ',' && *p != ']'))
			return NULL;
		if (*p++ == ']')
			return p;
		p = json_scan_space(p, end);
	}
	return NULL;
}
