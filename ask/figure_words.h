/* The words that state a number, a month, a weekday, or the unit of a number, in the languages
 * that answers are mostly in, and numbers of some more, so that a source in them can support
 * what is said in another. Folded as words/fold.h does (fold_case). */
#ifndef AKIN_ASK_FIGURE_WORDS_H
#define AKIN_ASK_FIGURE_WORDS_H

#include <stddef.h>

#include "base/span.h"

enum figure_unit {
	UNIT_NONE, UNIT_COUNTER, /* a word that only shows that a number is one (个, คน) */
	UNIT_MS, UNIT_SECOND, UNIT_MINUTE, UNIT_HOUR, UNIT_DAY, UNIT_WEEK, UNIT_MONTH, UNIT_QUARTER, UNIT_YEAR,
	UNIT_DATE /* a day of a month */, UNIT_MONTH_NAME, UNIT_WEEKDAY,
	UNIT_PERCENT, UNIT_EURO, UNIT_DOLLAR, UNIT_POUND, UNIT_FRANC, UNIT_YEN, UNIT_YUAN, UNIT_BAHT, UNIT_CENT,
	UNIT_MM, UNIT_CM, UNIT_METRE, UNIT_KM, UNIT_MILE, UNIT_YARD, UNIT_INCH, UNIT_FOOT,
	UNIT_HECTARE, UNIT_ACRE,
	UNIT_MCG, UNIT_MG, UNIT_GRAM, UNIT_KG, UNIT_TON, UNIT_OUNCE,
	UNIT_ML, UNIT_CL, UNIT_DL, UNIT_LITRE, UNIT_GALLON, UNIT_TEASPOON, UNIT_TABLESPOON, UNIT_CUP,
	UNIT_CELSIUS, UNIT_FAHRENHEIT, UNIT_HERTZ, UNIT_KHZ, UNIT_MHZ, UNIT_GHZ,
	UNIT_WATT, UNIT_KW, UNIT_MW, UNIT_WH, UNIT_KWH, UNIT_MWH, UNIT_VOLT, UNIT_MAH,
	UNIT_AMPERE, UNIT_BAR, UNIT_PSI, UNIT_HPA, UNIT_KPA, UNIT_KMH, UNIT_MPH, UNIT_KNOT, UNIT_NEWTON_METRE,
	UNIT_DECIBEL, UNIT_KB, UNIT_MB, UNIT_GB, UNIT_TB
};

enum figure_word_kind { WORD_NUMBER, WORD_SCALE, WORD_MONTH, WORD_WEEKDAY };

/* When a word states something. */
enum figure_word_use {
	USE_ALWAYS,
	USE_WITH_UNIT,     /* only before a unit: "one month", "ein Jahr", "neuf jours" */
	USE_BESIDE_NUMBER, /* only beside digits: May, Sept. */
	USE_EVIDENCE,      /* enough to support a number, not to state one: "both", "third" */
	USE_EVIDENCE_UNIT, /* likewise, and only before a unit: "a month", "due mesi" */
	USE_ONLY_UNIT      /* states it before a unit, and is no number elsewhere: "tres años" */
};

struct figure_word {
	enum figure_word_kind kind;
	enum figure_word_use use;
	unsigned value;    /* of a scale: its zeros */
	const char *words; /* with spaces between */
};
extern const struct figure_word figure_words[];
extern const size_t n_figure_words;

/* German writes numbers as one word; what they consist of, longest first where one begins
 * another. */
struct figure_part {
	const char *part;
	unsigned value; /* 0: "und" */
};
extern const struct figure_part figure_parts[];
extern const size_t n_figure_parts;

/* Units, as words and signs. */
struct figure_unit_words {
	enum figure_unit unit;
	const char *words;
};
extern const struct figure_unit_words figure_unit_words[];
extern const size_t n_figure_unit_words;

/* What is written without spaces, in the order in which it is looked for. */
struct figure_run {
	const char *text;
	unsigned value; /* a number's, a unit's (enum figure_unit), a month's, a weekday's */
};
extern const struct figure_run thai_numbers[], thai_months[], thai_weekdays[], unspaced_units[],
	cjk_weekdays[];
extern const size_t n_thai_numbers, n_thai_months, n_thai_weekdays, n_unspaced_units, n_cjk_weekdays;

#endif
