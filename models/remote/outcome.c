#include "models/remote/remote_state.h"

#include <stdlib.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "models/remote/embeddings_wire.h"
#include "models/remote/refusal.h"

enum {
	SPLIT_TRIES = 3,      /* a request that fails so often is divided */
	TEXT_TRIES = 6,       /* a text alone that fails so often has failed */
	VECTOR_TRIES = 8,     /* and one whose vector is spoilt: that costs the others nothing */
	STALE_TRIES = 4,
	MAX_BACKOFF_STEP = 3,
	LOST_AT_START = 8,    /* texts in a row without one success: it is not the texts */
	LOST_LATER = 200,
	MAX_RETRY_AFTER_MS = 600000,
	/* without any progress, from the first request on: shorter than patience_ms */
	START_CONNECT_MS = 15000,
	START_BROKEN_MS = 30000,
	START_LOADING_MS = 120000, /* 503: a server that loads its model */
	START_RATE_MS = 180000,
	COOLDOWN_MS = 30000,
	MIN_STUCK = 3,
	CONFIRMED = 5         /* replies with a dimension that is not the model's */
};

void outcome_stop(struct remote *r, const struct err *why)
{
	if (r->stopped)
		return;
	r->stopped = true;
	r->why = *why;
}

/* ---- jobs ---- */

static void text_done(struct remote *r, struct job *job, size_t n)
{
	job->n_left -= n;
	if (job->n_left > 0)
		return;
	struct embed_batch *b = job->batch;
	if (!b->vectors && r->limits.dim) {
		b->dim = r->limits.dim;
		b->vectors = mem_zalloc(b->n * b->dim, sizeof(float));
	}
	r->n_jobs--;
	job->next = NULL;
	if (r->done)
		r->done_last->next = job;
	else
		r->done = job;
	r->done_last = job;
}

/* Records the one text of u as failed; frees u. */
static void fail_text(struct remote *r, struct unit *u, const char *words)
{
	struct job *job = u->job;
	struct embed_batch *b = job->batch;
	if (!b->failures)
		b->failures = mem_zalloc(b->n, sizeof *b->failures);
	b->failures[u->at[0]] = mem_strdup(words);
	unit_free(u);
	r->progress_ms = clock_ms();
	r->stuck = 0;
	text_done(r, job, 1);
	if (++r->lost_texts < (r->ever_ok ? LOST_LATER : LOST_AT_START))
		return;
	struct err why;
	err_set(&why, ERR_REPLY, "'%s' fails on every text (%d in a row): %s", r->e->host,
	        r->lost_texts, words);
	outcome_stop(r, &why);
}

void outcome_end_drain(struct remote *r)
{
	struct unit_queue untouched = { 0 };
	struct unit *u;
	while ((u = unit_pop(&r->ready))) {
		struct job *job = u->job;
		struct embed_batch *b = job->batch;
		if (job->n_left == b->n) {
			unit_push(&untouched, u);
			continue;
		}
		if (!b->unsent)
			b->unsent = mem_zalloc(b->n, sizeof *b->unsent);
		for (size_t i = 0; i < u->n; i++)
			b->unsent[u->at[i]] = true;
		text_done(r, job, u->n);
		unit_free(u);
	}
	r->ready = untouched;
}

/* Both halves go before the others, so that a batch is not held up. */
static void split_in_half(struct remote *r, struct unit *u, int tries)
{
	struct unit *rest = unit_split(u, u->n / 2);
	u->tries = rest->tries = tries;
	unit_push_front(&r->ready, rest);
	unit_push_front(&r->ready, u);
}

/* ---- patience ---- */

static void next_step(const struct remote *r, const char *words, char *out, size_t size)
{
	/* a LiteLLM proxy answers 500 to a request without a key */
	if (r->ever_ok)
		snprintf(out, size, "run again later: what is done is kept");
	else if (!r->server.key && strncmp(words, "status", 6) == 0)
		snprintf(out, size, "look at the server's log; if it wants a key, set %s",
		         r->server.provider->key_variable);
	else
		snprintf(out, size, "check that the server runs and that %s is its base URL", r->server.base_url);
}

/* Ends the run when nothing has moved for too long. start_ms bounds it while the
 * server has never answered, later_ms afterwards (0: r->patience_ms). */
