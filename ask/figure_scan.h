/* The reading of a text's figures, as its parts share it (ask/figures.c, figure_number.c,
 * figure_fractions.c). */
#ifndef AKIN_ASK_FIGURE_SCAN_H
#define AKIN_ASK_FIGURE_SCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ask/figure_units.h"
#include "ask/figures.h"

/* A number in words, as far as it has been read: "two hundred and five". */
struct figure_spoken {
	bool on;
	uint64_t total, below; /* thousands and more, and what is below them */
	enum figure_word_use use;
	size_t start, end;
};

struct figure_scan {
	struct figure_text t;
	size_t at;
	struct figures *out;
	struct figure_spoken spoken;
	enum figure_unit unit_before; /* "€ 25": of a number that begins at unit_at */
	size_t unit_at;
	size_t half_day_at;  /* behind 下午: an hour that begins here is of that half of the day */
	char half_day;
	size_t digits_end;   /* of the last number in digits */
	size_t number_end;   /* of the last number added, in digits or words; 0: none yet */
	size_t word_start;   /* of the letters that end at at; SIZE_MAX: none do */
};

/* A new figure at the end of out; valid until the next one. */
struct figure *figure_scan_add(struct figure_scan *s);
/* What has been read of a number in words is one. */
void figure_scan_end_spoken(struct figure_scan *s);

/* Takes the number in digits at s->at. */
void figure_scan_digits(struct figure_scan *s);
/* "2 pm", 下午2点: f, [start, end) of the text, gets the half of the day, and its hour of 24. */
void figure_scan_half_day(const struct figure_scan *s, size_t start, size_t end, struct figure *f);
/* The word behind a number that ends at `at`. */
struct span figure_scan_noun(const struct figure_scan *s, size_t at);
/* "45 and 55 %", "zwei bis drei Wochen": the unit of f, which begins at start and is the last
 * figure, is that of the one before as well. */
void figure_scan_share_unit(struct figure_scan *s, size_t start, struct figure *f);

#endif
