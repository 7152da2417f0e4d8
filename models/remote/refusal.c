#define _GNU_SOURCE
#include "models/remote/refusal.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/json.h"
#include "base/utf8.h"

/* Behind a proxy a message may be as large as the body that caused it. */
enum { MAX_JSON = 1 << 20, MAX_TEXT = 4096 };

/* What is looked for in an error, whatever its form. */
struct fault_text {
	char message[MAX_TEXT]; /* lower case is made of it apart */
	char type[64];
	int code; /* 0: none that is a status */
	size_t context_tokens; /* llama-server's n_ctx; 0: none */
};

static void copy(char *out, size_t size, const char *s)
{
	snprintf(out, size, "%s", s);
	out[utf8_floor(out, strlen(out), strlen(out))] = '\0';
}

/* "detail" is a string, or FastAPI's array of {"msg": …}. */
static const char *find_detail(const cJSON *tree)
{
	const char *s = json_string(tree, "detail");
	const cJSON *list = json_get(tree, "detail");
	if (!s && cJSON_IsArray(list))
		s = json_string(list->child, "msg");
	return s ? s : json_string(list, "message");
}

static bool read_json(struct fault_text *f, struct span body)
{
	cJSON *tree = body.len <= MAX_JSON ? json_parse(body, "the reply", NULL) : NULL;
	if (!tree)
		return false;
	const cJSON *error = json_get(tree, "error");
	const cJSON *from = cJSON_IsObject(error) ? error : tree;
	const char *message = json_string(from, "message");
	if (!message)
		message = json_string(tree, "error"); /* Ollama's own form, and error_type beside it */
	if (!message)
		message = find_detail(tree);
	const char *type = json_string(from, "type");
	if (!type)
		type = json_string(from, "code");
	const char *code = json_string(from, "code");
	f->code = code ? atoi(code) : (int)json_int(from, "code", 0, 999, 0);
	f->context_tokens = (size_t)json_int(from, "n_ctx", 0, INT32_MAX, 0);
	if (message)
		copy(f->message, sizeof f->message, message);
	if (type)
		copy(f->type, sizeof f->type, type);
	cJSON_Delete(tree);
	return message != NULL;
}

/* Text without its tags: enough to tell a gateway's page. */
static void read_markup(struct fault_text *f, struct span body)
{
	size_t n = 0;
	bool tag = false, space = true;
	for (size_t i = 0; i < body.len && i < 65536 && n < 300; i++) {
		char c = body.p[i];
		if (c == '<') {
			tag = true;
		} else if (tag) {
			tag = c != '>';
			c = ' ';
		}
		bool blank = tag || (unsigned char)c <= ' ';
		if (!blank)
			f->message[n++] = c;
		else if (!space)
			f->message[n++] = ' ';
		space = blank;
	}
	while (n && f->message[n - 1] == ' ')
		n--;
	f->message[n] = '\0';
}

static void make_words(char *out, size_t size, const char *message)
{
	size_t n = 0, len = strlen(message);
	for (size_t at = 0; at < len;) {
		uint32_t code;
		size_t step = utf8_decode(message + at, len - at, &code);
		at += step;
		char bytes[4];
		bool control = code < 0x20 || (code >= 0x7f && code < 0xa0) || code == 0x2028 ||
		               code == 0x2029 || (code >= 0x202a && code <= 0x202e);
		size_t k = utf8_encode(control ? ' ' : code, bytes);
		if (n + k + 1 > size)
			break;
		if (control && n && out[n - 1] == ' ')
			continue;
		memcpy(out + n, bytes, k);
		n += k;
	}
	out[n] = '\0';
}

static bool has(const char *text, const char *word)
{
	return strstr(text, word) != NULL;
}

static bool has_any(const char *text, const char *const *words)
{
	for (; *words; words++)
		if (has(text, *words))
			return true;
	return false;
}

/* The first number behind `word`. */
static size_t number_behind(const char *text, const char *word)
{
	const char *p = strstr(text, word);
	if (!p)
		return 0;
	p += strlen(word);
	p += strcspn(p, "0123456789");
	size_t v = 0;
	for (; isdigit((unsigned char)*p) && v < 1000000000; p++)
		v = v * 10 + (size_t)(*p - '0');
	return v;
}

static bool set_size(struct refusal *r, enum limit_kind kind, size_t limit)
{
	r->verdict = VERDICT_SIZE;
	r->kind = kind;
	r->limit = limit;
	return true;
}

/* A text, or a whole chat, has more tokens than the model takes. Sources: the code of vLLM,
 * sglang, text-embeddings-inference, text-generation-inference, llama-server, Ollama; OpenAI's,
 * Mistral's, Anthropic's and Google's replies. */
static bool find_tokens(struct refusal *r, const struct fault_text *f)
{
	static const struct {
		const char *words, *before_number; /* NULL: the server names none */
	} forms[] = {
		{ "maximum context length is", "maximum context length is" },
		{ "maximum context length of", "maximum context length of" },
		{ "maximum model length of", "maximum model length of" },
		{ "maximum context length", "for model with" },
		{ "must have less than", "must have less than" },
		{ "maximum input length is", "maximum input length is" },
		{ "max_model_len", "max_model_len" },
		{ "available context size", "available context size" },
		{ "exceed_context_size", "n_ctx" },
		{ "model's context length", "model's context length" },
		{ "`max_new_tokens` must be <=", "must be <=" },
		{ "prompt is too long", "tokens >" },
		{ "input token count", "tokens allowed" },
		{ "exceeds the context length", NULL },
		{ "context length exceeded", NULL },
		{ "context_length_exceeded", NULL },
		{ "exceeded max context length", NULL },
		{ "greater than the context length", NULL },
		{ "contextwindowexceeded", NULL },
	};
	const char *t = f->message;
	for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
		if (!has(t, forms[i].words) && !has(f->type, forms[i].words))
			continue;
		size_t n = forms[i].before_number ? number_behind(t, forms[i].before_number) : 0;
		return set_size(r, LIMIT_TEXT_TOKENS, f->context_tokens ? f->context_tokens : n);
	}
	return false;
}

