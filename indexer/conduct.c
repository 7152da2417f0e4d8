#include "indexer/conduct.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/mem.h"
#include "indexer/admit.h"
#include "indexer/vision.h"

/* Replies that are under way take this much, a number in them about 16 bytes: its
 * digits and a float. */
static const size_t max_replies = 32 << 20;
enum { BYTES_PER_NUMBER = 16 };
/* A batch that is not full leaves after this long, if there is nothing else to do. */
enum { PATIENCE_MS = 200, TICK_MS = 100, GRACE_MS = 1500 };
/* A transaction lasts while replies come one upon the other, at most so long: the
 * full text is written and merged once for many batches. In a lull of LULL_MS what
 * has arrived is committed at once. */
enum { COMMIT_MS = 250, LULL_MS = 2 };

struct open_batch {
	struct embed_batch batch; /* first: the embedder gives this pointer back */
	struct wanted **items;
	uint64_t tokens; /* as the chunker counted them */
	struct span *texts;
	char *bytes;
	struct open_batch *prev, *next;
};

/* --- transactions: open only while there is something to write ---------------- */

int conduct_write(struct conductor *c, struct err *err)
{
	if (c->in_transaction)
		return 0;
	if (store_begin(c->store, err) < 0)
		return -1;
	c->in_transaction = true;
	c->begun_ms = clock_ms();
	return 0;
}

static int commit(struct conductor *c, struct err *err)
{
	if (!c->in_transaction)
		return 0;
	c->in_transaction = false;
	if (admit_write_whole(c, err) == 0)
		return store_commit(c->store, err);
	store_rollback(c->store);
	return -1;
}

/* --- batches -------------------------------------------------------------------- */

static void drop_batch(struct conductor *c, struct open_batch *b)
{
	if (b->prev)
		b->prev->next = b->next;
	else
		c->batches = b->next;
	if (b->next)
		b->next->prev = b->prev;
	c->n_batches--;
	c->tokens_in_flight -= b->tokens;
	embed_batch_release(&b->batch);
	free(b->items);
	free(b->texts);
	free(b->bytes);
	free(b);
}

static struct open_batch *make_batch(struct conductor *c)
{
	const struct embed_limits *limits = &c->embedder->limits;
	struct open_batch *b = mem_zalloc(1, sizeof *b);
	b->items = mem_alloc(limits->max_batch_texts, sizeof *b->items);
	size_t n = wanted_take(&c->wanted, limits, b->items);
	b->texts = mem_zalloc(n, sizeof *b->texts);
	struct buf bytes = buf_new(SIZE_MAX / 2);
	for (size_t i = 0; i < n; i++) {
		const struct waiter *w = &b->items[i]->waiters[0];
		size_t before = bytes.len;
		chunk_embedded_text(&w->doc->file->doc, &w->doc->file->chunks.items[w->chunk], &bytes);
		b->texts[i].len = bytes.len - before;
		b->tokens += b->items[i]->n_tokens;
	}
	b->bytes = buf_take(&bytes, NULL);
	const char *at = b->bytes;
	for (size_t i = 0; i < n; i++) {
		b->texts[i].p = at;
		at += b->texts[i].len;
	}
	b->batch = (struct embed_batch){ .kind = EMBED_PASSAGE, .n = n, .texts = b->texts };
	b->next = c->batches;
	if (b->next)
		b->next->prev = b;
	c->batches = b;
	c->n_batches++;
	c->tokens_in_flight += b->tokens;
	return b;
}

/* Batches that wait behind those in flight keep an encoder or a connection from
 * idling while results are written; but large batches of long vectors are fewer. */
static size_t batches_wanted(const struct conductor *c)
{
	const struct embed_limits *limits = &c->embedder->limits;
	size_t n = limits->max_in_flight;
	size_t numbers = limits->max_batch_texts * (limits->dim ? limits->dim : 1024);
	size_t fit = max_replies / (numbers * BYTES_PER_NUMBER) + 1;
	n += n < 16 ? n : 16;
	return n < fit ? n : fit;
}

static bool should_send(struct conductor *c)
{
	if (c->wanted.n_queued == 0 || c->n_batches >= batches_wanted(c) || c->tokens_are_spent)
		return false;
	if (wanted_fills(&c->wanted, &c->embedder->limits) || queue_is_over(c->prepared) ||
	    admit_is_full(c))
		return true;
	if (c->n_batches > 0)
		return false;
	int64_t now = clock_ms();
	if (!c->waiting_since_ms)
		c->waiting_since_ms = now;
	return now - c->waiting_since_ms >= PATIENCE_MS;
}

