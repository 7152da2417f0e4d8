/* Chats with an OpenAI-compatible server: POST {base}/chat/completions. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "models/chat.h"
#include "models/remote/chat_models.h"
#include "models/remote/chat_reader.h"
#include "models/remote/chat_wire.h"
#include "models/remote/http.h"
#include "models/remote/pacer.h"
#include "models/remote/server.h"

enum {
	DEFAULT_PATIENCE_MS = 300000,
	LONGEST_REPLY_MS = 3600000,
	MAX_BODY = 64 << 20,
	LOOK_MS = 50,         /* how often `stopped` is asked */
	AFTER_DONE_MS = 100,  /* for the end of a body behind [DONE], so that its connection is kept */
	STALE_TRIES = 4,
	BROKEN_TRIES = 3,     /* of a status 500: what breaks a server once may do so always */
	/* while the server has never answered: shorter than patience_ms */
	START_CONNECT_MS = 15000,
	START_BROKEN_MS = 30000,
	START_LOADING_MS = 120000, /* 503: a server that loads its model */
	COOLDOWN_MS = 30000
};

struct remote_chat {
	struct server server;
	char *model, *ca_file;
	struct http *http; /* opened with the first request */
	struct http_options http_options;
	int patience_ms;
	bool ever_ok;
	struct pacer random; /* for the waits between tries only: one request at a time needs no pace */
};

/* One call of chat_complete. */
struct asking {
	struct remote_chat *c;
	const struct chat_request *q;
	struct chat_reply *reply;
	size_t *limit;
	struct err *err;
	struct buf body;
	int64_t start_ms;
	int tries, stale;
	int untold; /* tries behind which the server did not say how long to wait */
	struct chat_reader reader; /* of this try, as are the rest */
	double sent_s, first_token_s; /* first_token_s NAN: none came */
};

enum outcome { ANSWERED, FAILED, AGAIN };

/* ---- waiting ---- */

static bool is_stopped(const struct asking *a)
{
	return a->q->stopped && a->q->stopped(a->q->stopped_ctx);
}

static enum outcome fail(struct asking *a, enum err_code code, const char *problem,
                         const char *words)
{
	err_set(a->err, code, "'%s' %s: %s", a->c->server.host, problem, words);
	return FAILED;
}

static enum outcome interrupted(struct asking *a)
{
	err_set(a->err, ERR_INTERRUPTED, "stopped while '%s' was answering", a->c->server.host);
	return FAILED;
}

static void next_step(const struct asking *a, int status, char *out, size_t size)
{
	const struct remote_chat *c = a->c;
	/* a LiteLLM proxy answers 500 to a request without a key */
	if (c->ever_ok)
		snprintf(out, size, "ask again later");
	else if (!c->server.key && status >= 500)
		snprintf(out, size, "look at the server's log; if it wants a key, set %s",
		         c->server.provider->key_variable);
	else
		snprintf(out, size, "check that the server runs and that %s is its base URL",
		         c->server.base_url);
}

/* Waits until it may be sent again, or gives up: when that would be more than most_ms after the
 * first try. hint_ms is what the server asks for, -1: nothing. */
static enum outcome again(struct asking *a, int most_ms, int64_t hint_ms, int status,
                          const char *words)
{
	if (most_ms > a->c->patience_ms)
		most_ms = a->c->patience_ms;
	int64_t now_ms = clock_ms();
	int64_t wait_ms = hint_ms > 0 ? hint_ms : pacer_backoff_ms(&a->c->random, ++a->untold);
	if (now_ms + wait_ms > a->start_ms + most_ms) {
		char step[320];
		next_step(a, status, step, sizeof step);
		err_set(a->err, ERR_NETWORK, "no answer of '%s' in %.0f s and %d tries: %s; %s",
		        a->c->server.host, (double)(now_ms - a->start_ms) / 1e3, a->tries, words, step);
		return FAILED;
	}
	if (a->q->on_wait)
		a->q->on_wait(a->q->ctx, wait_ms, words);
	for (int64_t end_ms = now_ms + wait_ms; now_ms < end_ms; now_ms = clock_ms()) {
		if (is_stopped(a))
			return interrupted(a);
		clock_sleep_ms(end_ms - now_ms < LOOK_MS ? end_ms - now_ms : LOOK_MS);
	}
	return AGAIN;
}

