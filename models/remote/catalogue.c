#include "models/remote/catalogue.h"

#include <stdlib.h>

#include "base/buf.h"
#include "base/json.h"
#include "models/remote/http.h"
#include "models/remote/refusal.h"
#include "models/remote/server.h"

enum { MAX_REPLY = 16 << 20, MAX_MODELS = 100000, TIMEOUT_MS = 30000 };

static const struct provider *row_of(const char *provider, const struct model_options *opt,
                                     struct err *err)
{
	const struct provider *row = *provider || !opt->base_url ? provider_find(provider)
	                                                         : provider_generic();
	if (!row)
		err_set(err, ERR_USAGE, "no provider '%s'; there are %s, or any server with --base-url",
		        provider, provider_names());
	return row;
}

int catalogue_host(const char *provider, const struct model_options *opt, char *host, size_t size,
                   struct err *err)
{
	const struct provider *row = row_of(provider, opt, err);
	char *url = row ? provider_base_url(row, opt->base_url, err) : NULL;
	int rc = url ? http_url_host(url, host, size, err) : -1;
	free(url);
	return rc;
}

int catalogue_read(struct span body, offered_model_visit *visit, void *ctx, struct err *err)
{
	cJSON *tree = json_parse(body, "the list of models", err);
	if (!tree)
		return -1;
	const cJSON *list = cJSON_IsArray(tree) ? tree : json_get(tree, "data");
	int n = 0;
	if (!cJSON_IsArray(list)) {
		cJSON_Delete(tree);
		return err_set(err, ERR_REPLY, "the reply has no list of models");
	}
	for (const cJSON *item = list->child; item && n < MAX_MODELS; item = item->next) {
		struct offered_model m = {
			.id = json_string(item, "id"),
			.max_input_tokens = json_int(item, "max_input_tokens", 1, INT32_MAX, 0),
		};
		if (!m.id)
			continue;
		if (!m.max_input_tokens) /* as vLLM calls it */
			m.max_input_tokens = json_int(item, "max_model_len", 1, INT32_MAX, 0);
		m.known_dim = provider_model(m.id)->dim;
		visit(ctx, &m);
		n++;
	}
	cJSON_Delete(tree);
	return n;
}

static int refuse(const struct server *s, const struct http_reply *reply, struct err *err)
{
	struct refusal f = refusal_read(reply->status, buf_span(&reply->body));
	if (f.verdict == VERDICT_KEY)
		return server_refused(s, "list of models", "", &f, ERR_NETWORK, err);
	return err_set(err, ERR_NETWORK, "no list of models at '%s' (status %d: %s); check the base URL "
	                                 "(%s or --base-url)", s->url, reply->status, f.words,
	               s->provider->url_variable);
}

/* 0 and *reply with status 2xx, or -1. */
static int get(const struct server *s, const struct model_options *opt, struct http_reply *reply,
               struct err *err)
{
	struct http_options options = {
		.ca_file = opt->ca_file, .connect_timeout_ms = opt->connect_timeout_ms,
		.first_byte_timeout_ms = opt->first_byte_timeout_ms,
		.total_timeout_ms = opt->total_timeout_ms > 0 ? opt->total_timeout_ms : TIMEOUT_MS,
		.max_reply = MAX_REPLY,
	};
	struct http *http = http_open(&options, err);
	if (!http)
		return -1;
	int rc = http_start(http, &(struct http_request){ .url = s->url, .key = s->key }, err);
	while (rc == 0 && !http_wait(http, 1000, reply))
		;
	if (rc == 0 && reply->fault != HTTP_OK)
		rc = err_set(err, ERR_NETWORK, "cannot reach '%s': %s; check the base URL (%s or --base-url), "
		                               "or HTTPS_PROXY behind a proxy", s->url,
		             reply->fault_text, s->provider->url_variable);
	else if (rc == 0 && (reply->status < 200 || reply->status >= 300))
		rc = refuse(s, reply, err);
	http_close(http);
	return rc;
}

int catalogue_list(const char *provider, const struct model_options *opt, offered_model_visit *visit,
                   void *ctx, struct err *err)
{
	const struct provider *row = row_of(provider, opt, err);
	struct server s = { 0 };
	struct http_reply reply = { .status = 0 };
	int rc = row ? server_find(&s, row, "/models", opt, err) : -1;
	if (rc == 0)
		rc = get(&s, opt, &reply, err);
	if (rc == 0) {
		rc = catalogue_read(buf_span(&reply.body), visit, ctx, err);
		if (rc < 0)
			err_set(err, ERR_REPLY, "'%s' gives no list of models; check the base URL (%s or "
			                        "--base-url)", s.url, row->url_variable);
	}
	http_reply_release(&reply);
	server_release(&s);
	return rc;
}
