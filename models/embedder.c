#include "models/embedder.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

void embed_batch_release(struct embed_batch *batch)
{
	if (!batch)
		return;
	if (batch->failures)
		for (size_t i = 0; i < batch->n; i++)
			free(batch->failures[i]);
	free(batch->failures);
	free(batch->vectors);
	free(batch->unsent);
	batch->failures = NULL;
	batch->vectors = NULL;
	batch->unsent = NULL;
}

int embedder_submit(struct embedder *e, struct embed_batch *batch, struct err *err)
{
	return e->ops->submit(e->self, batch, err);
}

int embedder_collect(struct embedder *e, int timeout_ms, struct embed_batch **batch,
                     struct err *err)
{
	*batch = NULL;
	return e->ops->collect(e->self, timeout_ms, batch, err);
}

void embedder_drain(struct embedder *e)
{
	e->ops->drain(e->self);
}

size_t embedder_count_tokens(const struct embedder *e, struct span text)
{
	return e->ops->count_tokens(e->self, text);
}

struct embed_pieces embedder_pieces(const struct embedder *e, struct span text)
{
	return e->ops->pieces ? e->ops->pieces(e->self, text) : (struct embed_pieces){ 0 };
}

struct embed_traffic embedder_traffic(const struct embedder *e)
{
	struct embed_traffic t = { 0 };
	if (e->ops->traffic)
		e->ops->traffic(e->self, &t);
	return t;
}

uint64_t embed_own_tokens(const struct embed_limits *limits, uint64_t counted)
{
	double ratio = limits->token_ratio;
	return ratio > 0 ? (uint64_t)((double)counted * ratio + 0.5) : counted;
}

uint64_t embedder_own_tokens(const struct embedder *e, uint64_t counted)
{
	return embed_own_tokens(&e->limits, counted);
}

/* Batches that an embedder dropped when it gave up: it may look at them until
 * close(), so they are kept until then. */
struct embedder_dropped {
	struct embedder_dropped *next;
	struct embed_batch *batches;
	size_t n;
};

static void free_batches(struct embed_batch *batches, size_t n)
{
	for (size_t i = 0; i < n; i++)
		embed_batch_release(&batches[i]);
	free(batches);
}

void embedder_close(struct embedder *e)
{
	if (!e)
		return;
	e->ops->close(e->self);
	while (e->dropped) {
		struct embedder_dropped *d = e->dropped;
		e->dropped = d->next;
		free_batches(d->batches, d->n);
		free(d);
	}
	free(e);
}

/* The texts that fit one batch, from `first` on: at least one. */
static size_t fit_batch(const struct embedder *e, const struct span *texts, size_t n)
{
	const struct embed_limits *l = &e->limits;
	size_t taken = 0, tokens = 0, bytes = 0;
	while (taken < n && (!l->max_batch_texts || taken < l->max_batch_texts)) {
		size_t t = l->max_batch_tokens ? embedder_count_tokens(e, texts[taken]) : 0;
		size_t b = texts[taken].len;
		if (taken && l->max_batch_tokens && tokens + t > l->max_batch_tokens)
			break;
		if (taken && l->max_batch_bytes && bytes + b > l->max_batch_bytes)
			break;
		tokens += t;
		bytes += b;
		taken++;
	}
	return taken;
}

/* One call of embedder_embed. */
struct embed_run {
	struct embedder *e;
	enum embed_kind kind;
	const struct span *texts;
	size_t n, submitted; /* texts */
	struct embed_batch *batches; /* [n]: never moves, since the embedder points into it */
	size_t n_batches, in_flight;
	float *out; /* [n, dim] */
	size_t dim;
	size_t first_bad; /* text with the reason in err; n: none */
};

static int submit_more(struct embed_run *run, struct err *err)
{
	size_t most = run->e->limits.max_in_flight ? run->e->limits.max_in_flight * 2 : 1;
	while (run->submitted < run->n && run->in_flight < most) {
		struct embed_batch *b = &run->batches[run->n_batches];
		*b = (struct embed_batch){ .kind = run->kind, .texts = run->texts + run->submitted };
		b->n = fit_batch(run->e, b->texts, run->n - run->submitted);
		if (embedder_submit(run->e, b, err) < 0)
			return -1;
		run->n_batches++;
		run->in_flight++;
		run->submitted += b->n;
	}
	return 0;
}

static int take_batch(struct embed_run *run, const struct embed_batch *b, struct err *err)
{
	size_t first = (size_t)(b->texts - run->texts);
	for (size_t i = 0; b->failures && i < b->n; i++) {
		if (!b->failures[i] || first + i >= run->first_bad)
			continue;
		run->first_bad = first + i;
		if (run->n == 1)
			err_set(err, ERR_REPLY, "%s", b->failures[i]);
		else
			err_set(err, ERR_REPLY, "text %zu: %s", first + i + 1, b->failures[i]);
	}
	if (run->first_bad < run->n)
		return -1;
	if (!run->out) {
		run->dim = b->dim;
		run->out = mem_floats(run->n * run->dim);
	}
	if (b->dim != run->dim)
		return err_set(err, ERR_REPLY, "vectors of %zu and of %zu dimensions from one model",
		               run->dim, b->dim);
	memcpy(run->out + first * run->dim, b->vectors, b->n * run->dim * sizeof(float));
	return 0;
}

/* After a fault nothing new is submitted, and what is under way is waited for. */
static int run_all(struct embed_run *run, struct err *err)
{
	int rc = submit_more(run, err);
	while (run->in_flight) {
		struct embed_batch *done = NULL;
		int got = embedder_collect(run->e, -1, &done, err);
		if (got < 0)
			return -1;
		if (got == 0)
			return err_set(err, ERR_REPLY, "batches of texts were lost");
		run->in_flight--;
		if (rc == 0 || run->first_bad < run->n)
			rc = take_batch(run, done, err);
		embed_batch_release(done);
		if (rc == 0)
			rc = submit_more(run, err);
	}
	return rc;
}

static void drop_batches(struct embed_run *run)
{
	struct embedder_dropped *d = mem_zalloc(1, sizeof *d);
	*d = (struct embedder_dropped){ run->e->dropped, run->batches, run->n_batches };
	run->e->dropped = d;
}

int embedder_embed(struct embedder *e, enum embed_kind kind, const struct span *texts, size_t n,
                   float **out, struct err *err)
{
	*out = NULL;
	if (n == 0) {
		*out = mem_floats(0);
		return 0;
	}
	struct embed_run run = { .e = e, .kind = kind, .texts = texts, .n = n, .first_bad = n };
	run.batches = mem_zalloc(n, sizeof *run.batches);
	int rc = run_all(&run, err);
	if (run.in_flight)
		drop_batches(&run);
	else
		free_batches(run.batches, run.n_batches);
	if (rc < 0)
		free(run.out);
	else
		*out = run.out;
	return rc;
}