/* ---- no answer ---- */

static enum outcome on_fault(struct asking *a, const struct http_reply *reply)
{
	struct remote_chat *c = a->c;
	enum http_fault fault = reply->fault;
	if (fault == HTTP_STALE && a->stale++ < STALE_TRIES) {
		a->tries--;
		return AGAIN;
	}
	if (fault == HTTP_TOO_LARGE)
		return fail(a, ERR_REPLY, "sends too much", reply->fault_text);
	if (!c->ever_ok && (fault == HTTP_RESOLVE || fault == HTTP_TLS)) {
		err_set(a->err, ERR_NETWORK, "cannot reach '%s': %s; %s", c->server.host,
		        reply->fault_text,
		        fault == HTTP_TLS
		            ? "a company's own certificate goes into --ca-file or SSL_CERT_FILE"
		            : "check the base URL, or HTTPS_PROXY behind a proxy");
		return FAILED;
	}
	bool unreached = fault == HTTP_CONNECT || fault == HTTP_RESOLVE || fault == HTTP_TLS;
	int start_ms = unreached ? START_CONNECT_MS : START_BROKEN_MS;
	return again(a, c->ever_ok ? c->patience_ms : start_ms, -1, 0, reply->fault_text);
}

static enum outcome too_long(struct asking *a, const struct refusal *f)
{
	bool tokens = f->kind == LIMIT_TEXT_TOKENS || f->kind == LIMIT_BATCH_TOKENS;
	if (a->limit)
		*a->limit = tokens ? f->limit : 0;
	err_set(a->err, ERR_LIMIT, "the request is too long for '%s' (status %d: %s); ask with less text",
	        a->c->server.host, f->status, f->words);
	return FAILED;
}

static enum outcome wait_for_server(struct asking *a, const struct refusal *f,
                                    const struct http_hints *h)
{
	int most_ms = a->c->patience_ms;
	int64_t hint_ms = h->retry_after_ms >= 0 ? h->retry_after_ms
	                  : h->remaining == 0    ? h->reset_ms
	                                         : -1;
	char words[520];
	snprintf(words, sizeof words, "status %d: %s%s", f->status, f->words,
	         f->verdict == VERDICT_COOLDOWN ? "; the proxy has given up on the server behind it: check "
	                                          "that server's key and model in the proxy's log"
	                                        : "");
	if (f->verdict == VERDICT_COOLDOWN)
		most_ms = COOLDOWN_MS;
	else if (f->verdict == VERDICT_WAIT && f->status == 500 && a->tries >= BROKEN_TRIES)
		most_ms = 0;
	else if (f->verdict == VERDICT_WAIT && !a->c->ever_ok)
		most_ms = f->status == 503 ? START_LOADING_MS : START_BROKEN_MS;
	return again(a, most_ms, hint_ms, f->status, words);
}

static enum outcome on_refusal(struct asking *a, const struct refusal *f,
                               const struct http_hints *hints)
{
	char problem[64];
	snprintf(problem, sizeof problem, "refuses the request (status %d)", f->status);
	switch (f->verdict) {
	case VERDICT_WAIT:
	case VERDICT_RATE:
	case VERDICT_COOLDOWN: return wait_for_server(a, f, hints);
	case VERDICT_SIZE:
		return f->kind == LIMIT_TEXTS ? fail(a, ERR_REPLY, problem, f->words)
		                              : too_long(a, f);
	case VERDICT_TEXT: return fail(a, ERR_REPLY, problem, f->words);
	default:
		server_refused(&a->c->server, "chat", a->c->model, f, ERR_MODEL, a->err);
		return FAILED;
	}
}

/* ---- a try ---- */

static void on_delta(void *ctx, enum chat_part part, struct span text)
{
	struct asking *a = ctx;
	if (isnan(a->first_token_s))
		a->first_token_s = clock_seconds();
	if (a->q->on_delta)
		a->q->on_delta(a->q->ctx, part, text);
}

static int on_body(void *user, const struct http_reply *so_far, struct span bytes)
{
	struct asking *a = user;
	return chat_reader_feed(&a->reader, so_far->content_type, bytes);
}

