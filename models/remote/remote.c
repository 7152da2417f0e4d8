#include "models/remote/remote.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "models/remote/drive.h"
#include "models/remote/remote_state.h"

enum {
	DEFAULT_PATIENCE_MS = 300000,
	LONGEST_WAIT_MS = 60000,
	SPECIAL_TOKENS = 2
};

const char *remote_prefix(const struct remote *r, enum embed_kind kind)
{
	return kind == EMBED_QUERY ? r->known->query_prefix : r->known->passage_prefix;
}

/* ---- tokens ---- */

/* Where the model's tokeniser is not at hand: rather too many than too few, and the
 * same for the same text at all times, since chunks are cut by it. About one token
 * for four letters of ASCII, two digits, a mark, two letters of other alphabets,
 * or one sign of the scripts above U+0800. */
static size_t estimate_tokens(struct span text)
{
	size_t twelfths = 0;
	bool in_word = false;
	for (size_t at = 0; at < text.len;) {
		uint32_t code;
		at += utf8_decode(text.p + at, text.len - at, &code);
		bool letter = (code | 32) >= 'a' && (code | 32) <= 'z';
		if (letter)
			twelfths += in_word ? 3 : 6;
		else if (code >= '0' && code <= '9')
			twelfths += 6;
		else if (code >= 0x80)
			twelfths += code < 0x800 ? 6 : 12;
		else if (code > ' ')
			twelfths += 12;
		in_word = letter;
	}
	return (twelfths + 11) / 12;
}

static size_t remote_count_tokens(const void *self, struct span text)
{
	const struct remote *r = self;
	return r->tokenizer ? tokenizer_encode(r->tokenizer, text, NULL, 0) : estimate_tokens(text);
}

static struct embed_pieces remote_pieces(const void *self, struct span text)
{
	const struct remote *r = self;
	struct embed_pieces p = { 0 };
	if (r->tokenizer)
		p.n = tokenizer_count(r->tokenizer, text, &p.n_unknown);
	return p;
}

/* ---- work ---- */

static int take_batch(struct remote *r, struct embed_batch *batch, struct err *err)
{
	if (!r->stopped && drive_start(r, &r->why) < 0)
		r->stopped = true;
	if (r->stopped) {
		*err = r->why;
		return -1;
	}
	batch->dim = r->limits.dim;
	batch->vectors = NULL;
	batch->failures = NULL;
	batch->unsent = NULL;
	batch->tokens = 0;
	if (r->n_jobs == 0) {
		r->progress_ms = clock_ms();
		r->stuck = 0;
	}
	struct job *job = mem_zalloc(1, sizeof *job);
	job->batch = batch;
	job->n_left = batch->n;
	r->n_jobs++;
	unit_push(&r->ready, unit_whole(job));
	drive_wake(r);
	return 0;
}

static int remote_submit(void *self, struct embed_batch *batch, struct err *err)
{
	struct remote *r = self;
	pthread_mutex_lock(&r->mutex);
	int rc = take_batch(r, batch, err);
	pthread_mutex_unlock(&r->mutex);
	return rc;
}

static struct embed_batch *take_done(struct remote *r)
{
	struct job *job = r->done;
	struct embed_batch *batch = job->batch;
	r->done = job->next;
	free(job);
	return batch;
}

/* 1, -1, 0: there will be none; 2: not yet. */
static int look_for_done(struct remote *r, struct embed_batch **batch, struct err *err)
{
	if (r->draining && !r->flying)
		outcome_end_drain(r);
	if (r->done) {
		*batch = take_done(r);
		return 1;
	}
	if (r->stopped) {
		*err = r->why;
		return -1;
	}
	return r->n_jobs == 0 || (r->draining && !r->flying) ? 0 : 2;
}

static int remote_collect(void *self, int timeout_ms, struct embed_batch **batch, struct err *err)
{
	struct remote *r = self;
	int64_t end_ms = clock_ms() + timeout_ms;
	int rc;
	pthread_mutex_lock(&r->mutex);
	while ((rc = look_for_done(r, batch, err)) == 2) {
		int64_t left_ms = timeout_ms < 0 ? LONGEST_WAIT_MS : end_ms - clock_ms();
		if (left_ms <= 0)
			break;
		drive_await(r, (int)left_ms);
	}
	r->e->limits = r->limits; /* the caller reads them without the mutex */
	pthread_mutex_unlock(&r->mutex);
	return rc == 2 ? 0 : rc;
}

static void remote_drain(void *self)
{
	struct remote *r = self;
	pthread_mutex_lock(&r->mutex);
	r->draining = true;
	drive_wake(r);
	pthread_mutex_unlock(&r->mutex);
}

static void remote_traffic(const void *self, struct embed_traffic *t)
{
	struct remote *r = (struct remote *)self; /* its mutex changes */
	pthread_mutex_lock(&r->mutex);
	*t = (struct embed_traffic){
		.requests = r->n_answered,
		.requests_per_minute = pacer_per_minute(&r->pacer),
		.rate_learned = pacer_has_learned(&r->pacer),
		.pause_ms = pacer_pause_ms(&r->pacer, clock_ms()),
		.protocol = r->protocol,
	};
	pthread_mutex_unlock(&r->mutex);
}

