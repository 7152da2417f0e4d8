#include "tests/support/standin/standin.h"

#include <string.h>

static const char *const names[N_FAULTS] = {
	[FAULT_NONE] = "none", [FAULT_DOWN] = "down", [FAULT_SLOW] = "slow",
	[FAULT_HTML502] = "html502", [FAULT_CUT] = "cut", [FAULT_TRUNCATED] = "truncated",
	[FAULT_WRONG_COUNT] = "wrong-count", [FAULT_EXTRA] = "extra", [FAULT_WRONG_DIM] = "wrong-dim",
	[FAULT_NAN] = "nan", [FAULT_NULL] = "null", [FAULT_ZERO] = "zero",
	[FAULT_REVERSED] = "reversed", [FAULT_NO_INDEX] = "no-index", [FAULT_DUP_INDEX] = "dup-index",
	[FAULT_BASE64] = "base64", [FAULT_INTS] = "ints", [FAULT_ERROR200] = "error200",
	[FAULT_400] = "400", [FAULT_401] = "401", [FAULT_403] = "403", [FAULT_404] = "404",
	[FAULT_413] = "413", [FAULT_429] = "429", [FAULT_429_FOREVER] = "429-forever",
	[FAULT_429_COOLDOWN] = "429-cooldown", [FAULT_500] = "500", [FAULT_503] = "503",
	[FAULT_HUGE_BODY] = "huge-body", [FAULT_GARBAGE] = "garbage",
};

enum fault fault_parse(const char *name, size_t len)
{
	for (int i = 0; i < N_FAULTS; i++)
		if (strlen(names[i]) == len && memcmp(names[i], name, len) == 0)
			return (enum fault)i;
	return N_FAULTS;
}

/* splitmix64 (Steele, Lea, Flood 2014) */
static uint64_t next_random(uint64_t *state)
{
	uint64_t z = *state += 0x9E3779B97F4A7C15u;
	z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9u;
	z = (z ^ z >> 27) * 0x94D049BB133111EBu;
	return z ^ z >> 31;
}

enum fault fault_draw(struct fault_draw *draw, const struct options *opt)
{
	pthread_mutex_lock(&draw->lock);
	double u = (double)(next_random(&draw->state) >> 11) / 9007199254740992.0;
	pthread_mutex_unlock(&draw->lock);
	for (size_t i = 0; i < opt->n_faults; i++) {
		if (u < opt->faults[i].rate)
			return opt->faults[i].fault;
		u -= opt->faults[i].rate;
	}
	return FAULT_NONE;
}

int64_t window_take(struct window *w, int limit, int window_ms, int64_t now_ms)
{
	pthread_mutex_lock(&w->lock);
	/* at[next] is the limit-th last request that was let through */
	int64_t wait = 0;
	if (w->n == (size_t)limit && now_ms - w->at[w->next] < window_ms) {
		wait = window_ms - (now_ms - w->at[w->next]);
	} else {
		w->at[w->next] = now_ms;
		w->next = (w->next + 1) % (size_t)limit;
		if (w->n < (size_t)limit)
			w->n++;
	}
	pthread_mutex_unlock(&w->lock);
	return wait;
}
