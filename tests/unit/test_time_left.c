/* The time left, over whole days of a made-up clock: the pacer and the batches are the
 * program's own, the folder and the server are played. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/hash.h"
#include "base/mem.h"
#include "indexer/time_left.h"
#include "indexer/wanted.h"
#include "models/remote/pacer.h"

enum { MAX_FLYING = 16, MAX_BATCH = 256, LOOK_AHEAD = 4096, TICK_S = 10, MAX_TICKS = 100000 };

struct scene {
	const char *name;
	size_t n_documents;
	struct embed_limits limits;
	double told;          /* requests a minute that the client knows of */
	int limit, window_ms; /* that the server lets through; 0: any number */
	double refused;       /* share of requests that it refuses besides */
	int retry_after_ms, latency_ms;
	double begin_s;       /* what the clock says at the start */
	uint64_t chance;      /* seeds what the server refuses */
};

struct flight {
	struct wanted *items[MAX_BATCH];
	size_t n;
	int64_t sent_ms, back_ms;
	bool ok;
	int64_t retry_after_ms;
};

struct play {
	const struct scene *scene;
	uint64_t random, chance; /* the folder's and the server's */
	int64_t now_ms;
	struct pacer pacer;
	struct wanted_set wanted;
	struct work work;
	uint64_t tokens_flying;
	size_t next_document;
	struct flight flying[MAX_FLYING];
	size_t n_flying;
	int64_t passed[64];   /* the last requests that the server let through */
	size_t n_passed;
	struct flight *refused; /* batches that are to be sent again; [n_refused] */
	size_t n_refused;
	uint64_t n_refusals;
	struct time_left left;
	struct {
		double at_s, left_s;
		bool at_the_rate;
	} told[MAX_TICKS];
	size_t n_told;
};

static double random_unit(uint64_t *state)
{
	*state = *state * 6364136223846793005u + 1442695040888963407u;
	return (double)(*state >> 33) / 2147483648.0;
}

/* Documents of 1 to 60 passages, the short ones many. */
static size_t passages_of(struct play *p)
{
	double u = random_unit(&p->random);
	return 1 + (size_t)(u * u * u * 60);
}

static void read_document(struct play *p)
{
	size_t n = passages_of(p);
	for (size_t i = 0; i < n; i++) {
		uint32_t tokens = 60 + (uint32_t)(random_unit(&p->random) * 450);
		size_t bytes = (size_t)(tokens * (3.5 + random_unit(&p->random)));
		struct hash key;
		uint64_t id[2] = { p->next_document, i };
		key = hash_bytes((const char *)id, sizeof id);
		assert_true(wanted_add(&p->wanted, &key, tokens, bytes, (struct waiter){ NULL, i }));
		p->work.texts++;
		p->work.tokens += tokens;
		p->work.text_bytes += bytes;
		p->work.bytes_read += bytes;
	}
	p->next_document++;
}

/* As the planner would: the same documents, their sizes only. */
static uint64_t bytes_of_all(const struct scene *scene)
{
	struct play *p = mem_zalloc(1, sizeof *p);
	p->scene = scene;
	p->random = 1;
	while (p->next_document < scene->n_documents) {
		read_document(p);
		while (p->wanted.n_queued) { /* their texts are not kept */
			struct wanted *items[MAX_BATCH];
			size_t n = wanted_take(&p->wanted, &scene->limits, items);
			for (size_t i = 0; i < n; i++)
				wanted_remove(&p->wanted, items[i]);
		}
	}
	uint64_t bytes = p->work.bytes_read;
	wanted_free(&p->wanted);
	free(p);
	return bytes;
}

static void serve(struct play *p, struct flight *f)
{
	const struct scene *s = p->scene;
	size_t limit = (size_t)s->limit;
	int64_t first = limit && p->n_passed >= limit ? p->passed[(p->n_passed - limit) % 64] : -1;
	f->ok = true;
	f->retry_after_ms = -1;
	if (first >= 0 && p->now_ms - first < s->window_ms) {
		f->ok = false;
		f->retry_after_ms = (s->window_ms - (p->now_ms - first) + 999) / 1000 * 1000;
	} else if (random_unit(&p->chance) < s->refused) {
		f->ok = false;
		f->retry_after_ms = s->retry_after_ms;
	} else {
		p->passed[p->n_passed++ % 64] = p->now_ms;
	}
	p->n_refusals += !f->ok;
	f->sent_ms = p->now_ms;
	f->back_ms = p->now_ms + (f->ok ? s->latency_ms : 20);
}

static void send(struct play *p)
{
	struct flight *f = &p->flying[p->n_flying++];
	assert_in_range(p->n_flying, 1, MAX_FLYING);
	if (p->n_refused) {
		*f = p->refused[--p->n_refused];
	} else {
		f->n = wanted_take(&p->wanted, &p->scene->limits, f->items);
		for (size_t i = 0; i < f->n; i++)
			p->tokens_flying += f->items[i]->n_tokens;
	}
	pacer_sent(&p->pacer, p->now_ms);
	serve(p, f);
}

