#include "models/remote/providers.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/mem.h"

enum { KB = 1024, MINUTE_MS = 60000 };

/* Sources: OVHcloud's guides (400 requests a minute with a key, 2 without, 25
 * texts, 2 MB), OpenAI's reference (2,048 texts, 300,000 tokens), the servers' own
 * code and documentation (text-embeddings-inference: 32 texts, 2 MB; a LiteLLM
 * proxy passes on what stands behind it, so the smallest of those is assumed). */
static const struct provider table[] = {
	{ .name = "ovhcloud", .base_url = "https://oai.endpoints.kepler.ai.cloud.ovh.net/v1",
	  .url_variable = "OVHCLOUD_API_BASE", .key_variable = "OVHCLOUD_API_KEY", .key_optional = true,
	  .max_batch_texts = 25, .max_batch_bytes = 1900 * KB, .max_batch_tokens = 25 * 8192,
	  .requests_per_minute = 400, .requests_per_minute_anonymous = 2, .max_in_flight = 16,
	  .total_timeout_ms = 2 * MINUTE_MS },
	{ .name = "litellm_proxy", .base_url = "http://localhost:4000/v1",
	  .url_variable = "LITELLM_PROXY_API_BASE", .key_variable = "LITELLM_PROXY_API_KEY",
	  .key_optional = true, .max_batch_texts = 25, .max_batch_bytes = 1900 * KB,
	  .max_batch_tokens = 25 * 8192, .max_in_flight = 16,
	  /* its own tries would sleep for up to a minute each, out of sight */
	  .header = "x-litellm-num-retries: 0", .total_timeout_ms = 4 * MINUTE_MS },
	{ .name = "openai", .base_url = "https://api.openai.com/v1", .url_variable = "OPENAI_BASE_URL",
	  .key_variable = "OPENAI_API_KEY", .key_optional = false, .max_batch_texts = 256,
	  .max_batch_bytes = 1900 * KB, .max_batch_tokens = 200000, .requests_per_minute = 3000,
	  .max_in_flight = 16, .total_timeout_ms = 2 * MINUTE_MS },
	{ .name = "ollama", .base_url = "http://localhost:11434/v1", .url_variable = "OLLAMA_BASE_URL",
	  .key_variable = "OLLAMA_API_KEY", .key_optional = true, .max_batch_texts = 32,
	  .max_batch_bytes = 1900 * KB, .max_batch_tokens = 32 * 8192, .max_in_flight = 4,
	  .total_timeout_ms = 10 * MINUTE_MS },
	{ .name = "llama-server", .base_url = "http://localhost:8080/v1",
	  .url_variable = "LLAMA_SERVER_BASE_URL", .key_variable = "LLAMA_SERVER_API_KEY",
	  .key_optional = true, .max_batch_texts = 32, .max_batch_bytes = 1900 * KB,
	  .max_batch_tokens = 32 * 8192, .max_in_flight = 4, .total_timeout_ms = 10 * MINUTE_MS },
	{ .name = "tei", .base_url = "http://localhost:3000/v1", .url_variable = "TEI_BASE_URL",
	  .key_variable = "TEI_API_KEY", .key_optional = true, .max_batch_texts = 32,
	  .max_batch_bytes = 1900 * KB, .max_batch_tokens = 32 * 8192, .max_in_flight = 8,
	  .total_timeout_ms = 10 * MINUTE_MS },
	{ .name = "vllm", .base_url = "http://localhost:8000/v1", .url_variable = "VLLM_BASE_URL",
	  .key_variable = "VLLM_API_KEY", .key_optional = true, .max_batch_texts = 64,
	  .max_batch_bytes = 4096 * KB, .max_batch_tokens = 64 * 8192, .max_in_flight = 8,
	  .total_timeout_ms = 10 * MINUTE_MS },
	{ .name = "lmstudio", .base_url = "http://localhost:1234/v1", .url_variable = "LMSTUDIO_BASE_URL",
	  .key_variable = "LMSTUDIO_API_KEY", .key_optional = true, .max_batch_texts = 32,
	  .max_batch_bytes = 1900 * KB, .max_batch_tokens = 32 * 8192, .max_in_flight = 4,
	  .total_timeout_ms = 10 * MINUTE_MS },
};

static const struct provider generic = {
	.name = "the server", .base_url = NULL, .url_variable = "AKIN_BASE_URL",
	.key_variable = "AKIN_API_KEY", .key_optional = true, .max_batch_texts = 25,
	.max_batch_bytes = 1900 * KB, .max_batch_tokens = 25 * 8192, .max_in_flight = 8,
	.total_timeout_ms = 4 * MINUTE_MS
};