/* ---- life ---- */

/* Batches of jobs that are not done stay the caller's. */
static void free_unit_and_job(struct unit *u, struct unit_queue *others)
{
	struct job *job = u->job;
	bool last = true;
	for (struct unit *v = others->first; v; v = v->next)
		last = last && v->job != job;
	if (last)
		free(job);
	unit_free(u);
}

static void free_work(struct remote *r)
{
	while (r->flying) {
		struct unit *u = r->flying;
		r->flying = u->next;
		unit_push(&r->ready, u);
	}
	for (struct unit *u; (u = unit_pop(&r->ready));)
		free_unit_and_job(u, &r->ready);
	while (r->done)
		take_done(r);
}

static void remote_close(void *self)
{
	struct remote *r = self;
	drive_end(r);
	free_work(r);
	tokenizer_close(r->tokenizer);
	server_release(&r->server);
	free(r->model);
	free(r->ca_file);
	free(r);
}

static const struct embedder_ops remote_ops = {
	.submit = remote_submit, .collect = remote_collect, .count_tokens = remote_count_tokens,
	.pieces = remote_pieces, .close = remote_close, .drain = remote_drain, .traffic = remote_traffic,
};

static void set_limits(struct remote *r, const struct model_options *opt)
{
	const struct provider *row = r->server.provider;
	size_t prefix = strlen(r->known->query_prefix) > strlen(r->known->passage_prefix)
	                    ? strlen(r->known->query_prefix)
	                    : strlen(r->known->passage_prefix);
	r->batch_tokens = row->max_batch_tokens;
	size_t used = SPECIAL_TOKENS + (prefix + 2) / 3;
	r->limits = (struct embed_limits){
		.max_text_tokens = r->known->max_text_tokens - used,
		.max_batch_texts = row->max_batch_texts,
		.max_batch_tokens = r->batch_tokens,
		.max_batch_bytes = row->max_batch_bytes,
		.max_in_flight = opt->max_in_flight ? opt->max_in_flight : row->max_in_flight,
		.exact_tokens = r->tokenizer != NULL,
	};
	r->e->limits = r->limits;
}

static void set_pace(struct remote *r, const struct model_options *opt)
{
	const struct provider *row = r->server.provider;
	double rate = r->server.key ? row->requests_per_minute : row->requests_per_minute_anonymous;
	/* a row's rate is that of its own server */
	if (r->server.is_other)
		rate = 0;
	if (opt->requests_per_minute > 0)
		rate = opt->requests_per_minute;
	r->e->requests_per_minute = rate;
	pacer_init(&r->pacer, rate, r->limits.max_in_flight, (uint64_t)clock_unix_ns(), clock_ms());
}

static void set_network(struct remote *r, const struct model_options *opt)
{
	r->ca_file = opt->ca_file ? mem_strdup(opt->ca_file) : NULL;
	r->patience_ms = opt->patience_ms > 0 ? opt->patience_ms : DEFAULT_PATIENCE_MS;
	r->http_options = (struct http_options){
		.ca_file = r->ca_file,
		.connect_timeout_ms = opt->connect_timeout_ms,
		.first_byte_timeout_ms = opt->first_byte_timeout_ms,
		.total_timeout_ms = opt->total_timeout_ms > 0 ? opt->total_timeout_ms
		                                              : r->server.provider->total_timeout_ms,
		.header = r->server.provider->header,
	};
}

static int open_parts(struct remote *r, const char *model, const char *tokenizer_path,
                      const struct model_options *opt, struct err *err)
{
	if (!*model)
		return err_set(err, ERR_USAGE, "no model behind the provider; write it as 'provider/model'");
	if (server_find(&r->server, r->server.provider, "/embeddings", opt, err) < 0)
		return -1;
	memcpy(r->e->host, r->server.host, sizeof r->e->host);
	if (tokenizer_path && r->known->xlmr_tokenizer) {
		r->tokenizer = tokenizer_open(tokenizer_path, err);
		if (!r->tokenizer)
			return -1;
	}
	set_limits(r, opt);
	set_network(r, opt);
	set_pace(r, opt);
	if (server_has_known_prices(&r->server))
		r->e->price_per_million = r->known->price_per_million;
	return 0;
}

struct embedder *remote_open(const char *provider, const char *model, const char *tokenizer_path,
                             const struct model_options *opt, struct err *err)
{
	const struct provider *row = provider_find(provider);
	if (!row && (!opt->base_url || *provider)) {
		err_set(err, ERR_USAGE, "no provider '%s'; there are %s, or any server with --base-url",
		        provider, provider_names());
		return NULL;
	}
	struct remote *r = mem_zalloc(1, sizeof *r);
	drive_init(r);
	r->e = mem_zalloc(1, sizeof *r->e);
	r->e->ops = &remote_ops;
	r->e->self = r;
	r->server.provider = row ? row : provider_generic();
	r->known = provider_model(model);
	r->model = mem_strdup(model);
	snprintf(r->e->model, sizeof r->e->model, "%s%s%s", provider, *provider ? "/" : "", model);
	if (open_parts(r, model, tokenizer_path, opt, err) < 0) {
		struct embedder *e = r->e;
		remote_close(r);
		free(e);
		return NULL;
	}
	return r->e;
}
