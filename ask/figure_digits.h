/* Numbers in digits, as people write them: 1,200 and 1.200 and 1 200 and 1'200, 3.5 and 3,5,
 * 14:30 and 14h30, 15.03.2024, 1.2.3, digits of other scripts. Pure. */
#ifndef AKIN_ASK_FIGURE_DIGITS_H
#define AKIN_ASK_FIGURE_DIGITS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/span.h"

#define FIGURE_VALUE_MAX 40 /* digits of a longer number are compared up to here */
#define FIGURE_MAX_VALUES 3
#define FIGURE_MAX_PARTS 6

/* A number and what it may mean: "1.200" is "1200" or "1.2". Values are digits without leading
 * zeros, with a point and no trailing zeros; a time is "14:30", a version "1.2.3". */
struct figure_values {
	char text[FIGURE_MAX_VALUES][FIGURE_VALUE_MAX + 1];
	size_t n;
};

struct figure_digits {
	struct figure_values whole;
	/* what it consists of: of a date its day, month and year; of "12 345" 12 and 345 */
	struct figure_values parts[FIGURE_MAX_PARTS];
	size_t n_parts;
	bool is_date; /* it states its parts only */
};

/* The digit at text.p[at], and its length; -1: it is none. */
int figure_digit_at(struct span text, size_t at, size_t *len);

/* Reads the number whose first digit is at `at`; returns where it ends. */
size_t figure_digits_read(struct span text, size_t at, struct figure_digits *out);

void figure_values_add(struct figure_values *values, const char *text);
bool figure_values_meet(const struct figure_values *a, const struct figure_values *b);

/* value * 10^zeros, of a value of digits and a point; it stays as it is where that is too long. */
void figure_value_scale(char value[FIGURE_VALUE_MAX + 1], unsigned zeros);

#endif