/* What came is the caller's; err is what chat_reader_end says. */
static int take_reply(struct asking *a, struct err *err)
{
	chat_reply_release(a->reply);
	int rc = chat_reader_end(&a->reader, a->reply, err);
	a->reply->first_token_ms = (a->first_token_s - a->sent_s) * 1e3;
	a->reply->total_ms = (clock_seconds() - a->sent_s) * 1e3;
	return rc;
}

static void drop_reply(struct asking *a)
{
	chat_reply_release(a->reply);
	a->reply->message.text = mem_strdup("");
	a->reply->first_token_ms = (double)NAN;
}

/* What came, once taken: from then on a request is never sent again. */
static bool has_begun(const struct chat_reply *r)
{
	return *r->message.text || r->reasoning || r->message.n_calls > 0;
}

static enum outcome on_answer(struct asking *a, const struct http_reply *reply)
{
	struct remote_chat *c = a->c;
	struct err why = { 0 };
	bool connected = reply->fault == HTTP_OK || reply->fault == HTTP_ENDED;
	if (take_reply(a, &why) == 0) { /* a fault behind the end of an answer takes nothing from it */
		c->ever_ok = true;
		return ANSWERED;
	}
	bool begun = has_begun(a->reply);
	if (begun && !connected && !a->reader.refused)
		return fail(a, ERR_NETWORK, "breaks the answer off", reply->fault_text);
	if (begun)
		return fail(a, ERR_REPLY, "breaks the answer off", why.text);
	if (a->reader.refused) {
		drop_reply(a);
		return on_refusal(a, &a->reader.refusal, &reply->hints);
	}
	if (connected)
		return fail(a, ERR_REPLY, "gives a reply that is no answer", why.text);
	drop_reply(a);
	return on_fault(a, reply);
}

static enum outcome on_reply(struct asking *a, const struct http_reply *reply)
{
	if (reply->status >= 200 && reply->status < 300)
		return on_answer(a, reply);
	if (reply->fault != HTTP_OK)
		return on_fault(a, reply);
	struct refusal f = refusal_read(reply->status, buf_span(&reply->body));
	if (f.verdict == VERDICT_URL && reply->location[0])
		snprintf(f.words, sizeof f.words, "it redirects to '%s', where no key is sent",
		         reply->location);
	return on_refusal(a, &f, &reply->hints);
}

static enum outcome wait_for_reply(struct asking *a)
{
	struct http *http = a->c->http;
	struct http_reply reply = { .status = 0 };
	int64_t done_ms = 0;
	for (;;) {
		if (http_wait(http, LOOK_MS, &reply)) {
			enum outcome outcome = on_reply(a, &reply);
			http_reply_release(&reply);
			return outcome;
		}
		if (a->reader.done && done_ms == 0)
			done_ms = clock_ms();
		if (done_ms && clock_ms() - done_ms >= AFTER_DONE_MS) {
			http_cancel(http);
			reply.status = 200;
			return on_answer(a, &reply);
		}
		if (!a->reader.done && is_stopped(a)) {
			http_cancel(http);
			take_reply(a, NULL);
			a->reply->finish = CHAT_CUT;
			return interrupted(a);
		}
	}
}

static enum outcome try_once(struct asking *a)
{
	const struct server *s = &a->c->server;
	struct http_request request = {
		.url = s->url, .key = s->key, .body = a->body.p, .body_len = a->body.len, .user = a,
		.accept = a->q->stream ? "text/event-stream, application/json" : NULL, .on_body = on_body,
	};
	a->tries++;
	a->sent_s = clock_seconds();
	a->first_token_s = (double)NAN;
	chat_reader_init(&a->reader, on_delta, a);
	enum outcome outcome = FAILED;
	if (http_start(a->c->http, &request, a->err) == 0)
		outcome = wait_for_reply(a);
	chat_reader_free(&a->reader);
	return outcome;
}

int chat_complete(struct chat *chat, const struct chat_request *q, struct chat_reply *reply,
                  size_t *limit, struct err *err)
{
	struct remote_chat *c = chat->self;
	struct asking a = { .c = c, .q = q, .reply = reply, .limit = limit, .err = err,
		                .body = buf_new(MAX_BODY), .start_ms = clock_ms() };
	*reply = (struct chat_reply){ 0 };
	drop_reply(&a);
	if (limit)
		*limit = 0;
	if (!c->http)
		c->http = http_open(&c->http_options, err);
	enum outcome outcome = FAILED;
	if (c->http && chat_wire_request(&a.body, c->model, q, err) == 0)
		do
			outcome = try_once(&a);
		while (outcome == AGAIN);
	buf_free(&a.body);
	return outcome == ANSWERED ? 0 : -1;
}

