#include "ask/figure_digits.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"

/* The groups of digits of one number, and what stands between them. */
struct groups {
	char digits[FIGURE_MAX_PARTS][FIGURE_VALUE_MAX + 1];
	size_t len[FIGURE_MAX_PARTS];
	char between[FIGURE_MAX_PARTS]; /* before a group: . , : ' or a space */
	size_t n;
};

int figure_digit_at(struct span text, size_t at, size_t *len)
{
	static const uint32_t zeros[] = { 0x0660, 0x06F0, 0x0966, 0x09E6, 0x0E50, 0xFF10 };
	uint32_t code;
	*len = 1;
	if (at >= text.len)
		return -1;
	unsigned char c = (unsigned char)text.p[at];
	if (c < 0x80)
		return c >= '0' && c <= '9' ? c - '0' : -1;
	*len = utf8_decode(text.p + at, text.len - at, &code);
	for (size_t i = 0; i < sizeof zeros / sizeof *zeros; i++)
		if (code >= zeros[i] && code <= zeros[i] + 9)
			return (int)(code - zeros[i]);
	return -1;
}

void figure_values_add(struct figure_values *values, const char *text)
{
	for (size_t i = 0; i < values->n; i++)
		if (strcmp(values->text[i], text) == 0)
			return;
	if (values->n < FIGURE_MAX_VALUES)
		snprintf(values->text[values->n++], FIGURE_VALUE_MAX + 1, "%.*s", FIGURE_VALUE_MAX, text);
}

bool figure_values_meet(const struct figure_values *a, const struct figure_values *b)
{
	for (size_t i = 0; i < a->n; i++)
		for (size_t j = 0; j < b->n; j++)
			if (strcmp(a->text[i], b->text[j]) == 0)
				return true;
	return false;
}

/* ---- reading ---- */

static size_t read_group(struct span text, size_t at, struct groups *g)
{
	size_t len;
	int digit;
	char *out = g->digits[g->n];
	size_t n = 0, count = 0;
	for (; (digit = figure_digit_at(text, at, &len)) >= 0; at += len, count++)
		if (n < FIGURE_VALUE_MAX)
			out[n++] = (char)('0' + digit);
	out[n] = '\0';
	g->len[g->n++] = count;
	return at;
}

/* How many digits stand at `at`, counted up to four. */
static size_t digits_at(struct span text, size_t at)
{
	size_t n = 0, len;
	while (n < 4 && figure_digit_at(text, at, &len) >= 0) {
		at += len;
		n++;
	}
	return n;
}

static bool only_groups(const struct groups *g, char between)
{
	if (g->len[0] > 3 || g->digits[0][0] == '0')
		return false;
	for (size_t i = 1; i < g->n; i++)
		if (g->len[i] != 3 || (g->between[i] != between))
			return false;
	return true;
}

/* What may stand between groups of digits; its length, 0: the number ends. */
static size_t read_between(struct span text, size_t at, const struct groups *g, char *between)
{
	uint32_t code = 0;
	if (at >= text.len)
		return 0;
	size_t len = utf8_decode(text.p + at, text.len - at, &code), n = digits_at(text, at + len);
	switch (code) {
	case '.': case ',': case ':':
		*between = (char)code;
		return n ? len : 0;
	case 0xFF0C: case 0xFF0E: case 0xFF1A:
		*between = code == 0xFF0C ? ',' : code == 0xFF0E ? '.' : ':';
		return n ? len : 0;
	case 'h':
		*between = ':';
		return n == 2 && g->n == 1 && g->len[0] <= 2 ? len : 0;
	case '\'': case 0x2019:
		*between = '\'';
		return n == 3 && only_groups(g, '\'') ? len : 0;
	case ' ': case 0xA0: case 0x2009: case 0x202F:
		*between = ' ';
		return n == 3 && only_groups(g, ' ') ? len : 0;
	default:
		return 0;
	}
}

/* ---- meaning ---- */

static const char *without_zeros(const char *digits)
{
	while (digits[0] == '0' && digits[1])
		digits++;
	return digits;
}

