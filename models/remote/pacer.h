/* When the next request may go, and how many may be under way.
 *
 * A token bucket holds the known rate; what the server says of it (429,
 * Retry-After, x-ratelimit headers) is learned. Concurrency doubles each round until
 * the first refusal, then it grows by one a round and is halved on refusals (AIMD:
 * Chiu and Jain 1989); waits without a word of the
 * server are exponential with full jitter (Brooker 2015). Pure: the time comes in. */
#ifndef AKIN_MODELS_REMOTE_PACER_H
#define AKIN_MODELS_REMOTE_PACER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct pacer {
	double rate, known_rate; /* requests a millisecond; 0: no limit known */
	double tokens, burst;    /* of the bucket */
	int64_t filled_ms;       /* when tokens was right */
	int64_t blocked_until_ms;
	double window, max_window; /* requests at once */
	bool was_cut;              /* before, it doubles each round (slow start) */
	size_t in_flight;
	int failures;              /* in a row, since the last success */
	int64_t last_cut_ms;       /* when window or rate was last lowered */
	bool paused;               /* refused, and nothing has gone through since */
	bool told;                 /* and the server said for how long */
	int64_t cycle_start_ms;    /* of the run of successes that the rate is learned from */
	uint64_t cycle_ok;
	int64_t raised_ms;
	double latency_ms, base_latency_ms;
	uint64_t random;
};

/* requests_per_minute: 0 when no limit is known. */
void pacer_init(struct pacer *p, double requests_per_minute, size_t max_in_flight, uint64_t seed,
                int64_t now_ms);

/* 0: one request may go now. Else the milliseconds until one may, or INT64_MAX
 * when that depends on a reply. */
int64_t pacer_wait_ms(struct pacer *p, int64_t now_ms);

void pacer_sent(struct pacer *p, int64_t now_ms);

/* What became of a request that was sent. Each frees its place. Hints are -1
 * where the server gave none. */
void pacer_ok(struct pacer *p, int64_t now_ms, int64_t latency_ms, int64_t remaining,
              int64_t reset_ms);
void pacer_refused(struct pacer *p, int64_t now_ms, int64_t retry_after_ms); /* 429 */
void pacer_overloaded(struct pacer *p, int64_t now_ms, int64_t retry_after_ms); /* 5xx, lost */
void pacer_dropped(struct pacer *p); /* says nothing about the rate */

/* The rate that is kept to, requests a minute; 0: no limit is known. A rate that was
 * given stands as it is, though requests leave a little slower; one that was learned,
 * or is lower by what was learned, is what has gone through. */
double pacer_per_minute(const struct pacer *p);
bool pacer_has_learned(const struct pacer *p);

/* Nothing leaves for so long, since the server refuses; 0: it does not. */
int64_t pacer_pause_ms(const struct pacer *p, int64_t now_ms);

/* A random wait for the n-th try in a row (1, 2, …). */
int64_t pacer_backoff_ms(struct pacer *p, int n);

#endif