static int send_batches(struct conductor *c, struct err *err)
{
	while (c->held || should_send(c)) {
		c->waiting_since_ms = 0;
		struct open_batch *b = c->held ? c->held : make_batch(c);
		c->held = NULL;
		uint64_t most = c->opt->max_tokens;
		/* only this thread changes the tally's tokens */
		uint64_t in_flight = embedder_own_tokens(c->embedder, c->tokens_in_flight);
		bool too_much = most && c->tally->p.tokens_embedded + in_flight +
		                        vision_tokens_taken(c->vision) > most;
		if (too_much && c->n_batches > 1) { /* the others' replies tell what they really took */
			c->held = b;
			return 0;
		}
		if (too_much) {
			c->tokens_are_spent = true;
			drop_batch(c, b);
			return 0;
		}
		if (embedder_submit(c->embedder, &b->batch, err) < 0)
			return -1;
	}
	return 0;
}

static int settle(struct conductor *c, struct wanted *w, int64_t vector_id, const char *failure,
                  struct err *err)
{
	for (size_t i = 0; i < w->n_waiters; i++)
		if (admit_vector(c, w->waiters[i], vector_id, failure, err) < 0)
			return -1;
	return 0;
}

static int check_dimension(struct conductor *c, size_t dim, struct err *err)
{
	struct store_model model;
	if (store_model(c->store, &model, err) < 0)
		return -1;
	if (model.dim == dim)
		return 0;
	if (model.dim != 0)
		return err_set(err, ERR_MODEL,
		               "the vectors of '%s' have %zu dimensions now, but the index has %zu; use "
		               "another --db, or the server that made it",
		               model.name, dim, model.dim);
	model.dim = dim;
	return store_set_model(c->store, &model, err);
}

static int write_batch(struct conductor *c, struct open_batch *b, struct err *err)
{
	struct embed_batch *e = &b->batch;
	size_t n_failed = 0, n_unsent = 0;
	if (conduct_write(c, err) < 0)
		return -1;
	for (size_t i = 0; i < e->n; i++) {
		const char *failure = e->failures ? e->failures[i] : NULL;
		int64_t id = 0;
		if (e->unsent && e->unsent[i]) {
			n_unsent++;
			continue; /* the next run's */
		}
		if (failure) {
			n_failed++;
		} else {
			if (check_dimension(c, e->dim, err) < 0)
				return -1;
			id = store_vector_put(c->store, &b->items[i]->key, e->vectors + i * e->dim, err);
			if (id < 0)
				return -1;
		}
		if (settle(c, b->items[i], id, failure, err) < 0)
			return -1;
		wanted_remove(&c->wanted, b->items[i]);
	}
	tally_add(c->tally, &c->tally->p.chunks_embedded, e->n - n_failed - n_unsent);
	tally_add(c->tally, &c->tally->p.chunks_failed, n_failed);
	tally_add(c->tally, &c->tally->p.tokens_embedded, e->tokens);
	drop_batch(c, b);
	return 0;
}

/* Writes one batch that is done. 1, 0: none came in time, -1. */
static int receive(struct conductor *c, int timeout_ms, struct err *err)
{
	struct embed_batch *batch;
	int rc = embedder_collect(c->embedder, timeout_ms, &batch, err);
	return rc <= 0 ? rc : write_batch(c, (struct open_batch *)batch, err) < 0 ? -1 : 1;
}

/* --- descriptions: committed as they arrive, since each is a request of seconds -------------- */

static int write_descriptions(struct conductor *c, struct err *err)
{
	size_t n = vision_arrived(c->vision);
	if (n == 0)
		return 0;
	if (conduct_write(c, err) < 0 || vision_write(c->vision, c->store, n, err) < 0 || commit(c, err) < 0)
		return -1;
	vision_forget(c->vision, n);
	return 0;
}

static int look_at_vision(struct conductor *c, struct err *err)
{
	if (vision_is_spent(c->vision))
		c->tokens_are_spent = true;
	return vision_failed(c->vision, err) < 0 ? -1 : write_descriptions(c, err);
}

/* --- the loop --------------------------------------------------------------------- */

static void tell_time_left(struct conductor *c, struct index_progress *p)
{
	struct embed_traffic traffic = embedder_traffic(c->embedder);
	c->work.bytes_to_do = p->bytes_to_do;
	c->work.texts_open = c->wanted.n;
	c->work.tokens_open = c->wanted.queued_tokens + c->tokens_in_flight;
	c->work.requests = traffic.requests;
	c->work.requests_per_minute = traffic.requests_per_minute;
	time_left_update(&c->left, &c->work, &c->embedder->limits, p->seconds);
	p->seconds_left = p->all_found ? c->left.seconds : -1;
	p->requests_per_minute = c->left.at_the_rate ? traffic.requests_per_minute : 0;
	p->rate_learned = traffic.rate_learned;
	p->pause_seconds = (double)traffic.pause_ms / 1000;
	if (p->seconds_left >= 0 && p->seconds_left < p->pause_seconds)
		p->seconds_left = p->pause_seconds;
}

