/* Points in time as people write them in a search. */
#ifndef AKIN_QUERY_DATE_H
#define AKIN_QUERY_DATE_H

#include <stdint.h>

#include "base/span.h"

/* The beginning, in the local time zone, of a year, a month or a day (YYYY, YYYY-MM,
 * YYYY-MM-DD; 1800 to 2199), or the moment so long before now_ns: 3d, 2w, 6m, 1y, that is
 * days, weeks, months and years of the calendar, the time of day kept; a month that has no
 * such day gives the next month's first days, as mktime(3) has it. What lies before 1800
 * is 1800.
 *
 * *time_ns: nanoseconds since 1970. -1 when the text is none of these, or a day that no
 * month has. Threads may call at once. */
int date_read(struct span text, int64_t now_ns, int64_t *time_ns);

/* The beginning of what a document's own date names (ISO 8601, from a year to a second, which
 * is UTC then). -1: it is none. */
int date_of_document(const char *date, int64_t *time_ns);

#endif
