#define _GNU_SOURCE
#include "tests/support/standin/chat.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/json.h"

/* The fields of OpenAI's reference. OVHcloud refuses a request with any other. */
static const char *const openai_fields[] = {
	"model", "messages", "stream", "stream_options", "max_tokens", "max_completion_tokens",
	"temperature", "top_p", "n", "stop", "user", "presence_penalty", "frequency_penalty",
	"logit_bias", "logprobs", "top_logprobs", "seed", "response_format", "tools", "tool_choice",
	"parallel_tool_calls", "functions", "function_call", "metadata", "store", "reasoning_effort",
	"modalities", "audio", "prediction", "service_tier", "verbosity", "web_search_options",
	"safety_identifier", "prompt_cache_key",
};

int chat_side_open(struct chat_side *c, const struct options *opt)
{
	c->models = opt->chat_models;
	pthread_mutex_init(&c->lock, NULL);
	if (script_read(&c->script, opt->chat_file) < 0)
		return -1;
	if (log_open(&c->log, opt->chat_log) == 0 && log_open(&c->times, opt->chat_times) == 0)
		return 0;
	fprintf(stderr, "standin: cannot write a log of chats\n");
	return -1;
}

void chat_side_close(struct chat_side *c)
{
	script_free(&c->script);
	if (c->log.fd >= 0)
		close(c->log.fd);
	if (c->times.fd >= 0)
		close(c->times.fd);
}

/* Each item of "A,B" in turn; false behind the last. */
static bool next_model(const char **list, struct span *model)
{
	if (!*list || !**list)
		return false;
	size_t len = strcspn(*list, ",");
	*model = (struct span){ *list, len };
	*list += len + ((*list)[len] == ',');
	return true;
}

static bool is_served(const struct chat_side *c, const char *name)
{
	const char *list = c->models;
	struct span model;
	while (next_model(&list, &model))
		if (span_equal(model, span_of(name)))
			return true;
	return !c->models;
}

void chat_list_models(const struct chat_side *c, struct buf *out)
{
	const char *list = c->models;
	struct span model;
	while (next_model(&list, &model))
		buf_printf(out, ",{\"id\":\"%.*s\",\"object\":\"model\",\"owned_by\":\"tests\"}",
		           (int)model.len, model.p);
}

static size_t count_unknown(const cJSON *tree)
{
	size_t n = 0;
	for (const cJSON *field = tree->child; field; field = field->next) {
		bool known = false;
		for (size_t i = 0; i < sizeof openai_fields / sizeof *openai_fields && !known; i++)
			known = strcmp(field->string, openai_fields[i]) == 0;
		n += !known;
	}
	return n;
}

static bool is_message(const cJSON *m)
{
	const char *role = json_string(m, "role");
	const cJSON *content = json_get(m, "content");
	bool said = cJSON_IsString(content) || cJSON_IsArray(content);
	if (!role || (content && !said))
		return false;
	if (strcmp(role, "assistant") == 0)
		return said || json_get(m, "tool_calls");
	if (strcmp(role, "tool") == 0)
		return said && json_string(m, "tool_call_id");
	return said && (strcmp(role, "system") == 0 || strcmp(role, "user") == 0 ||
	                strcmp(role, "developer") == 0);
}

static bool are_messages(const cJSON *list)
{
	if (!cJSON_IsArray(list) || !list->child)
		return false;
	for (const cJSON *m = list->child; m; m = m->next)
		if (!is_message(m))
			return false;
	return true;
}

static bool refuse(const struct chat_side *c, const struct chat_ask *ask, size_t n_unknown,
                   struct answer *a)
{
	if (!cJSON_IsObject(ask->tree) || !ask->model)
		answer_error(a, 400, "invalid_request_error", "no JSON object with a model");
	else if (n_unknown)
		answer_error(a, 400, "invalid_request_error",
		             "feature 'extra arguments' is not currently supported");
	else if (!are_messages(json_get(ask->tree, "messages")))
		answer_error(a, 400, "invalid_request_error", "'messages' is not valid");
	else if (!is_served(c, ask->model))
		answer_error(a, 404, "not_found_error", "the model does not exist");
	return a->status != 0;
}

bool chat_begin(struct chat_side *c, struct stats *stats, struct span body, struct chat_ask *ask,
                struct answer *a)
{
	cJSON *tree = json_parse(body, "the request", NULL);
	*ask = (struct chat_ask){
		.tree = tree, .model = json_string(tree, "model"), .stream = json_bool(tree, "stream", false),
		.usage = json_bool(json_get(tree, "stream_options"), "include_usage", false),
		.prompt_tokens = body.len / 4 + 1, .received_s = clock_seconds(),
	};
	pthread_mutex_lock(&c->lock);
	ask->number = ++c->n_requests;
	log_body(&c->log, tree, body);
	pthread_mutex_unlock(&c->lock);
	size_t n_unknown = cJSON_IsObject(tree) ? count_unknown(tree) : 0;
	pthread_mutex_lock(&stats->lock);
	stats->chats++;
	stats->unknown_fields += n_unknown;
	pthread_mutex_unlock(&stats->lock);
	return !refuse(c, ask, n_unknown, a);
}

void chat_answer(struct chat_side *c, const struct chat_ask *ask, enum fault fault,
                 struct answer *a)
{
	const cJSON *line = script_next(&c->script);
	char *text = c->script.given ? NULL : least_of(ask->tree);
	cJSON *own = text ? cJSON_CreateObject() : NULL;
	if (own)
		cJSON_AddStringToObject(own, "content", text);
	chat_reply(a, own ? own : line, ask);
	cJSON_free(text);
	cJSON_Delete(own);
	a->pace->times = c->times.fd >= 0 ? &c->times : NULL;
	if (fault == FAULT_CUT)
		a->pace->cut_at = a->body.len / 2;
	if (fault == FAULT_TRUNCATED) {
		a->body.len /= 2;
		while (a->pace->n > 1 && a->pace->events[a->pace->n - 2].end >= a->body.len)
			a->pace->n--;
		a->pace->events[a->pace->n - 1].end = a->body.len;
	}
	clock_sleep_ms(json_int(line, "first_ms", 0, 86400000, 0));
}