static void come_back(struct play *p, size_t which)
{
	struct flight *f = &p->flying[which];
	if (f->ok) {
		pacer_ok(&p->pacer, p->now_ms, p->now_ms - f->sent_ms, -1, -1);
		for (size_t i = 0; i < f->n; i++) {
			p->tokens_flying -= f->items[i]->n_tokens;
			wanted_remove(&p->wanted, f->items[i]);
		}
		p->work.requests++;
	} else {
		pacer_refused(&p->pacer, p->now_ms, f->retry_after_ms);
		p->refused[p->n_refused++] = *f;
	}
	p->flying[which] = p->flying[--p->n_flying];
}

static void ask(struct play *p)
{
	p->work.texts_open = p->wanted.n;
	p->work.tokens_open = p->wanted.queued_tokens + p->tokens_flying;
	p->work.requests_per_minute = pacer_per_minute(&p->pacer);
	double now_s = p->scene->begin_s + (double)p->now_ms / 1000;
	time_left_update(&p->left, &p->work, &p->scene->limits, now_s);
	assert_true(p->n_told < MAX_TICKS);
	p->told[p->n_told].at_s = (double)p->now_ms / 1000;
	p->told[p->n_told].left_s = p->left.seconds;
	p->told[p->n_told++].at_the_rate = p->left.at_the_rate;
}

/* To the next moment at which something happens. */
static void go_on(struct play *p, int64_t wait_ms)
{
	int64_t next = (p->now_ms / (TICK_S * 1000) + 1) * TICK_S * 1000;
	if (wait_ms != INT64_MAX && p->now_ms + wait_ms < next)
		next = p->now_ms + wait_ms;
	for (size_t i = 0; i < p->n_flying; i++)
		next = p->flying[i].back_ms < next ? p->flying[i].back_ms : next;
	assert_true(next > p->now_ms);
	p->now_ms = next;
	for (size_t i = p->n_flying; i-- > 0;)
		if (p->flying[i].back_ms <= p->now_ms)
			come_back(p, i);
	if (p->now_ms % (TICK_S * 1000) == 0)
		ask(p);
}

static struct play *play(const struct scene *scene)
{
	struct play *p = mem_zalloc(1, sizeof *p);
	p->scene = scene;
	p->random = 1;
	p->chance = scene->chance;
	p->refused = mem_zalloc(MAX_FLYING, sizeof *p->refused);
	p->work.bytes_to_do = bytes_of_all(scene);
	pacer_init(&p->pacer, scene->told, scene->limits.max_in_flight, 1, 0);
	ask(p);
	for (;;) {
		while (p->next_document < scene->n_documents && p->wanted.n_queued < LOOK_AHEAD)
			read_document(p);
		if (p->wanted.n == 0)
			break;
		bool more = p->n_refused || p->wanted.n_queued;
		int64_t wait = more ? pacer_wait_ms(&p->pacer, p->now_ms) : INT64_MAX;
		if (wait == 0)
			send(p);
		else
			go_on(p, wait);
	}
	return p;
}

static void play_free(struct play *p)
{
	wanted_free(&p->wanted);
	free(p->refused);
	free(p);
}

/* What was told at this share of the run, against what it took. */
static double error_at(const struct play *p, double share)
{
	double end_s = (double)p->now_ms / 1000;
	size_t i = 0;
	while (i + 1 < p->n_told && p->told[i].at_s < share * end_s)
		i++;
	double truth = end_s - p->told[i].at_s, error = p->told[i].left_s / truth - 1;
	printf("# %s, %2.0f %%: %.0f s told, %.0f s taken (%+.1f %%)\n", p->scene->name, 100 * share,
	       p->told[i].left_s, truth, 100 * error);
	return fabs(error);
}

static void check_all(const struct play *p)
{
	static const double shares[] = { 0.1, 0.25, 0.5, 0.75, 0.9 };
	for (size_t i = 0; i < sizeof shares / sizeof *shares; i++)
		assert_true(error_at(p, shares[i]) <= 0.1);
}

static const struct embed_limits of_ovhcloud = {
	.max_batch_texts = 25, .max_batch_tokens = 25 * 8192, .max_batch_bytes = 1900 << 10,
	.max_in_flight = 16,
};

static bool at_the_rate(const struct play *p)
{
	return p->told[p->n_told / 2].at_the_rate;
}

/* The anonymous limit: 72,000 texts in a day. */
static void a_day_at_two_requests_a_minute(void **state)
{
	(void)state;
	struct scene scene = { "two a minute", 4300, of_ovhcloud, 2, 2, 60000, 0, 0, 700, 1e6, 1 };
	struct play *p = play(&scene);
	assert_true(p->now_ms > 20 * 3600 * (int64_t)1000);
	assert_true(p->work.texts > 50000);
	assert_int_equal(p->n_refusals, 0);
	check_all(p);
	assert_true(error_at(p, 0.001) <= 0.1); /* and when a minute or two have gone */
	assert_true(at_the_rate(p));
	play_free(p);
}

