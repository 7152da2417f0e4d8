/* What is known of each kind of server: one table, one row each. Every figure is
 * a default that replies correct. */
#ifndef AKIN_MODELS_REMOTE_PROVIDERS_H
#define AKIN_MODELS_REMOTE_PROVIDERS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

struct provider {
	const char *name;
	const char *base_url;     /* NULL: only from the environment or --base-url */
	const char *url_variable;
	const char *key_variable; /* NAME_FILE as well: a file that holds the key */
	bool key_optional;
	size_t max_batch_texts;
	size_t max_batch_bytes;   /* of the body */
	size_t max_batch_tokens;
	double requests_per_minute;           /* with a key; 0: no limit known */
	double requests_per_minute_anonymous; /* without */
	size_t max_in_flight;
	const char *header;       /* sent with each request, or NULL */
	int total_timeout_ms;     /* a model on a laptop's processor may take its time */
};

/* What is known of a model, by any server's name for it. */
struct known_model {
	const char *name;        /* compared without case, behind the last '/' */
	size_t dim;
	size_t max_text_tokens;
	bool xlmr_tokenizer;     /* XLM-R's pieces: counted exactly with its tokeniser */
	const char *query_prefix, *passage_prefix;
	double price_per_million; /* of tokens, at OVHcloud or OpenAI; 0: not known */
};

/* NULL: none of that name. */
const struct provider *provider_find(const char *name);

/* The row for any OpenAI-compatible server at a base URL. */
const struct provider *provider_generic(void);

/* The names, "a, b, c", a constant. */
const char *provider_names(void);

/* Never NULL: a row of careful defaults (dim 0, 512 tokens, no prefixes) stands
 * for the models that are not known. `ollama` tags ("bge-m3:latest") are cut. */
const struct known_model *provider_model(const char *model);

/* Whether a row of its own stands for it. */
bool provider_model_is_known(const struct known_model *m);

/* The base URL, without a slash at its end: the option, the row's variable, or
 * the row's default. free() it. NULL with ERR_USAGE. */
char *provider_base_url(const struct provider *p, const char *option, struct err *err);

/* The key from $NAME or the file at $NAME_FILE, white space trimmed. free() it.
 * NULL with err untouched when there is none and none is needed; NULL with
 * ERR_AUTH or ERR_IO when it is missing or cannot be read. */
char *provider_key(const struct provider *p, bool other_server, struct err *err);

/* The variables of all rows that hold a key, or name the file of one: what a program that is
 * run has no business with. Ends with NULL; a constant. */
const char *const *provider_key_variables(void);

#endif
