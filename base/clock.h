/* Time. */
#ifndef AKIN_BASE_CLOCK_H
#define AKIN_BASE_CLOCK_H

#include <stdint.h>

int64_t clock_ms(void);      /* monotonic, milliseconds */
double clock_seconds(void);  /* monotonic, seconds */
int64_t clock_unix_ns(void); /* since 1970 */
void clock_sleep_ms(int64_t ms);

#endif