static const struct known_model models[] = {
	{ "bge-m3", 1024, 8192, true, "", "", 0.01 },
	{ "multilingual-e5-small", 384, 512, true, "query: ", "passage: ", 0 },
	{ "multilingual-e5-base", 768, 512, true, "query: ", "passage: ", 0 },
	{ "multilingual-e5-large", 1024, 512, true, "query: ", "passage: ", 0 },
	{ "text-embedding-3-small", 1536, 8191, false, "", "", 0.02 },
	{ "text-embedding-3-large", 3072, 8191, false, "", "", 0.13 },
	{ "text-embedding-ada-002", 1536, 8191, false, "", "", 0.10 },
	{ "nomic-embed-text", 768, 2048, false, "search_query: ", "search_document: ", 0 },
	{ "mxbai-embed-large", 1024, 512, false,
	  "Represent this sentence for searching relevant passages: ", "", 0 },
	{ "all-minilm", 384, 256, false, "", "", 0 },
	{ "bge-base-en-v1.5", 768, 512, false,
	  "Represent this sentence for searching relevant passages: ", "", 0 },
	{ "qwen3-embedding-8b", 4096, 8192, false,
	  "Instruct: Given a web search query, retrieve relevant passages that answer the query\nQuery:",
	  "", 0 },
	{ "bge-multilingual-gemma2", 3584, 4096, false, "", "", 0 },
};

static const struct known_model unknown_model = { "", 0, 512, false, "", "", 0 };

const struct provider *provider_find(const char *name)
{
	for (size_t i = 0; i < sizeof table / sizeof *table; i++)
		if (strcmp(table[i].name, name) == 0)
			return &table[i];
	return NULL;
}

const struct provider *provider_generic(void)
{
	return &generic;
}

const char *provider_names(void)
{
	return "ovhcloud, litellm_proxy, openai, ollama, llama-server, tei, vllm, lmstudio";
}

const struct known_model *provider_model(const char *model)
{
	const char *slash = strrchr(model, '/');
	const char *name = slash ? slash + 1 : model;
	size_t len = strcspn(name, ":");
	for (size_t i = 0; i < sizeof models / sizeof *models; i++)
		if (strlen(models[i].name) == len && strncasecmp(models[i].name, name, len) == 0)
			return &models[i];
	return &unknown_model;
}

bool provider_model_is_known(const struct known_model *m)
{
	return m != &unknown_model;
}

char *provider_base_url(const struct provider *p, const char *option, struct err *err)
{
	const char *url = option && *option ? option : NULL;
	const char *variable = getenv(p->url_variable);
	if (!url)
		url = variable && *variable ? variable : p->base_url;
	if (!url) {
		err_set(err, ERR_USAGE, "no base URL; give --base-url or set %s", p->url_variable);
		return NULL;
	}
	size_t len = strlen(url);
	while (len && url[len - 1] == '/')
		len--;
	return mem_strndup(url, len);
}

/* A key is one word of printable ASCII: anything else would break the header. */
static char *clean_key(const char *text, const char *where, struct err *err)
{
	size_t start = strspn(text, " \t\r\n"), len = strlen(text + start);
	while (len && strchr(" \t\r\n", text[start + len - 1]))
		len--;
	for (size_t i = 0; i < len; i++) {
		if (text[start + i] <= ' ' || text[start + i] > '~') {
			err_set(err, ERR_AUTH, "the key in %s holds a space, a line break or a byte that is not "
			                       "ASCII; put the key there alone", where);
			return NULL;
		}
	}
	if (len)
		return mem_strndup(text + start, len);
	err_set(err, ERR_AUTH, "the key in %s is empty", where);
	return NULL;
}

static char *key_from_file(const char *path, struct err *err)
{
	struct buf b = buf_new(16 * KB);
	char *key = NULL;
	if (file_read(path, &b, NULL, err) == 0)
		key = clean_key(buf_span(&b).p, path, err);
	if (b.p)
		memset(b.p, 0, b.len);
	buf_free(&b);
	return key;
}

char *provider_key(const struct provider *p, bool other_server, struct err *err)
{
	char file_variable[80];
	snprintf(file_variable, sizeof file_variable, "%s_FILE", p->key_variable);
	const char *key = getenv(p->key_variable), *file = getenv(file_variable);
	if (key && *key)
		return clean_key(key, p->key_variable, err);
	if (file && *file)
		return key_from_file(file, err);
	if (!p->key_optional && !other_server)
		err_set(err, ERR_AUTH, "%s needs a key; set %s, or %s to a file that holds it", p->name,
		        p->key_variable, file_variable);
	return NULL;
}

const char *const *provider_key_variables(void)
{
#define BOTH(name) name, name "_FILE"
	static const char *const names[] = {
		BOTH("OVHCLOUD_API_KEY"), BOTH("LITELLM_PROXY_API_KEY"), BOTH("OPENAI_API_KEY"),
		BOTH("OLLAMA_API_KEY"), BOTH("LLAMA_SERVER_API_KEY"), BOTH("TEI_API_KEY"),
		BOTH("VLLM_API_KEY"), BOTH("LMSTUDIO_API_KEY"), BOTH("AKIN_API_KEY"), NULL
	};
#undef BOTH
	return names;
}