static void tell(struct conductor *c, bool now)
{
	int64_t ms = clock_ms();
	if (!c->opt->progress || (!now && ms - c->progress_ms < TICK_MS))
		return;
	c->progress_ms = ms;
	struct index_progress p = tally_now(c->tally);
	p.seconds = clock_seconds() - c->begin;
	tell_time_left(c, &p);
	c->opt->progress(c->opt->ctx, &p);
}

/* Waits on whichever side has to move. 1: a batch was written, 0, -1. */
static int wait_for_something(struct conductor *c, int most_ms, struct err *err)
{
	if (c->n_batches == 0)
		return admit_waiting(c, queue_is_over(c->prepared) ? 0 : most_ms < 20 ? most_ms : 20, err);
	bool could_send_more = c->n_batches < batches_wanted(c) && !queue_is_over(c->prepared);
	int wait_ms = could_send_more ? 5 : TICK_MS;
	return receive(c, wait_ms < most_ms ? wait_ms : most_ms, err);
}

/* Never a transaction open while waiting long for somebody else. */
static int wait_or_commit(struct conductor *c, struct err *err)
{
	if (c->in_transaction && clock_ms() - c->begun_ms < COMMIT_MS) {
		int rc = wait_for_something(c, LULL_MS, err);
		if (rc != 0)
			return rc;
	}
	return commit(c, err) < 0 ? -1 : wait_for_something(c, TICK_MS, err);
}

/* What was paid for is kept, unless it is the writing that failed: then half of a
 * document may be in the transaction. */
static void give_up(struct conductor *c, const struct err *err)
{
	if (err->code != ERR_STORE && err->code != ERR_BUSY) {
		commit(c, NULL);
		return;
	}
	store_rollback(c->store);
	c->in_transaction = false;
}

/* Nothing more leaves; what is under way has GRACE_MS to come. */
static int end_early(struct conductor *c, struct err *err)
{
	int64_t until = clock_ms() + GRACE_MS, left = GRACE_MS;
	int rc = 1;
	embedder_drain(c->embedder);
	vision_end(c->vision);
	for (; rc > 0 && left > 0; left = until - clock_ms())
		rc = receive(c, (int)left, err);
	for (; rc == 0 && left > 0 && vision_is_asking(c->vision); left = until - clock_ms())
		clock_sleep_ms(10);
	if (rc < 0) {
		give_up(c, err);
		return -1;
	}
	if (commit(c, err) < 0)
		return -1;
	return err_set(err, ERR_INTERRUPTED,
	               "stopped; what is done is kept, and the same command goes on from here");
}

static int step(struct conductor *c, struct err *err)
{
	if (look_at_vision(c, err) < 0)
		return -1;
	/* one batch at a time, so that new ones leave before the next is written */
	if (admit_waiting(c, 0, err) < 0 || send_batches(c, err) < 0 || wait_or_commit(c, err) < 0)
		return -1;
	tell(c, false);
	return 0;
}

static int stop_spent(struct conductor *c, struct err *err)
{
	if (commit(c, err) < 0)
		return -1;
	tell(c, true);
	return err_set(err, ERR_LIMIT,
	               "stopped before more than %llu tokens; what is done is kept, and the same "
	               "command goes on from here",
	               (unsigned long long)c->opt->max_tokens);
}

int conduct(struct conductor *c, struct err *err)
{
	while (c->n_batches > 0 || c->wanted.n_queued > 0 || !queue_is_over(c->prepared)) {
		if (c->opt->interrupted && c->opt->interrupted(c->opt->ctx))
			return end_early(c, err);
		if (c->tokens_are_spent)
			vision_end(c->vision);
		if (c->tokens_are_spent && c->n_batches == 0 && !vision_is_asking(c->vision))
			return stop_spent(c, err);
		if (step(c, err) < 0) {
			give_up(c, err);
			return -1;
		}
	}
	/* the last of its threads may have ended for a reason */
	if (look_at_vision(c, err) < 0) {
		give_up(c, err);
		return -1;
	}
	if (c->tokens_are_spent)
		return stop_spent(c, err);
	if (commit(c, err) < 0)
		return -1;
	tell(c, true);
	return 0;
}

void conductor_release(struct conductor *c)
{
	while (c->batches)
		drop_batch(c, c->batches);
	admit_release(c);
	wanted_free(&c->wanted);
	free(c->moved);
}