static void check_patience(struct remote *r, int start_ms, int later_ms, enum err_code code,
                           const char *words)
{
	int most = r->ever_ok ? later_ms : start_ms;
	if (most == 0 || most > r->patience_ms)
		most = r->patience_ms;
	int64_t since = clock_ms() - r->progress_ms;
	if (++r->stuck < MIN_STUCK || since < most)
		return;
	char step[320];
	struct err why;
	next_step(r, words, step, sizeof step);
	err_set(&why, code, "no progress with '%s' for %d s and %d requests: %s; %s", r->e->host,
	        (int)(since / 1000), r->stuck, words, step);
	outcome_stop(r, &why);
}

/* Again, later; divided when it has failed often; given up when it is one text
 * and others have gone through meanwhile. */
static void again(struct remote *r, struct unit *u, int text_tries, const char *words)
{
	int64_t now_ms = clock_ms();
	if (u->tries++ == 0)
		u->failed_ms = now_ms;
	if (u->n > 1 && u->tries >= SPLIT_TRIES) {
		split_in_half(r, u, SPLIT_TRIES - 2);
		return;
	}
	bool others_go = r->ever_ok && (r->ok_ms >= u->failed_ms || u->tries >= text_tries + 3);
	if (u->n == 1 && u->tries >= text_tries && others_go) {
		fail_text(r, u, words);
		return;
	}
	/* longer waits, of the whole server, are the pacer's */
	int step = u->tries < MAX_BACKOFF_STEP ? u->tries : MAX_BACKOFF_STEP;
	u->not_before_ms = now_ms + pacer_backoff_ms(&r->pacer, step);
	unit_push(&r->ready, u);
}

/* ---- no reply ---- */

static void on_fault(struct remote *r, struct unit *u, const struct http_reply *reply)
{
	int64_t now_ms = clock_ms();
	char words[320];
	snprintf(words, sizeof words, "%s", reply->fault_text);
	struct err why;
	bool final = !r->ever_ok && (reply->fault == HTTP_RESOLVE || reply->fault == HTTP_TLS);
	if (reply->fault == HTTP_STALE && u->stale++ < STALE_TRIES) {
		pacer_dropped(&r->pacer);
		unit_push_front(&r->ready, u);
		return;
	}
	if (final) {
		err_set(&why, ERR_NETWORK, "cannot reach '%s': %s; %s", r->e->host, words,
		        reply->fault == HTTP_TLS
		            ? "a company's own certificate goes into --ca-file or SSL_CERT_FILE"
		            : "check the base URL, or HTTPS_PROXY behind a proxy");
		outcome_stop(r, &why);
	}
	pacer_overloaded(&r->pacer, now_ms, -1);
	if (reply->fault == HTTP_CONNECT || reply->fault == HTTP_RESOLVE || reply->fault == HTTP_TLS) {
		unit_push_front(&r->ready, u); /* it was not sent: no try of the unit's */
		check_patience(r, START_CONNECT_MS, 0, ERR_NETWORK, words);
		return;
	}
	if (reply->fault == HTTP_TIMEOUT && u->n > 1 && u->tries == 0)
		u->tries = 1; /* a smaller one may be quicker */
	again(r, u, TEXT_TRIES, words);
	check_patience(r, START_BROKEN_MS, 0, ERR_NETWORK, words);
}

/* ---- refusals ---- */

static void lower(size_t *limit, size_t to)
{
	if (to >= 1 && to < *limit)
		*limit = to;
}

/* What has been accepted once is no violation of a limit, whatever one reply says. */
static size_t half_but_accepted(size_t refused, size_t accepted)
{
	return refused / 2 > accepted ? refused / 2 : accepted;
}

/* The server's limit in the tokens that texts are measured with here. */
static void set_batch_tokens(struct remote *r)
{
	struct embed_limits *l = &r->limits;
	size_t tokens = (size_t)((double)r->batch_tokens / (l->token_ratio > 0 ? l->token_ratio : 1));
	l->max_batch_tokens = tokens ? tokens : 1;
}

static void learn_limit(struct remote *r, const struct unit *u, const struct refusal *f)
{
	struct embed_limits *l = &r->limits;
	switch (f->kind) {
	case LIMIT_TEXTS:
		lower(&l->max_batch_texts, f->limit && f->limit < u->n
		                               ? f->limit
		                               : half_but_accepted(u->n, r->accepted_texts));
		break;
	case LIMIT_BYTES:
		lower(&l->max_batch_bytes, f->limit && f->limit < u->body.len
		                               ? f->limit
		                               : half_but_accepted(u->body.len, r->accepted_bytes));
		break;
	case LIMIT_BATCH_TOKENS:
		lower(&r->batch_tokens, f->limit ? f->limit : r->batch_tokens / 2);
		set_batch_tokens(r);
		break;
	case LIMIT_TEXT_TOKENS:
		if (f->limit >= 32)
			lower(&l->max_text_tokens, f->limit - 8); /* special tokens and prefix are in it */
		break;
	}
}

