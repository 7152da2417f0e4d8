#define _GNU_SOURCE
#include "tests/support/standin/chat.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/mem.h"
#include "base/utf8.h"

enum { LONG_AGO = 1700000000, DAY_MS = 86400000 };

/* A reply while it is put together. */
struct writer {
	const cJSON *line;
	const struct chat_ask *ask;
	struct buf *out;
	struct pace *pace;
	const char *eol;
	size_t piece;
	size_t n_deltas, error_after;
	int delay_ms;
	bool failed; /* the error stands in the stream */
};

static void end_event(struct writer *w, int wait_ms)
{
	struct pace *p = w->pace;
	p->events = mem_grow(p->events, &p->cap, p->n + 1, sizeof *p->events);
	p->events[p->n++] = (struct event){ w->out->len, wait_ms };
}

static void emit_text(struct writer *w, const char *text, int wait_ms)
{
	if (json_bool(w->line, "comments", false) && w->pace->n > 0)
		buf_printf(w->out, ": ping%s%s", w->eol, w->eol);
	buf_printf(w->out, "data: %s%s%s", text, w->eol, w->eol);
	end_event(w, wait_ms);
}

static void emit(struct writer *w, cJSON *chunk, int wait_ms)
{
	char *text = cJSON_PrintUnformatted(chunk);
	emit_text(w, text, wait_ms);
	cJSON_free(text);
	cJSON_Delete(chunk);
}

static cJSON *make_head(const struct chat_ask *ask, const char *object)
{
	cJSON *head = cJSON_CreateObject();
	cJSON_AddStringToObject(head, "id", "chatcmpl-standin");
	cJSON_AddStringToObject(head, "object", object);
	cJSON_AddNumberToObject(head, "created", LONG_AGO);
	cJSON_AddStringToObject(head, "model", ask->model);
	return head;
}

/* Takes the delta. finish NULL: null. */
static cJSON *make_chunk(const struct chat_ask *ask, cJSON *delta, const char *finish)
{
	cJSON *chunk = make_head(ask, "chat.completion.chunk");
	cJSON *choice = cJSON_CreateObject();
	cJSON_AddItemToArray(cJSON_AddArrayToObject(chunk, "choices"), choice);
	cJSON_AddNumberToObject(choice, "index", 0);
	cJSON_AddItemToObject(choice, "delta", delta);
	cJSON_AddItemToObject(choice, "finish_reason",
	                      finish ? cJSON_CreateString(finish) : cJSON_CreateNull());
	return chunk;
}

static bool fails_here(struct writer *w)
{
	if (w->failed || w->n_deltas < w->error_after)
		return w->failed;
	const char *words = json_string(w->line, "error");
	cJSON *chunk = cJSON_CreateObject(), *error = cJSON_AddObjectToObject(chunk, "error");
	cJSON_AddStringToObject(error, "message", words ? words : "the engine died");
	cJSON_AddStringToObject(error, "type", "internal_server_error");
	cJSON_AddNumberToObject(error, "code", 500);
	emit(w, chunk, w->delay_ms);
	return w->failed = true;
}

static void emit_delta(struct writer *w, cJSON *delta)
{
	if (fails_here(w)) {
		cJSON_Delete(delta);
		return;
	}
	emit(w, make_chunk(w->ask, delta, NULL), w->n_deltas ? w->delay_ms : 0);
	w->n_deltas++;
}

/* The next piece of text from at: whole characters. */
static struct span next_piece(const struct writer *w, struct span text, size_t at)
{
	if (w->piece == 0 || text.len - at <= w->piece)
		return (struct span){ text.p + at, text.len - at };
	size_t end = utf8_floor(text.p, text.len, at + w->piece);
	uint32_t code;
	if (end <= at)
		end = at + utf8_decode(text.p + at, text.len - at, &code);
	return (struct span){ text.p + at, end - at };
}

static void emit_words(struct writer *w, const char *field, const char *text)
{
	struct span all = span_of(text ? text : "");
	for (size_t at = 0; at < all.len && !w->failed;) {
		struct span piece = next_piece(w, all, at);
		cJSON *delta = cJSON_CreateObject();
		json_add_text(delta, field, piece);
		emit_delta(w, delta);
		at += piece.len;
	}
}

