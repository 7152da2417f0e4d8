#define _GNU_SOURCE
#include "tests/support/standin/chat.h"

#include <stdlib.h>

#include "base/clock.h"

static void write_times(struct pace *pace)
{
	struct buf line = buf_new(256);
	buf_printf(&line, "{\"request\":%llu,\"received_s\":%.6f,\"first_delta_s\":%.6f}\n",
	           (unsigned long long)pace->number, pace->received_s, pace->first_s);
	log_write(pace->times, buf_span(&line));
	pace->times = NULL;
	buf_free(&line);
}

void pace_free(struct pace *pace)
{
	if (pace && pace->times && pace->first_s > 0)
		write_times(pace);
	if (pace)
		free(pace->events);
	free(pace);
}

/* Where a write that begins at pos ends. The one of a given size takes from several events,
 * but never from one that is to be waited for. */
static size_t write_end(const struct pace *pace, size_t event, size_t pos, size_t body_len)
{
	size_t end = pace->events[event].end;
	if (pace->write_bytes == 0)
		return end;
	size_t want = (pos / pace->write_bytes + 1) * pace->write_bytes;
	while (end < want && event + 1 < pace->n && pace->events[event + 1].wait_ms == 0)
		end = pace->events[++event].end;
	end = end < want ? end : want;
	return end < body_len ? end : body_len;
}

ssize_t pace_next(struct pace *pace, size_t body_len, size_t pos, size_t max)
{
	size_t event = 0;
	while (event < pace->n && pace->events[event].end <= pos)
		event++;
	/* the first delta is on its way: looking back costs it nothing */
	if (pace->times && pace->first_s > 0)
		write_times(pace);
	if (pos >= pace->cut_at)
		return -1;
	if (event == pace->n)
		return 0;
	size_t start = event ? pace->events[event - 1].end : 0;
	if (pos == start)
		clock_sleep_ms(pace->events[event].wait_ms);
	size_t end = write_end(pace, event, pos, body_len);
	end = end < pace->cut_at ? end : pace->cut_at;
	if (end - pos > max)
		end = pos + max;
	size_t first_start = pace->first ? pace->events[pace->first - 1].end : 0;
	if (pace->first_s <= 0 && end > first_start)
		pace->first_s = clock_seconds();
	return (ssize_t)(end - pos);
}
