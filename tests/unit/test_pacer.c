/* Pacing against a simulated clock and a simulated server. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "models/remote/pacer.h"

enum { MAX_REQUESTS = 20000 };

/* A server that lets `limit` requests through in any `window_ms`, and answers after
 * latency_ms; retry says whether it tells when to come again. */
struct server {
	int limit, window_ms, latency_ms, at_once;
	bool retry;
	int64_t let_through[MAX_REQUESTS];
	int n_let_through;
	/* replies under way, in order of time */
	struct {
		int64_t at_ms, sent_ms, retry_after_ms;
		bool ok;
	} replies[MAX_REQUESTS];
	int n_replies, n_taken;
	int refused;
};

static void receive(struct server *s, int64_t now_ms)
{
	int64_t retry_ms = -1;
	int first = s->n_let_through - s->limit;
	bool ok = s->limit == 0 || first < 0 || now_ms - s->let_through[first] >= s->window_ms;
	if (ok)
		s->let_through[s->n_let_through++] = now_ms;
	else if (s->retry)
		retry_ms = (s->window_ms - (now_ms - s->let_through[first]) + 999) / 1000 * 1000;
	s->refused += !ok;
	s->replies[s->n_replies].at_ms = now_ms + (ok ? s->latency_ms : 1);
	s->replies[s->n_replies].sent_ms = now_ms;
	s->replies[s->n_replies].retry_after_ms = retry_ms;
	s->replies[s->n_replies++].ok = ok;
}

static int64_t next_reply(const struct server *s, int *which)
{
	int64_t best = INT64_MAX;
	for (int i = s->n_taken; i < s->n_replies; i++)
		if (s->replies[i].at_ms >= 0 && s->replies[i].at_ms < best) {
			best = s->replies[i].at_ms;
			*which = i;
		}
	return best;
}

/* Sends until n requests have been answered; returns when that was. */
static int64_t play(struct server *s, struct pacer *p, int n, int64_t now_ms)
{
	int answered = 0, open = 0;
	while (answered < n) {
		int64_t wait = answered + open < n ? pacer_wait_ms(p, now_ms) : INT64_MAX;
		if (wait == 0) {
			pacer_sent(p, now_ms);
			receive(s, now_ms);
			open++;
			s->at_once = open > s->at_once ? open : s->at_once;
			continue;
		}
		int which = 0;
		int64_t reply_ms = next_reply(s, &which);
		int64_t sent_ms = wait == INT64_MAX ? INT64_MAX : now_ms + wait;
		assert_false(reply_ms == INT64_MAX && sent_ms == INT64_MAX); /* nothing would ever happen */
		now_ms = reply_ms < sent_ms ? reply_ms : sent_ms;
		if (reply_ms > sent_ms)
			continue;
		open--;
		answered += s->replies[which].ok;
		if (s->replies[which].ok)
			pacer_ok(p, now_ms, now_ms - s->replies[which].sent_ms, -1, -1);
		else
			pacer_refused(p, now_ms, s->replies[which].retry_after_ms);
		s->replies[which].at_ms = -1;
		while (s->n_taken < s->n_replies && s->replies[s->n_taken].at_ms < 0)
			s->n_taken++;
	}
	return now_ms;
}

static struct server server;

static void a_known_rate_is_used_to_the_full(void **state)
{
	(void)state;
	server = (struct server){ .limit = 400, .window_ms = 60000, .latency_ms = 150, .retry = true };
	struct pacer p;
	pacer_init(&p, 400, 16, 1, 0);
	int64_t took = play(&server, &p, 2000, 0);
	assert_int_equal(server.refused, 0);
	assert_in_range(took, 285000, 315000); /* ideal: 300 s, or 240 s and a burst */
}

static void two_a_minute(void **state)
{
	(void)state;
	server = (struct server){ .limit = 2, .window_ms = 60000, .latency_ms = 500 };
	struct pacer p;
	pacer_init(&p, 2, 16, 1, 0);
	int64_t took = play(&server, &p, 100, 0);
	assert_int_equal(server.refused, 0);
	assert_in_range(took, 49 * 60000, 52 * 60000);
}

static void an_unknown_rate_is_learned(void **state)
{
	(void)state;
	for (int retry = 0; retry < 2; retry++) {
		server = (struct server){ .limit = 100, .window_ms = 60000, .latency_ms = 100,
			                      .retry = retry };
		struct pacer p;
		pacer_init(&p, 0, 16, 1, 0);
		int64_t took = play(&server, &p, 1000, 0);
		/* ideal: 9 windows */
		assert_in_range(took, 9 * 60000, 13 * 60000);
		assert_in_range(server.refused, 1, 60);
	}
}