static void on_size(struct remote *r, struct unit *u, const struct refusal *f, const char *words)
{
	learn_limit(r, u, f);
	if (u->n > 1 && f->kind == LIMIT_TEXTS && u->n > r->limits.max_batch_texts)
		unit_push_front(&r->ready, u); /* divided as the limit says when it is sent */
	else if (u->n > 1)
		split_in_half(r, u, 0);
	else if (u->body.len <= r->accepted_bytes && f->kind != LIMIT_TEXT_TOKENS)
		again(r, u, TEXT_TRIES, words);
	else
		fail_text(r, u, words);
}

static void stop_for(struct remote *r, const struct refusal *f)
{
	struct err why = { 0 };
	server_refused(&r->server, "embeddings", r->model, f, ERR_NETWORK, &why);
	outcome_stop(r, &why);
}

static int64_t wait_of(const struct http_hints *h)
{
	return h->retry_after_ms >= 0 ? h->retry_after_ms : h->remaining == 0 ? h->reset_ms : -1;
}

static void on_rate(struct remote *r, struct unit *u, const struct http_reply *reply,
                    const struct refusal *f, const char *words)
{
	int64_t wait_ms = wait_of(&reply->hints);
	pacer_refused(&r->pacer, clock_ms(), wait_ms);
	unit_push_front(&r->ready, u);
	struct err why;
	err_set(&why, ERR_NETWORK, "'%s' wants a pause of %d minutes (%s); run again then: what is done "
	                           "is kept", r->e->host, (int)(wait_ms / 60000), words);
	if (wait_ms > MAX_RETRY_AFTER_MS)
		outcome_stop(r, &why);
	/* behind a proxy a wrong key looks like this for ever */
	if (f->verdict == VERDICT_COOLDOWN) {
		char more[520];
		snprintf(more, sizeof more, "%s; the proxy has given up on the server behind it: check that "
		                            "server's key and model in the proxy's log", words);
		check_patience(r, COOLDOWN_MS, COOLDOWN_MS, ERR_NETWORK, more);
	} else {
		check_patience(r, START_RATE_MS, 0, ERR_NETWORK, words);
	}
}

static void on_refusal(struct remote *r, struct unit *u, const struct http_reply *reply)
{
	struct refusal f = refusal_read(reply->status, buf_span(&reply->body));
	char words[400];
	if (f.verdict == VERDICT_URL && reply->location[0])
		snprintf(f.words, sizeof f.words, "it redirects to '%s', where no key is sent",
		         reply->location);
	snprintf(words, sizeof words, "status %d: %s", reply->status, f.words);
	switch (f.verdict) {
	case VERDICT_RATE:
	case VERDICT_COOLDOWN: on_rate(r, u, reply, &f, words); return;
	case VERDICT_WAIT:
		pacer_overloaded(&r->pacer, clock_ms(), wait_of(&reply->hints));
		again(r, u, TEXT_TRIES, words);
		check_patience(r, reply->status == 503 ? START_LOADING_MS : START_BROKEN_MS, 0, ERR_NETWORK,
		               words);
		return;
	case VERDICT_SIZE:
		pacer_dropped(&r->pacer);
		on_size(r, u, &f, words);
		return;
	case VERDICT_TEXT:
		pacer_dropped(&r->pacer);
		if (u->n > 1)
			split_in_half(r, u, 0);
		else
			fail_text(r, u, words);
		return;
	default:
		pacer_dropped(&r->pacer);
		unit_push_front(&r->ready, u);
		stop_for(r, &f);
		return;
	}
}

/* ---- answers ---- */

static void on_bad_answer(struct remote *r, struct unit *u, const char *problem)
{
	char words[400];
	snprintf(words, sizeof words, "the reply is no answer: %s", problem);
	pacer_overloaded(&r->pacer, clock_ms(), -1);
	again(r, u, TEXT_TRIES, words);
	check_patience(r, START_BROKEN_MS, 0, ERR_REPLY, words);
}

/* False when the dimension is doubtful: a known model's first reply has another
 * one, which the next replies must confirm. */
static bool settle_dim(struct remote *r, size_t dim)
{
	if (dim == 0 || r->limits.dim)
		return true;
	if (r->known->dim && r->known->dim != dim) {
		r->n_doubts = r->doubted_dim == dim ? r->n_doubts + 1 : 1;
		r->doubted_dim = dim;
		if (r->n_doubts < CONFIRMED)
			return false;
	}
	r->limits.dim = dim;
	return true;
}

