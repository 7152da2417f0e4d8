#include "models/remote/catalogue.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/json.h"
#include "models/remote/http.h"
#include "models/remote/providers.h"
#include "models/remote/refusal.h"

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

static int refuse(const struct provider *row, const char *url, const char *key,
                  const struct http_reply *reply, struct err *err)
{
	struct refusal f = refusal_read(reply->status, buf_span(&reply->body));
	if (f.verdict == VERDICT_KEY && !key)
		return err_set(err, ERR_AUTH, "'%s' wants a key (status %d: %s); set %s", url, reply->status,
		               f.words, row->key_variable);
	if (f.verdict == VERDICT_KEY)
		return err_set(err, ERR_AUTH, "'%s' refuses the key (status %d: %s); check %s", url,
		               reply->status, f.words, row->key_variable);
	return err_set(err, ERR_NETWORK, "no list of models at '%s' (status %d: %s); check the base URL "
	                                 "(%s or --base-url)", url, reply->status, f.words,
	               row->url_variable);
}

/* 0 and *reply with status 2xx, or -1. */
static int get(const struct provider *row, const struct model_options *opt, const char *url,
               const char *key, struct http_reply *reply, struct err *err)
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
	int rc = http_start(http, url, key, NULL, 0, NULL, err);
	while (rc == 0 && !http_wait(http, 1000, reply))
		;
	if (rc == 0 && reply->fault != HTTP_OK)
		rc = err_set(err, ERR_NETWORK, "cannot reach '%s': %s; check the base URL (%s or --base-url), "
		                               "or HTTPS_PROXY behind a proxy", url, reply->fault_text,
		             row->url_variable);
	else if (rc == 0 && (reply->status < 200 || reply->status >= 300))
		rc = refuse(row, url, key, reply, err);
	http_close(http);
	return rc;
}

int catalogue_list(const char *provider, const struct model_options *opt, offered_model_visit *visit,
                   void *ctx, struct err *err)
{
	const struct provider *row = row_of(provider, opt, err);
	char *base = row ? provider_base_url(row, opt->base_url, err) : NULL;
	if (!base)
		return -1;
	bool other = !row->base_url || strcmp(base, row->base_url) != 0;
	struct err no_key = { 0 };
	char *key = provider_key(row, other, &no_key);
	struct buf url = buf_new(8192);
	struct http_reply reply = { .status = 0 };
	int rc = 0;
	if (!key && no_key.code != ERR_NONE)
		rc = err_set(err, no_key.code, "%s", no_key.text);
	else if (buf_printf(&url, "%s/models", base) < 0)
		rc = err_set(err, ERR_USAGE, "the base URL is too long");
	if (rc == 0)
		rc = get(row, opt, url.p, key, &reply, err);
	if (rc == 0) {
		rc = catalogue_read(buf_span(&reply.body), visit, ctx, err);
		if (rc < 0)
			err_set(err, ERR_REPLY, "'%s' gives no list of models; check the base URL (%s or "
			                        "--base-url)", url.p, row->url_variable);
	}
	http_reply_release(&reply);
	buf_free(&url);
	if (key)
		memset(key, 0, strlen(key));
	free(key);
	free(base);
	return rc;
}