static void add_decimal(struct figure_values *values, const char *whole, const char *fraction)
{
	char text[2 * FIGURE_VALUE_MAX + 2];
	int n = snprintf(text, sizeof text, "%s.%s", without_zeros(whole), fraction);
	while (n > 0 && text[n - 1] == '0')
		text[--n] = '\0';
	if (n > 0 && text[n - 1] == '.')
		text[n - 1] = '\0';
	figure_values_add(values, text);
}

/* The groups [0, n) as one whole number. */
static void join(const struct groups *g, size_t n, char out[FIGURE_VALUE_MAX + 1])
{
	size_t len = 0;
	for (size_t i = 0; i < n; i++) {
		size_t k = strlen(g->digits[i]);
		k = k < FIGURE_VALUE_MAX - len ? k : FIGURE_VALUE_MAX - len;
		memcpy(out + len, g->digits[i], k);
		len += k;
	}
	out[len] = '\0';
}

static void add_part(struct figure_digits *out, const char *digits)
{
	struct figure_values *v = &out->parts[out->n_parts++];
	*v = (struct figure_values){ .n = 0 };
	figure_values_add(v, without_zeros(digits));
}

static void add_parts(struct figure_digits *out, const struct groups *g)
{
	for (size_t i = 0; i < g->n; i++)
		add_part(out, g->digits[i]);
}

static void read_time(struct figure_digits *out, const struct groups *g)
{
	char text[FIGURE_MAX_PARTS * (FIGURE_VALUE_MAX + 1)];
	int n = snprintf(text, sizeof text, "%s", without_zeros(g->digits[0]));
	bool full = true;
	for (size_t i = 1; i < g->n; i++) {
		n += snprintf(text + n, sizeof text - (size_t)n, ":%s", g->digits[i]);
		full = full && strspn(g->digits[i], "0") == strlen(g->digits[i]);
	}
	figure_values_add(&out->whole, text);
	if (full)
		figure_values_add(&out->whole, without_zeros(g->digits[0]));
	add_parts(out, g);
}

static bool is_date(const struct groups *g)
{
	if (g->n != 3 || g->between[1] != '.' || g->between[2] != '.')
		return false;
	int first = atoi(g->digits[0]), month = atoi(g->digits[1]), last = atoi(g->digits[2]);
	bool day_first = g->len[0] <= 2 && first >= 1 && first <= 31 && (g->len[2] == 4 || g->len[2] == 2);
	bool year_first = g->len[0] == 4 && g->len[2] <= 2 && last >= 1 && last <= 31;
	return month >= 1 && month <= 12 && g->len[1] <= 2 && (day_first || year_first);
}

static void read_date(struct figure_digits *out, const struct groups *g)
{
	char year[FIGURE_VALUE_MAX + 8];
	add_parts(out, g);
	out->is_date = true;
	if (g->len[2] == 2 && g->len[0] <= 2) {
		snprintf(year, sizeof year, "20%s", g->digits[2]);
		figure_values_add(&out->parts[2], year);
	}
}

/* One mark between two groups: a thousand's, a decimal's, an hour's. */
static void read_pair(struct figure_digits *out, const struct groups *g)
{
	char joined[FIGURE_VALUE_MAX + 1], time[2 * FIGURE_VALUE_MAX + 2];
	bool grouped = only_groups(g, g->between[1]);
	if (grouped) {
		join(g, 2, joined);
		figure_values_add(&out->whole, joined);
	}
	/* nobody writes 1.2 as 1.200 */
	if ((g->between[1] == '.' || g->between[1] == ',') && !(grouped && g->digits[1][2] == '0'))
		add_decimal(&out->whole, g->digits[0], g->digits[1]);
	if (g->between[1] == '.' && g->len[1] == 2 && g->len[0] <= 2) {
		snprintf(time, sizeof time, "%s:%s", without_zeros(g->digits[0]), g->digits[1]);
		figure_values_add(&out->whole, time); /* 14.30 Uhr */
	}
}

static void read_version(struct figure_digits *out, const struct groups *g)
{
	char text[FIGURE_MAX_PARTS * (FIGURE_VALUE_MAX + 1)];
	int n = 0;
	for (size_t i = 0; i < g->n; i++)
		n += snprintf(text + n, sizeof text - (size_t)n, "%s%s", i ? "." : "", g->digits[i]);
	figure_values_add(&out->whole, text);
}

