#include "models/remote/pacer.h"

#include <math.h>

enum {
	FIRST_WINDOW = 4,
	BACKOFF_BASE_MS = 250,
	BACKOFF_MAX_MS = 60000,
	SETTLE_MS = 500,      /* refusals within it are one event */
	RAISE_EVERY_MS = 20000,
	MIN_CYCLE_OK = 8,
	CALM_FAILURES = 2,
	OWN_REQUEST_RETRY_MAX_MS = 600000
};

/* A little below the limit, so that uneven latency makes no request come early and
 * a late one can be made up for: windows of 40 requests or more never see too many. */
static const double safety = 0.97;

static double random_unit(struct pacer *p)
{
	uint64_t z = p->random += 0x9E3779B97F4A7C15u; /* splitmix64 */
	z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9u;
	z = (z ^ z >> 27) * 0x94D049BB133111EBu;
	return (double)((z ^ z >> 31) >> 11) / 9007199254740992.0;
}

static void set_rate(struct pacer *p, double per_ms)
{
	p->rate = per_ms;
	p->burst = per_ms * 60000 < 40 ? 1 : 2;
	if (p->tokens > p->burst)
		p->tokens = 1;
}

void pacer_init(struct pacer *p, double requests_per_minute, size_t max_in_flight, uint64_t seed,
                int64_t now_ms)
{
	*p = (struct pacer){ .max_window = max_in_flight ? (double)max_in_flight : 1, .random = seed,
		                 .filled_ms = now_ms, .cycle_start_ms = now_ms, .raised_ms = now_ms,
		                 .last_cut_ms = now_ms - SETTLE_MS };
	p->window = p->max_window < FIRST_WINDOW ? p->max_window : FIRST_WINDOW;
	p->known_rate = requests_per_minute / 60000 * safety;
	set_rate(p, p->known_rate);
	p->tokens = 1;
}

static void fill(struct pacer *p, int64_t now_ms)
{
	if (now_ms > p->filled_ms) {
		p->tokens += (double)(now_ms - p->filled_ms) * p->rate;
		if (p->tokens > p->burst)
			p->tokens = p->burst;
		p->filled_ms = now_ms;
	}
}

int64_t pacer_wait_ms(struct pacer *p, int64_t now_ms)
{
	/* after a refusal one request asks whether the way is free again */
	size_t may = p->paused ? 1 : (size_t)p->window;
	if (p->in_flight >= may)
		return INT64_MAX;
	if (now_ms < p->blocked_until_ms)
		return p->blocked_until_ms - now_ms;
	if (p->rate <= 0)
		return 0;
	fill(p, now_ms);
	if (p->tokens >= 1)
		return 0;
	return (int64_t)ceil((1 - p->tokens) / p->rate);
}

void pacer_sent(struct pacer *p, int64_t now_ms)
{
	p->in_flight++;
	if (p->rate > 0) {
		fill(p, now_ms);
		p->tokens -= 1;
	}
}

void pacer_dropped(struct pacer *p)
{
	if (p->in_flight > 0)
		p->in_flight--;
}

bool pacer_has_learned(const struct pacer *p)
{
	return p->rate > 0 && (p->known_rate <= 0 || p->rate < p->known_rate * 0.999);
}

double pacer_per_minute(const struct pacer *p)
{
	return (pacer_has_learned(p) ? p->rate : p->known_rate / safety) * 60000;
}

int64_t pacer_pause_ms(const struct pacer *p, int64_t now_ms)
{
	return now_ms < p->blocked_until_ms ? p->blocked_until_ms - now_ms : 0;
}

int64_t pacer_backoff_ms(struct pacer *p, int n)
{
	double most = BACKOFF_BASE_MS * ldexp(1, n < 1 ? 1 : n > 12 ? 12 : n);
	if (most > BACKOFF_MAX_MS)
		most = BACKOFF_MAX_MS;
	return 1 + (int64_t)(random_unit(p) * most);
}

static void block(struct pacer *p, int64_t now_ms, int64_t wait_ms)
{
	if (wait_ms > OWN_REQUEST_RETRY_MAX_MS)
		wait_ms = OWN_REQUEST_RETRY_MAX_MS;
	if (now_ms + wait_ms > p->blocked_until_ms)
		p->blocked_until_ms = now_ms + wait_ms;
}

