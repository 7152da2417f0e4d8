#include "models/remote/chat_wire.h"

#include <math.h>

#include "base/json.h"

static void add_string(cJSON *object, const char *name, const char *s)
{
	json_add_text(object, name, span_of(s));
}

/* ---- messages ---- */

static const char *role_name(enum chat_role role)
{
	static const char *const names[] = { "system", "user", "assistant", "tool" };
	return names[role];
}

static cJSON *add_part(cJSON *parts, const char *type)
{
	cJSON *part = cJSON_CreateObject();
	cJSON_AddStringToObject(part, "type", type);
	cJSON_AddItemToArray(parts, part);
	return part;
}

static void add_content(cJSON *to, const struct chat_message *m)
{
	bool only_calls = m->n_calls > 0 && (!m->text || !*m->text);
	if (m->n_images == 0) {
		if (!only_calls)
			add_string(to, "content", m->text ? m->text : "");
		return;
	}
	cJSON *parts = cJSON_AddArrayToObject(to, "content");
	if (m->text)
		add_string(add_part(parts, "text"), "text", m->text);
	for (size_t i = 0; i < m->n_images; i++) {
		cJSON *image = cJSON_AddObjectToObject(add_part(parts, "image_url"), "image_url");
		add_string(image, "url", m->images[i]);
	}
}

static void add_calls(cJSON *to, const struct chat_message *m)
{
	if (m->n_calls == 0)
		return;
	cJSON *list = cJSON_AddArrayToObject(to, "tool_calls");
	for (size_t i = 0; i < m->n_calls; i++) {
		cJSON *call = cJSON_CreateObject();
		add_string(call, "id", m->calls[i].id);
		cJSON_AddStringToObject(call, "type", "function");
		cJSON *function = cJSON_AddObjectToObject(call, "function");
		add_string(function, "name", m->calls[i].name);
		add_string(function, "arguments", m->calls[i].arguments);
		cJSON_AddItemToArray(list, call);
	}
}

static void add_messages(cJSON *body, const struct chat_request *q)
{
	cJSON *list = cJSON_AddArrayToObject(body, "messages");
	for (size_t i = 0; i < q->n_messages; i++) {
		const struct chat_message *m = &q->messages[i];
		cJSON *item = cJSON_CreateObject();
		cJSON_AddStringToObject(item, "role", role_name(m->role));
		if (m->call_id)
			add_string(item, "tool_call_id", m->call_id);
		if (m->name)
			add_string(item, "name", m->name);
		add_content(item, m);
		add_calls(item, m);
		cJSON_AddItemToArray(list, item);
	}
}

/* ---- what was asked for ---- */

static void add_parameters(cJSON *body, const struct chat_request *q)
{
	if (q->max_tokens)
		cJSON_AddNumberToObject(body, "max_tokens", (double)q->max_tokens);
	if (!isnan(q->temperature))
		cJSON_AddNumberToObject(body, "temperature", q->temperature);
	if (!isnan(q->top_p))
		cJSON_AddNumberToObject(body, "top_p", q->top_p);
	cJSON *stop = q->n_stop ? cJSON_AddArrayToObject(body, "stop") : NULL;
	for (size_t i = 0; i < q->n_stop; i++)
		cJSON_AddItemToArray(stop, json_text(span_of(q->stop[i])));
	if (q->user)
		add_string(body, "user", q->user);
	if (!q->stream)
		return;
	cJSON_AddTrueToObject(body, "stream");
	cJSON_AddTrueToObject(cJSON_AddObjectToObject(body, "stream_options"), "include_usage");
}

/* Adds a member that is written as text. */
static int add_object(cJSON *to, const char *name, const char *text, const char *what,
                      struct err *err)
{
	cJSON *object = json_parse(span_of(text), what, err);
	if (!object)
		return -1;
	cJSON_AddItemToObject(to, name, object);
	if (!cJSON_IsObject(object))
		return err_set(err, ERR_INPUT, "%s is no JSON object", what);
	return 0;
}

static int add_tools(cJSON *body, const struct chat_request *q, struct err *err)
{
	if (q->n_tools == 0)
		return 0;
	cJSON *list = cJSON_AddArrayToObject(body, "tools");
	for (size_t i = 0; i < q->n_tools; i++) {
		const struct chat_tool *t = &q->tools[i];
		cJSON *function = cJSON_AddObjectToObject(add_part(list, "function"), "function");
		add_string(function, "name", t->name);
		if (t->description)
			add_string(function, "description", t->description);
		if (!t->parameters)
			continue;
		if (add_object(function, "parameters", t->parameters, "the schema of its parameters", err) < 0)
			return err_wrap(err, "function '%s'", t->name);
	}
	cJSON_AddStringToObject(body, "tool_choice", "auto");
	return 0;
}

static int add_schema(cJSON *body, const struct chat_request *q, struct err *err)
{
	if (!q->schema)
		return 0;
	cJSON *format = cJSON_AddObjectToObject(body, "response_format");
	cJSON_AddStringToObject(format, "type", "json_schema");
	cJSON *named = cJSON_AddObjectToObject(format, "json_schema");
	add_string(named, "name", q->schema_name);
	if (add_object(named, "schema", q->schema, "the schema of the answer", err) < 0)
		return -1;
	cJSON_AddBoolToObject(named, "strict", q->schema_strict);
	return 0;
}

int chat_wire_request(struct buf *b, const char *model, const struct chat_request *q,
                      struct err *err)
{
	cJSON *body = cJSON_CreateObject();
	add_string(body, "model", model);
	add_messages(body, q);
	add_parameters(body, q);
	int rc = add_tools(body, q, err);
	if (rc == 0)
		rc = add_schema(body, q, err);
	char *text = rc == 0 ? cJSON_PrintUnformatted(body) : NULL;
	cJSON_Delete(body);
	if (rc == 0 && (!text || buf_add_str(b, text) < 0))
		rc = err_set(err, ERR_LIMIT, "a request of more than %zu bytes; ask with less text or "
		                             "smaller images", b->max);
	cJSON_free(text);
	return rc;
}