static char *arguments_of(const cJSON *call)
{
	const cJSON *arguments = json_get(call, "arguments");
	if (cJSON_IsObject(arguments))
		return cJSON_PrintUnformatted(arguments);
	return mem_strdup(cJSON_IsString(arguments) ? arguments->valuestring : "");
}

/* A call, or a fragment of one: name NULL leaves out all but the arguments. */
static cJSON *make_call(const cJSON *call, size_t index, const char *name, struct span arguments)
{
	cJSON *out = cJSON_CreateObject();
	char id[32];
	snprintf(id, sizeof id, "call_%zu", index + 1);
	const char *own_id = json_string(call, "id");
	if (name) {
		cJSON_AddStringToObject(out, "id", own_id ? own_id : id);
		cJSON_AddStringToObject(out, "type", "function");
	}
	cJSON *function = cJSON_AddObjectToObject(out, "function");
	if (name)
		cJSON_AddStringToObject(function, "name", name);
	json_add_text(function, "arguments", arguments);
	return out;
}

static void emit_fragment(struct writer *w, const cJSON *call, size_t index, const char *name,
                          struct span arguments)
{
	cJSON *delta = cJSON_CreateObject();
	cJSON *fragment = make_call(call, index, name, arguments);
	cJSON_AddNumberToObject(fragment, "index", (double)index);
	cJSON_AddItemToArray(cJSON_AddArrayToObject(delta, "tool_calls"), fragment);
	emit_delta(w, delta);
}

static void emit_calls(struct writer *w, const cJSON *calls)
{
	size_t index = 0;
	for (const cJSON *call = calls ? calls->child : NULL; call; call = call->next, index++) {
		char *text = arguments_of(call);
		const char *name = json_string(call, "name");
		struct span all = span_of(text);
		bool whole = w->piece == 0;
		emit_fragment(w, call, index, name ? name : "", whole ? all : (struct span){ text, 0 });
		for (size_t at = whole ? all.len : 0; at < all.len && !w->failed;) {
			struct span piece = next_piece(w, all, at);
			emit_fragment(w, call, index, NULL, piece);
			at += piece.len;
		}
		free(text);
	}
}

static void add_usage(cJSON *reply, const struct chat_ask *ask, size_t n_answer)
{
	cJSON *usage = cJSON_AddObjectToObject(reply, "usage");
	cJSON_AddNumberToObject(usage, "prompt_tokens", (double)ask->prompt_tokens);
	cJSON_AddNumberToObject(usage, "completion_tokens", (double)n_answer);
	cJSON_AddNumberToObject(usage, "total_tokens", (double)(ask->prompt_tokens + n_answer));
}

static void emit_usage(struct writer *w)
{
	const char *form = json_string(w->line, "usage");
	form = form ? form : "empty";
	if (!w->ask->usage || strcmp(form, "none") == 0)
		return;
	cJSON *chunk = make_head(w->ask, "chat.completion.chunk");
	if (strcmp(form, "null") == 0) {
		cJSON_AddNullToObject(chunk, "choices");
	} else if (strcmp(form, "absent") != 0) {
		cJSON *choices = cJSON_AddArrayToObject(chunk, "choices");
		if (strcmp(form, "delta") == 0) {
			cJSON *choice = cJSON_CreateObject();
			cJSON_AddNumberToObject(choice, "index", 0);
			cJSON_AddObjectToObject(choice, "delta");
			cJSON_AddItemToArray(choices, choice);
		}
	}
	add_usage(chunk, w->ask, w->n_deltas);
	emit(w, chunk, 0);
}

static const char *reasoning_field(const cJSON *line)
{
	const char *field = json_string(line, "reasoning_field");
	return field ? field : "reasoning";
}

static const char *finish_of(const cJSON *line)
{
	const char *finish = json_string(line, "finish");
	return finish ? finish : json_get(line, "tool_calls") ? "tool_calls" : "stop";
}

static void write_stream(struct writer *w)
{
	cJSON *role = cJSON_CreateObject();
	cJSON_AddStringToObject(role, "role", "assistant");
	cJSON_AddStringToObject(role, "content", "");
	emit(w, make_chunk(w->ask, role, NULL), 0);
	w->pace->first = w->pace->n;
	emit_words(w, reasoning_field(w->line), json_string(w->line, "reasoning"));
	emit_words(w, "content", json_string(w->line, "content"));
	emit_calls(w, json_get(w->line, "tool_calls"));
	if (!fails_here(w)) {
		emit(w, make_chunk(w->ask, cJSON_CreateObject(), finish_of(w->line)), 0);
		emit_usage(w);
	}
	if (json_bool(w->line, "done", true))
		emit_text(w, "[DONE]", 0);
}