static bool all_of_another_dim(const struct wire_reply *w)
{
	for (size_t i = 0; i < w->n; i++)
		if (w->rows[i] != ROW_DIM)
			return false;
	return true;
}

static void store_rows(struct embed_batch *b, const struct unit *u, const struct wire_reply *w)
{
	if (!b->vectors && w->dim) {
		b->dim = w->dim;
		b->vectors = mem_zalloc(b->n * b->dim, sizeof(float));
	}
	for (size_t i = 0; i < w->n; i++)
		if (w->rows[i] == ROW_OK)
			memcpy(b->vectors + u->at[i] * b->dim, w->vectors + i * w->dim, w->dim * sizeof(float));
}

/* The tokens of an answered request, and what they teach about the estimates. */
static uint64_t count_tokens(struct remote *r, const struct unit *u, const struct wire_reply *w)
{
	uint64_t counted = 0;
	if (r->tokenizer && w->tokens)
		return w->tokens;
	for (size_t i = 0; i < u->n; i++)
		counted += r->e->ops->count_tokens(r, u->job->batch->texts[u->at[i]]);
	if (w->tokens == 0)
		return r->tokenizer ? counted : embed_own_tokens(&r->limits, counted);
	token_ratio_add(&r->ratio, counted, w->tokens);
	r->limits.token_ratio = token_ratio(&r->ratio);
	set_batch_tokens(r);
	return w->tokens;
}

/* The texts whose vectors are spoilt, as a unit of their own. */
static void again_spoilt(struct remote *r, struct unit *u, const struct wire_reply *w)
{
	enum wire_row row = ROW_OK;
	size_t n = 0;
	for (size_t i = 0; i < w->n; i++) {
		if (w->rows[i] == ROW_OK)
			continue;
		row = w->rows[i];
		u->at[n++] = u->at[i];
	}
	if (n == 0) {
		unit_free(u);
		return;
	}
	struct unit *rest = unit_new(u->job, u->at, n);
	rest->tries = u->tries;
	rest->failed_ms = u->failed_ms;
	unit_free(u);
	again(r, rest, VECTOR_TRIES, wire_row_text(row));
	if (w->n_ok == 0)
		check_patience(r, START_BROKEN_MS, 0, ERR_REPLY, wire_row_text(row));
}

static void on_vectors(struct remote *r, struct unit *u, const struct http_reply *reply,
                       const struct wire_reply *w)
{
	int64_t now_ms = clock_ms();
	struct job *job = u->job;
	r->n_answered++;
	store_rows(job->batch, u, w);
	job->batch->tokens += count_tokens(r, u, w);
	pacer_ok(&r->pacer, now_ms, reply->latency_ms, reply->hints.remaining, reply->hints.reset_ms);
	if (w->n_ok > 0) {
		r->ever_ok = true;
		r->ok_ms = r->progress_ms = now_ms;
		r->stuck = r->lost_texts = 0;
		r->accepted_texts = u->n > r->accepted_texts ? u->n : r->accepted_texts;
		r->accepted_bytes = u->body.len > r->accepted_bytes ? u->body.len : r->accepted_bytes;
	}
	again_spoilt(r, u, w);
	if (w->n_ok > 0)
		text_done(r, job, w->n_ok);
}

static void on_answer(struct remote *r, struct unit *u, const struct http_reply *reply)
{
	struct wire_reply w;
	struct err why = { 0 };
	bool in_band;
	char problem[128];
	if (wire_parse(&w, buf_span(&reply->body), u->n, r->limits.dim, &in_band, &why) < 0) {
		if (in_band)
			on_refusal(r, u, reply);
		else
			on_bad_answer(r, u, why.text);
		return;
	}
	if (all_of_another_dim(&w) || !settle_dim(r, w.dim)) {
		snprintf(problem, sizeof problem, "its vectors have not the %zu dimensions of the model",
		         r->limits.dim ? r->limits.dim : r->known->dim);
		on_bad_answer(r, u, problem);
	} else {
		on_vectors(r, u, reply, &w);
	}
	wire_reply_release(&w);
}

void outcome_take(struct remote *r, struct http_reply *reply)
{
	struct unit *u = reply->user, **at = &r->flying;
	while (*at != u)
		at = &(*at)->next;
	*at = u->next;
	if (reply->protocol)
		r->protocol = reply->protocol;
	if (reply->fault != HTTP_OK)
		on_fault(r, u, reply);
	else if (reply->status >= 200 && reply->status < 300)
		on_answer(r, u, reply);
	else
		on_refusal(r, u, reply);
}