/* ---- life ---- */

/* The row of "provider/model", and where the model's own name begins. */
static const struct provider *find_row(const char *name, const struct model_options *opt,
                                       const char **model, struct err *err)
{
	const char *slash = strchr(name, '/');
	size_t len = slash ? (size_t)(slash - name) : 0;
	char provider[32] = "";
	if (len < sizeof provider)
		memcpy(provider, name, len);
	const struct provider *row = provider_find(provider);
	*model = row ? slash + 1 : name;
	if (row || (opt->base_url && *name && strcmp(provider, "local") != 0))
		return row ? row : provider_generic();
	if (strcmp(provider, "local") == 0)
		err_set(err, ERR_USAGE, "'%s' runs in this process, where models do not chat; a chat model is "
		                        "'provider/model', with one of %s", name, provider_names());
	else
		err_set(err, ERR_USAGE, "no provider of chat models in '%s'; write it as 'provider/model', "
		                        "with one of %s, or give --base-url", name, provider_names());
	return NULL;
}

static void set_network(struct remote_chat *c, const struct model_options *opt)
{
	const struct provider *row = c->server.provider;
	c->ca_file = opt->ca_file ? mem_strdup(opt->ca_file) : NULL;
	c->patience_ms = opt->patience_ms > 0 ? opt->patience_ms : DEFAULT_PATIENCE_MS;
	c->http_options = (struct http_options){
		.ca_file = c->ca_file,
		.connect_timeout_ms = opt->connect_timeout_ms,
		.first_byte_timeout_ms = opt->first_byte_timeout_ms,
		/* an answer may be long: what counts is that it goes on */
		.idle_timeout_ms = row->total_timeout_ms,
		.total_timeout_ms = opt->total_timeout_ms > 0 ? opt->total_timeout_ms : LONGEST_REPLY_MS,
		.header = row->header,
	};
	pacer_init(&c->random, 0, 1, (uint64_t)clock_unix_ns(), clock_ms());
}

/* A row's rate is its own server's. */
static double rate(const struct remote_chat *c, const struct model_options *opt)
{
	const struct provider *row = c->server.provider;
	if (opt->requests_per_minute > 0 || c->server.is_other)
		return opt->requests_per_minute;
	return c->server.key ? row->requests_per_minute : row->requests_per_minute_anonymous;
}

static void describe(struct chat *chat, const char *name, const struct remote_chat *c,
                     const struct model_options *opt)
{
	const struct known_chat_model *known = chat_model_find(c->model);
	snprintf(chat->model, sizeof chat->model, "%s", name);
	memcpy(chat->host, c->server.host, sizeof chat->host);
	chat->context_tokens = known->context_tokens;
	chat->sees_images = known->sees_images;
	chat->requests_per_minute = rate(c, opt);
	if (server_has_known_prices(&c->server)) {
		chat->price_in = known->price_in;
		chat->price_out = known->price_out;
	}
}

struct chat *chat_open(const char *name, const struct model_options *opt, struct err *err)
{
	const char *model;
	const struct provider *row = find_row(name, opt, &model, err);
	if (!row)
		return NULL;
	struct chat *chat = mem_zalloc(1, sizeof *chat);
	struct remote_chat *c = chat->self = mem_zalloc(1, sizeof *c);
	c->model = mem_strdup(model);
	int rc = *model ? server_find(&c->server, row, "/chat/completions", opt, err)
	                : err_set(err, ERR_USAGE, "no model behind the provider; write it as "
	                                          "'provider/model'");
	if (rc < 0) {
		chat_close(chat);
		return NULL;
	}
	set_network(c, opt);
	describe(chat, name, c, opt);
	return chat;
}

void chat_close(struct chat *chat)
{
	if (!chat)
		return;
	struct remote_chat *c = chat->self;
	http_close(c->http);
	server_release(&c->server);
	free(c->model);
	free(c->ca_file);
	free(c);
	free(chat);
}