static void write_plain(struct writer *w)
{
	cJSON *reply = make_head(w->ask, "chat.completion"), *choice = cJSON_CreateObject();
	cJSON_AddItemToArray(cJSON_AddArrayToObject(reply, "choices"), choice);
	cJSON_AddNumberToObject(choice, "index", 0);
	cJSON *message = cJSON_AddObjectToObject(choice, "message");
	cJSON_AddStringToObject(message, "role", "assistant");
	const char *content = json_string(w->line, "content");
	const char *reasoning = json_string(w->line, "reasoning");
	cJSON_AddItemToObject(message, "content",
	                      content ? cJSON_CreateString(content) : cJSON_CreateNull());
	if (reasoning)
		cJSON_AddStringToObject(message, reasoning_field(w->line), reasoning);
	const cJSON *calls = json_get(w->line, "tool_calls");
	cJSON *list = calls ? cJSON_AddArrayToObject(message, "tool_calls") : NULL;
	size_t index = 0;
	for (const cJSON *call = calls ? calls->child : NULL; call; call = call->next, index++) {
		char *text = arguments_of(call);
		const char *name = json_string(call, "name");
		cJSON_AddItemToArray(list, make_call(call, index, name ? name : "", span_of(text)));
		free(text);
	}
	cJSON_AddStringToObject(choice, "finish_reason", finish_of(w->line));
	add_usage(reply, w->ask, content ? strlen(content) / 4 + 1 : 1);
	char *text = cJSON_PrintUnformatted(reply);
	buf_add_str(w->out, text);
	cJSON_free(text);
	cJSON_Delete(reply);
	end_event(w, 0);
}

static void write_given(struct writer *w, struct answer *a, int status)
{
	const cJSON *body = json_get(w->line, "body");
	const char *type = json_string(w->line, "content_type");
	a->status = status;
	a->content_type = type ? type : "application/json";
	a->retry_after = (int)json_int(w->line, "retry_after", 0, 86400, -1);
	char *text = cJSON_IsString(body) ? NULL : cJSON_PrintUnformatted(body);
	buf_add_str(w->out, text ? text : cJSON_IsString(body) ? body->valuestring : "");
	cJSON_free(text);
	end_event(w, 0);
}

static struct writer start(struct answer *a, const cJSON *line, const struct chat_ask *ask)
{
	struct pace *pace = a->pace = mem_zalloc(1, sizeof *pace);
	pace->number = ask->number;
	pace->received_s = ask->received_s;
	pace->write_bytes = (size_t)json_int(line, "write_bytes", 1, 1 << 30, 0);
	int64_t cut_at = json_int(line, "cut_at", 0, INT64_C(1) << 40, -1);
	pace->cut_at = cut_at < 0 ? SIZE_MAX : (size_t)cut_at;
	int64_t error_after = json_int(line, "error_after", 0, 1 << 30, -1);
	const char *eol = json_string(line, "eol");
	return (struct writer){
		.line = line, .ask = ask, .out = &a->body, .pace = pace, .eol = eol ? eol : "\n",
		.piece = (size_t)json_int(line, "piece_bytes", 0, 1 << 30, 8),
		.error_after = error_after < 0 ? SIZE_MAX : (size_t)error_after,
		.delay_ms = (int)json_int(line, "delay_ms", 0, DAY_MS, 0),
	};
}

void chat_reply(struct answer *a, const cJSON *line, const struct chat_ask *ask)
{
	struct writer w = start(a, line, ask);
	const char *raw = json_string(line, "raw"), *type = json_string(line, "content_type");
	int status = (int)json_int(line, "status", 200, 599, 0);
	a->status = 200;
	a->content_type = type ? type : "text/event-stream";
	w.pace->stream = true;
	if (raw) {
		buf_add_str(w.out, raw);
		end_event(&w, 0);
	} else if (!status && ask->stream && !json_bool(line, "plain", false)) {
		write_stream(&w);
	} else {
		w.pace->stream = false;
		a->content_type = type ? type : "application/json";
		if (status)
			write_given(&w, a, status);
		else
			write_plain(&w);
	}
}