/* So many went through in the whole cycle. */
static void learn_rate(struct pacer *p, int64_t now_ms)
{
	double seen = (double)p->cycle_ok / (double)(now_ms - p->cycle_start_ms) * safety;
	if (p->rate > 0 && seen < p->rate / 2)
		seen = p->rate / 2;
	if (p->rate <= 0 || seen < p->rate)
		set_rate(p, seen);
	p->cycle_start_ms = now_ms;
	p->cycle_ok = 0;
}

/* The first success after a pause. */
static void end_pause(struct pacer *p, int64_t now_ms)
{
	/* a refusal now and then, for no reason that shows, is not a rate: where there is
	 * one already, the cycle goes on until it says something */
	bool enough = p->cycle_ok >= MIN_CYCLE_OK || (p->told && p->cycle_ok > 0 && p->rate <= 0);
	if (enough && now_ms > p->cycle_start_ms) {
		learn_rate(p, now_ms);
	} else if (p->rate <= 0) {
		p->cycle_start_ms = now_ms;
		p->cycle_ok = 0;
	}
	p->tokens = 0;
	p->filled_ms = now_ms;
	p->raised_ms = now_ms;
	p->paused = p->told = false;
}

/* A limit that was learned may have been a passing one: try a little more. */
static void raise_rate(struct pacer *p, int64_t now_ms)
{
	if (p->rate <= 0 || now_ms - p->raised_ms < RAISE_EVERY_MS)
		return;
	p->raised_ms = now_ms;
	double more = p->rate * 1.05;
	set_rate(p, p->known_rate > 0 && more > p->known_rate ? p->known_rate : more);
}

static void watch_latency(struct pacer *p, int64_t now_ms, int64_t latency_ms)
{
	double x = (double)latency_ms;
	p->latency_ms = p->latency_ms > 0 ? 0.8 * p->latency_ms + 0.2 * x : x;
	p->base_latency_ms = p->base_latency_ms <= 0 || x < p->base_latency_ms
	                         ? x
	                         : p->base_latency_ms * 1.002;
	/* a queue grows at the server: more at once would only make it longer */
	if (p->latency_ms > 4 * p->base_latency_ms + 50 && now_ms - p->last_cut_ms > p->latency_ms &&
	    p->window > 2) {
		p->window = p->window * 0.8 > 2 ? p->window * 0.8 : 2;
		p->was_cut = true;
		p->last_cut_ms = now_ms;
	}
}

void pacer_ok(struct pacer *p, int64_t now_ms, int64_t latency_ms, int64_t remaining,
              int64_t reset_ms)
{
	pacer_dropped(p);
	p->failures = 0;
	if (p->paused && now_ms >= p->blocked_until_ms)
		end_pause(p, now_ms);
	p->cycle_ok++;
	p->window += p->was_cut ? 1 / p->window : 1;
	if (p->window > p->max_window)
		p->window = p->max_window;
	watch_latency(p, now_ms, latency_ms);
	raise_rate(p, now_ms);
	if (remaining == 0 && reset_ms > 0)
		block(p, now_ms, reset_ms);
}

static void shrink_window(struct pacer *p, int64_t now_ms)
{
	if (now_ms - p->last_cut_ms < SETTLE_MS)
		return;
	p->last_cut_ms = now_ms;
	p->was_cut = true;
	p->window = p->window / 2 > 1 ? p->window / 2 : 1;
}

void pacer_refused(struct pacer *p, int64_t now_ms, int64_t retry_after_ms)
{
	pacer_dropped(p);
	bool same_event = p->paused && now_ms < p->blocked_until_ms;
	if (!same_event)
		p->failures++;
	p->told = p->told || retry_after_ms > 0;
	if (retry_after_ms >= 0)
		/* a whole second may be rounded down; a little later hurts less than a refusal */
		block(p, now_ms, retry_after_ms + 10);
	else if (!same_event)
		block(p, now_ms, pacer_backoff_ms(p, p->failures));
	if (p->rate <= 0)
		shrink_window(p, now_ms);
	p->paused = true;
}

void pacer_overloaded(struct pacer *p, int64_t now_ms, int64_t retry_after_ms)
{
	pacer_dropped(p);
	shrink_window(p, now_ms);
	p->failures++;
	if (retry_after_ms >= 0)
		block(p, now_ms, retry_after_ms);
	else if (p->failures > CALM_FAILURES) /* not the one request: the server */
		block(p, now_ms, pacer_backoff_ms(p, p->failures - CALM_FAILURES));
}