/* The words that servers use for their limits; they are in lower case. */
static bool find_size(struct refusal *r, int status, const struct fault_text *f)
{
	const char *t = f->message;
	static const char *const count_words[] = { "maximum allowed batch size", "maximum batch size",
		                                       "max batch size", "batch size must", "at most",
		                                       "maximum number of inputs", NULL };
	static const char *const byte_words[] = { "payload too large", "body too large", "too large",
		                                      "larger than", "length limit exceeded", NULL };
	if (has(t, "tokens per request"))
		return set_size(r, LIMIT_BATCH_TOKENS, number_behind(t, "max "));
	if (has(t, "current batch size:")) /* llama-server: of one text, in tokens */
		return set_size(r, LIMIT_TEXT_TOKENS, number_behind(t, "current batch size:"));
	if (find_tokens(r, f))
		return true;
	for (size_t i = 0; count_words[i]; i++)
		if (has(t, count_words[i]))
			return set_size(r, LIMIT_TEXTS, number_behind(t, count_words[i]));
	if (has(t, "too many inputs") || has(t, "batch size") || has(t, "array too long"))
		return set_size(r, LIMIT_TEXTS, 0);
	if (status == 413)
		return set_size(r, LIMIT_BYTES, number_behind(t, "larger than"));
	if (status != 500 && has_any(t, byte_words) && !has(t, "token"))
		return set_size(r, LIMIT_BYTES, number_behind(t, "larger than"));
	return false;
}

static bool is_payment(const char *t, const char *type)
{
	static const char *const words[] = { "insufficient_quota", "current quota", "payment", "billing",
		                                 "'discovery' is forbidden", "insufficient credit",
		                                 "budget has been exceeded", NULL };
	return has_any(t, words) || has(type, "insufficient_quota") || has(type, "budget_exceeded");
}

static bool is_key(const char *t, const char *type)
{
	static const char *const words[] = { "no connected db", "invalid api key", "incorrect api key",
		                                 "invalid_api_key", "no api key", "api key not valid",
		                                 "authentication failed", NULL };
	return has_any(t, words) || has(type, "no_db_connection") || has(type, "authentication_error");
}

static bool is_model(const char *t, const char *type)
{
	static const char *const words[] = { "invalid model name", "unknown model", "no such model",
		                                 "model not found", "model_not_found",
		                                 "does not support embeddings", "not an embedding model",
		                                 "does not support chat", "not a chat model", NULL };
	return has_any(t, words) || has(type, "model_not_found") ||
	       (has(t, "model") && (has(t, "does not exist") || has(t, "not found")));
}

static enum verdict of_client_error(struct refusal *r, int status, const struct fault_text *f)
{
	const char *t = f->message, *type = f->type;
	if (is_key(t, type))
		return VERDICT_KEY;
	if (is_model(t, type))
		return VERDICT_MODEL;
	if (is_payment(t, type))
		return VERDICT_PAYMENT;
	return find_size(r, status, f) ? VERDICT_SIZE : VERDICT_TEXT;
}

static enum verdict judge(struct refusal *r, int status, const struct fault_text *f)
{
	const char *t = f->message, *type = f->type;
	static const char *const not_a_number[] = { "unsupported value: nan", "contains nan",
		                                        "nan or inf", NULL };
	if (status >= 300 && status < 400)
		return VERDICT_URL;
	switch (status) {
	case 401: return VERDICT_KEY;
	case 402: return VERDICT_PAYMENT;
	case 403: return is_payment(t, type) ? VERDICT_PAYMENT : VERDICT_KEY;
	case 404: return is_model(t, type) ? VERDICT_MODEL : VERDICT_URL;
	case 405:
	case 410: return VERDICT_URL;
	case 501: return VERDICT_MODEL;
	case 408:
	case 409:
	case 424:
	case 425: return VERDICT_WAIT;
	case 429:
		if (has(type, "all_deployments_in_cooldown") || has(t, "no deployments available"))
			return VERDICT_COOLDOWN;
		return is_payment(t, type) ? VERDICT_PAYMENT : VERDICT_RATE;
	default: break;
	}
	if (status >= 400 && status < 500)
		return of_client_error(r, status, f);
	if (has_any(t, not_a_number))
		return VERDICT_TEXT;
	return find_size(r, 500, f) ? VERDICT_SIZE : VERDICT_WAIT;
}

struct refusal refusal_read(int status, struct span body)
{
	struct refusal r = { .verdict = VERDICT_WAIT };
	struct fault_text f;
	f.message[0] = f.type[0] = '\0';
	f.code = 0;
	f.context_tokens = 0;
	if (!read_json(&f, body))
		read_markup(&f, body);
	make_words(r.words, sizeof r.words, f.message[0] ? f.message : f.type);
	if (!r.words[0])
		copy(r.words, sizeof r.words, "no words");
	for (char *p = f.message; *p; p++)
		*p = (char)tolower((unsigned char)*p);
	for (char *p = f.type; *p; p++)
		*p = (char)tolower((unsigned char)*p);
	if (status < 300) /* an error in band */
		status = f.code >= 400 && f.code < 600 ? f.code : 500;
	r.status = status;
	r.verdict = judge(&r, status, &f);
	return r;
}