/* 1,234.56 */
static bool is_grouped_decimal(const struct groups *g)
{
	struct groups head = *g;
	head.n--;
	return g->n > 2 && g->between[g->n - 1] != g->between[1] && only_groups(&head, g->between[1]);
}

static void read_many(struct figure_digits *out, const struct groups *g)
{
	char joined[FIGURE_VALUE_MAX + 1];
	if (is_date(g)) {
		read_date(out, g);
	} else if (only_groups(g, g->between[1])) {
		join(g, g->n, joined);
		figure_values_add(&out->whole, joined);
	} else if (is_grouped_decimal(g)) {
		join(g, g->n - 1, joined);
		add_decimal(&out->whole, joined, g->digits[g->n - 1]);
	} else {
		read_version(out, g);
	}
}

/* Where the first number of a list without spaces ends: 144 of "144,17.3,8.7". */
static size_t list_head(const struct groups *g)
{
	if (g->n < 3 || only_groups(g, g->between[1]) || is_grouped_decimal(g))
		return g->n;
	for (size_t i = 1; i < g->n; i++)
		if (g->between[i] == ',')
			return i;
	return g->n;
}

/* A field of CSV: the commas may as well stand between numbers. */
static bool is_in_list(struct span text, size_t start, size_t end)
{
	bool before = start > 0 && text.p[start - 1] == ',';
	return before || (end + 1 < text.len && text.p[end] == ',' && text.p[end + 1] > ' ');
}

/* 15.03. is a date without its year. */
static bool is_short_date(struct span text, size_t end, const struct groups *g)
{
	int day = atoi(g->digits[0]), month = atoi(g->digits[1]);
	return g->between[1] == '.' && g->len[0] <= 2 && g->len[1] <= 2 && day >= 1 && day <= 31 &&
	       month >= 1 && month <= 12 && end < text.len && text.p[end] == '.';
}

size_t figure_digits_read(struct span text, size_t at, struct figure_digits *out)
{
	struct groups g = { .n = 0 };
	size_t len, start = at, ends[FIGURE_MAX_PARTS];
	char between;
	out->whole.n = out->n_parts = 0;
	out->is_date = false;
	ends[0] = at = read_group(text, at, &g);
	while (g.n < FIGURE_MAX_PARTS && (len = read_between(text, at, &g, &between)) > 0) {
		if (g.n > 1 && (g.between[1] == ':') != (between == ':'))
			break;
		g.between[g.n] = between;
		at = read_group(text, at + len, &g);
		ends[g.n - 1] = at;
	}
	g.n = list_head(&g);
	at = ends[g.n - 1];
	if (g.n == 1)
		figure_values_add(&out->whole, without_zeros(g.digits[0]));
	else if (g.between[1] == ':')
		read_time(out, &g);
	else if (g.n == 2)
		read_pair(out, &g);
	else
		read_many(out, &g);
	bool is_list = g.n > 1 && g.between[1] == ',' && is_in_list(text, start, at);
	if (is_list || (g.n > 1 && g.between[1] == ' ') || (g.n == 2 && is_short_date(text, at, &g)))
		add_parts(out, &g);
	return at;
}

void figure_value_scale(char value[FIGURE_VALUE_MAX + 1], unsigned zeros)
{
	char out[FIGURE_VALUE_MAX + 1];
	const char *point = strchr(value, '.');
	size_t whole = point ? (size_t)(point - value) : strlen(value), n = whole;
	const char *fraction = point ? point + 1 : "";
	if (whole + zeros + strlen(fraction) + 1 > FIGURE_VALUE_MAX || strchr(value, ':'))
		return;
	memcpy(out, value, whole);
	for (; zeros > 0; zeros--)
		out[n++] = *fraction ? *fraction++ : '0';
	if (*fraction)
		n += (size_t)snprintf(out + n, sizeof out - n, ".%s", fraction);
	out[n] = '\0';
	size_t skip = strspn(out, "0");
	skip = out[skip] == '\0' || out[skip] == '.' ? (skip ? skip - 1 : 0) : skip;
	memcpy(value, out + skip, n - skip + 1);
}