static void a_lower_rate_than_told_is_learned(void **state)
{
	(void)state;
	server = (struct server){ .limit = 100, .window_ms = 60000, .latency_ms = 100, .retry = true };
	struct pacer p;
	pacer_init(&p, 400, 16, 1, 0);
	int64_t took = play(&server, &p, 1000, 0);
	assert_in_range(took, 9 * 60000, 13 * 60000);
	assert_in_range(server.refused, 1, 60);
}

static void concurrency_grows_and_shrinks(void **state)
{
	(void)state;
	server = (struct server){ .latency_ms = 50 };
	struct pacer p;
	pacer_init(&p, 0, 16, 1, 0);
	int64_t now_ms = play(&server, &p, 500, 0);
	assert_int_equal(server.at_once, 16);
	double before = p.window;
	pacer_sent(&p, now_ms);
	pacer_overloaded(&p, now_ms, -1);
	assert_true(p.window < before * 0.6);
	pacer_sent(&p, now_ms);
	pacer_overloaded(&p, now_ms + 1, -1); /* the same event */
	assert_true(p.window > before * 0.4);
}

static void a_growing_queue_is_noticed(void **state)
{
	(void)state;
	struct pacer p;
	pacer_init(&p, 0, 16, 1, 0);
	int64_t now_ms = 0;
	for (int i = 0; i < 200; i++, now_ms += 20) {
		pacer_sent(&p, now_ms);
		pacer_ok(&p, now_ms + 10, 100, -1, -1);
	}
	assert_true(p.window > 15);
	for (int i = 0; i < 100; i++, now_ms += 200) {
		pacer_sent(&p, now_ms);
		pacer_ok(&p, now_ms + 10, 2000, -1, -1);
	}
	assert_true(p.window < 8);
}

static void waits_are_kept(void **state)
{
	(void)state;
	struct pacer p;
	pacer_init(&p, 0, 4, 1, 1000);
	assert_int_equal(pacer_wait_ms(&p, 1000), 0);
	pacer_sent(&p, 1000);
	pacer_refused(&p, 1100, 5000);
	assert_in_range(pacer_wait_ms(&p, 1100), 5000, 5100);
	assert_int_equal(pacer_wait_ms(&p, 6200), 0);
	pacer_sent(&p, 6200);
	assert_true(pacer_wait_ms(&p, 6200) == INT64_MAX); /* one request asks whether it is over */
	pacer_ok(&p, 6300, 100, -1, -1);
	assert_int_equal(pacer_wait_ms(&p, 6300) == INT64_MAX, 0);
	/* "none remaining, again in 3 s" needs no refusal */
	pacer_init(&p, 0, 4, 1, 0);
	pacer_sent(&p, 0);
	pacer_ok(&p, 10, 10, 0, 3000);
	assert_in_range(pacer_wait_ms(&p, 10), 2900, 3000);
}

static void backoff_is_random_and_bounded(void **state)
{
	(void)state;
	struct pacer p, q;
	pacer_init(&p, 0, 4, 1, 0);
	pacer_init(&q, 0, 4, 2, 0);
	int differ = 0;
	for (int n = 1; n < 100; n++) {
		int64_t a = pacer_backoff_ms(&p, n), b = pacer_backoff_ms(&q, n);
		assert_in_range(a, 1, 60001);
		differ += a != b;
	}
	assert_true(differ > 90);
	for (int i = 0; i < 100; i++)
		assert_in_range(pacer_backoff_ms(&p, 1), 1, 501);
}

static void lost_requests_one_after_another_slow_it_down(void **state)
{
	(void)state;
	struct pacer p;
	pacer_init(&p, 0, 16, 1, 0);
	int64_t now_ms = 0, waited = 0;
	for (int i = 0; i < 12; i++) {
		int64_t wait = pacer_wait_ms(&p, now_ms);
		waited += wait;
		now_ms += wait;
		pacer_sent(&p, now_ms);
		pacer_overloaded(&p, now_ms, -1);
	}
	assert_true(waited > 10000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_known_rate_is_used_to_the_full),
		cmocka_unit_test(two_a_minute),
		cmocka_unit_test(an_unknown_rate_is_learned),
		cmocka_unit_test(a_lower_rate_than_told_is_learned),
		cmocka_unit_test(concurrency_grows_and_shrinks),
		cmocka_unit_test(a_growing_queue_is_noticed),
		cmocka_unit_test(waits_are_kept),
		cmocka_unit_test(backoff_is_random_and_bounded),
		cmocka_unit_test(lost_requests_one_after_another_slow_it_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