/* One request in 33 is refused for a minute. In the first tenth that is a handful, and
 * how many is chance; later they even out. */
static void a_day_with_refusals(void **state)
{
	(void)state;
	int n_early = 0;
	for (uint64_t seed = 1; seed <= 20; seed++) {
		struct scene scene = { "refusals", 3000, of_ovhcloud, 2, 2, 60000, 0.03, 60000, 700, 0, seed };
		struct play *p = play(&scene);
		assert_true(p->n_refusals > 30);
		/* three quarters of the rate and more, whatever is refused */
		assert_true((double)p->work.requests / (double)p->now_ms * 60000 > 2 * 0.75);
		n_early += error_at(p, 0.1) <= 0.1;
		for (double share = 0.2; share < 0.95; share += 0.05)
			assert_true(error_at(p, share) <= 0.1);
		play_free(p);
	}
	assert_in_range(n_early, 17, 20);
}

/* Learned from refusals alone. */
static void a_day_at_a_rate_that_nobody_told(void **state)
{
	(void)state;
	struct scene scene = { "learned", 3000, of_ovhcloud, 0, 2, 60000, 0, 0, 700, 5, 1 };
	struct play *p = play(&scene);
	assert_true(p->n_refusals > 0);
	check_all(p);
	assert_true(at_the_rate(p));
	play_free(p);
}

/* Requests that are full by tokens, the longest texts first. */
static void requests_of_few_long_texts(void **state)
{
	(void)state;
	struct embed_limits limits = of_ovhcloud;
	limits.max_batch_tokens = 2000;
	struct scene scene = { "few texts a request", 1000, limits, 4, 4, 60000, 0.02, 30000, 700, 5, 1 };
	struct play *p = play(&scene);
	check_all(p);
	play_free(p);
}

/* The rate would allow 400, but each request takes 20 s, four at a time. */
static void a_slow_server_with_a_high_rate(void **state)
{
	(void)state;
	struct embed_limits limits = of_ovhcloud;
	limits.max_in_flight = 4;
	struct scene scene = { "slow server", 3000, limits, 400, 0, 0, 0, 0, 20000, 5, 1 };
	struct play *p = play(&scene);
	check_all(p);
	assert_false(at_the_rate(p));
	play_free(p);
}

static void no_rate_at_all(void **state)
{
	(void)state;
	struct embed_limits limits = of_ovhcloud;
	limits.max_in_flight = 2;
	limits.max_batch_tokens = 1024;
	struct scene scene = { "no rate", 3000, limits, 0, 0, 0, 0, 0, 3000, 5, 1 };
	struct play *p = play(&scene);
	check_all(p);
	assert_false(at_the_rate(p));
	play_free(p);
}

static void nothing_is_said_before_something_is_known(void **state)
{
	(void)state;
	struct time_left t = { 0 };
	struct work w = { .bytes_to_do = 1000 };
	time_left_update(&t, &w, &of_ovhcloud, 10);
	assert_true(t.seconds < 0);
	/* texts, but no speed and no rate */
	w = (struct work){ .bytes_to_do = 1000, .bytes_read = 500, .texts = 10, .tokens = 1000,
		               .text_bytes = 500, .texts_open = 10, .tokens_open = 1000 };
	time_left_update(&t, &w, &of_ovhcloud, 11);
	assert_true(t.seconds < 0);
	/* with a rate it can be said before the first reply: one request at one a minute */
	w.requests_per_minute = 1;
	time_left_update(&t, &w, &of_ovhcloud, 12);
	assert_true(t.seconds > 40 && t.seconds < 70);
	assert_true(t.at_the_rate);
}

/* Nothing has to be embedded: as fast as files are read. */
static void reading_alone(void **state)
{
	(void)state;
	struct time_left t = { 0 };
	struct work w = { .bytes_to_do = 100000, .bytes_read = 1 };
	time_left_update(&t, &w, &of_ovhcloud, 50);
	assert_true(t.seconds < 0);
	w.bytes_read = 25000;
	time_left_update(&t, &w, &of_ovhcloud, 60);
	assert_true(fabs(t.seconds - 30) < 0.01);
	w.bytes_read = 120000; /* files grew since they were listed */
	time_left_update(&t, &w, &of_ovhcloud, 70);
	assert_true(t.seconds == 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_day_at_two_requests_a_minute),
		cmocka_unit_test(a_day_with_refusals),
		cmocka_unit_test(a_day_at_a_rate_that_nobody_told),
		cmocka_unit_test(requests_of_few_long_texts),
		cmocka_unit_test(a_slow_server_with_a_high_rate),
		cmocka_unit_test(no_rate_at_all),
		cmocka_unit_test(nothing_is_said_before_something_is_known),
		cmocka_unit_test(reading_alone),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
