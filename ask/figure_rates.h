/* How often, and per what: "64 € a day", "twice a week", "monatlich", "every quarter". Pure. */
#ifndef AKIN_ASK_FIGURE_RATES_H
#define AKIN_ASK_FIGURE_RATES_H

#include "ask/figure_units.h"
#include "ask/figures.h"

/* The period that a number which ends at `at` is per; UNIT_NONE: none is said. */
enum figure_unit figure_rate_at(const struct figure_text *t, size_t at);

/* Adds the periods that text names ("monthly", "per year") as figures that state nothing. */
void figure_periods_read(const struct figure_text *t, struct figures *out);

#endif
