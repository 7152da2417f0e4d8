#include "models/remote/remote.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "models/remote/embeddings_wire.h"
#include "models/remote/remote_state.h"

enum {
	DEFAULT_PATIENCE_MS = 300000,
	MAX_BODY = 64 << 20,
	LONGEST_WAIT_MS = 60000,
	SPECIAL_TOKENS = 2
};

static const char *prefix_of(const struct remote *r, enum embed_kind kind)
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

static struct span *texts_of(const struct unit *u)
{
	struct span *texts = mem_alloc(u->n, sizeof *texts);
	for (size_t i = 0; i < u->n; i++)
		texts[i] = u->job->batch->texts[u->at[i]];
	return texts;
}

static int send_unit(struct remote *r, struct unit *u, struct err *err)
{
	struct span *texts = texts_of(u);
	buf_free(&u->body);
	u->body = buf_new(MAX_BODY);
	int rc = wire_request(&u->body, r->model, prefix_of(r, u->job->batch->kind), texts, u->n);
	free(texts);
	if (rc < 0)
		err_set(err, ERR_LIMIT, "a request of more than %d bytes", (int)MAX_BODY);
	else
		rc = http_start(r->http, &(struct http_request){ .url = r->server.url, .key = r->server.key,
		                                                 .body = u->body.p,
		                                                 .body_len = u->body.len, .user = u },
		                err);
	if (rc < 0) {
		unit_push_front(&r->ready, u);
		return rc;
	}
	pacer_sent(&r->pacer, clock_ms());
	u->next = r->flying;
	r->flying = u;
	return 0;
}

/* Limits may have tightened since the batch was submitted. */
static void keep_to_limits(struct remote *r, struct unit *u)
{
	const struct embed_limits *l = &r->e->limits;
	size_t n = unit_fitting(u, l->max_batch_texts, l->max_batch_bytes,
	                        strlen(prefix_of(r, u->job->batch->kind)), strlen(r->model) + 32);
	if (n < u->n)
		unit_push_front(&r->ready, unit_split(u, n));
}

/* Sends what may go now. Returns the milliseconds until more may, at most
 * LONGEST_WAIT_MS. */
static int send_ready(struct remote *r)
{
	while (r->ready.first && !r->stopped && !r->draining) {
		int64_t now_ms = clock_ms(), next_ms = now_ms + LONGEST_WAIT_MS;
		int64_t wait_ms = pacer_wait_ms(&r->pacer, now_ms);
		if (wait_ms > 0)
			return wait_ms < LONGEST_WAIT_MS ? (int)wait_ms : LONGEST_WAIT_MS;
		struct unit *u = unit_take(&r->ready, now_ms, &next_ms);
		if (!u)
			return (int)(next_ms - now_ms);
		keep_to_limits(r, u);
		struct err why;
		if (send_unit(r, u, &why) < 0)
			outcome_stop(r, &why);
	}
	return LONGEST_WAIT_MS;
}

static int remote_submit(void *self, struct embed_batch *batch, struct err *err)
{
	struct remote *r = self;
	if (!r->http && !r->stopped)
		r->http = http_open(&r->http_options, &r->why);
	if (!r->http)
		r->stopped = true;
	if (r->stopped) {
		*err = r->why;
		return -1;
	}
	batch->dim = r->e->limits.dim;
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
	send_ready(r);
	return 0;
}

static struct embed_batch *take_done(struct remote *r)
{
	struct job *job = r->done;
	struct embed_batch *batch = job->batch;
	r->done = job->next;
	free(job);
	return batch;
}

static int remote_collect(void *self, int timeout_ms, struct embed_batch **batch, struct err *err)
{
	struct remote *r = self;
	int64_t end_ms = clock_ms() + timeout_ms;
	for (;;) {
		if (r->draining && !r->flying)
			outcome_end_drain(r);
		if (r->done) {
			*batch = take_done(r);
			send_ready(r); /* the server works while the caller looks at the vectors */
			return 1;
		}
		if (r->stopped) {
			*err = r->why;
			return -1;
		}
		if (r->n_jobs == 0 || (r->draining && !r->flying))
			return 0;
		int wait_ms = send_ready(r);
		int64_t left_ms = timeout_ms < 0 ? LONGEST_WAIT_MS : end_ms - clock_ms();
		if (left_ms < wait_ms)
			wait_ms = left_ms > 0 ? (int)left_ms : 0;
		struct http_reply reply;
		if (http_wait(r->http, wait_ms, &reply)) {
			outcome_take(r, &reply);
			http_reply_release(&reply);
		} else if (left_ms <= 0) {
			return 0;
		}
	}
}

static void remote_drain(void *self)
{
	((struct remote *)self)->draining = true;
}

static void remote_traffic(const void *self, struct embed_traffic *t)
{
	const struct remote *r = self;
	*t = (struct embed_traffic){
		.requests = r->n_answered,
		.requests_per_minute = pacer_per_minute(&r->pacer),
		.rate_learned = pacer_has_learned(&r->pacer),
		.pause_ms = pacer_pause_ms(&r->pacer, clock_ms()),
		.protocol = r->protocol,
	};
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
	http_close(r->http);
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
	r->e->limits = (struct embed_limits){
		.max_text_tokens = r->known->max_text_tokens - used,
		.max_batch_texts = row->max_batch_texts,
		.max_batch_tokens = r->batch_tokens,
		.max_batch_bytes = row->max_batch_bytes,
		.max_in_flight = opt->max_in_flight ? opt->max_in_flight : row->max_in_flight,
		.exact_tokens = r->tokenizer != NULL,
	};
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
	pacer_init(&r->pacer, rate, r->e->limits.max_in_flight, (uint64_t)clock_unix_ns(), clock_ms());
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
