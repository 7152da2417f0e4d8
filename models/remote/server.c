#include "models/remote/server.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "models/remote/http.h"

int server_find(struct server *s, const struct provider *row, const char *path,
                const struct model_options *opt, struct err *err)
{
	struct err no_key = { 0 };
	*s = (struct server){ .provider = row };
	s->base_url = provider_base_url(row, opt->base_url, err);
	if (!s->base_url || http_url_host(s->base_url, s->host, sizeof s->host, err) < 0)
		return -1;
	s->is_other = !row->base_url || strcmp(s->base_url, row->base_url) != 0;
	struct buf url = buf_new(8192);
	int rc = buf_printf(&url, "%s%s", s->base_url, path);
	s->url = buf_take(&url, NULL);
	if (rc < 0)
		return err_set(err, ERR_USAGE, "the base URL is too long");
	s->key = provider_key(row, s->is_other, &no_key);
	if (!s->key && no_key.code != ERR_NONE)
		return err_set(err, no_key.code, "%s", no_key.text);
	return 0;
}

void server_release(struct server *s)
{
	if (s->key)
		memset(s->key, 0, strlen(s->key));
	free(s->key);
	free(s->base_url);
	free(s->url);
	s->key = s->base_url = s->url = NULL;
}

bool server_has_known_prices(const struct server *s)
{
	return strcmp(s->provider->name, "ovhcloud") == 0 || strcmp(s->provider->name, "openai") == 0;
}

static int refused_key(const struct server *s, const struct refusal *f, struct err *err)
{
	const char *key = s->provider->key_variable;
	/* a LiteLLM proxy's words for what the server behind it said */
	if (strncmp(f->words, "litellm.", 8) == 0)
		return err_set(err, ERR_AUTH, "the server behind '%s' refuses the proxy's key (status %d: "
		                              "%s); check the key in the proxy's configuration", s->host,
		               f->status, f->words);
	if (s->key)
		return err_set(err, ERR_AUTH, "'%s' refuses the key (status %d: %s); check %s", s->host,
		               f->status, f->words, key);
	return err_set(err, ERR_AUTH, "'%s' wants a key (status %d: %s); set %s, or %s_FILE to a file "
	                              "that holds it", s->host, f->status, f->words, key, key);
}

int server_refused(const struct server *s, const char *what, const char *model,
                   const struct refusal *f, enum err_code model_code, struct err *err)
{
	if (f->verdict == VERDICT_KEY)
		return refused_key(s, f, err);
	if (f->verdict == VERDICT_PAYMENT)
		return err_set(err, ERR_AUTH, "'%s' wants payment (status %d: %s); check the account that "
		                              "%s belongs to", s->host, f->status, f->words,
		               s->provider->key_variable);
	if (f->verdict == VERDICT_MODEL)
		return err_set(err, model_code, "'%s' has no model '%s' for %s (status %d: %s); its models "
		                                "are listed at %s/models", s->host, model, what, f->status,
		               f->words, s->base_url);
	return err_set(err, ERR_NETWORK, "no %s at '%s' (status %d: %s); check the base URL (%s or "
	                                 "--base-url) and the model's name, '%s'", what, s->url, f->status,
	               f->words, s->provider->url_variable, model);
}
