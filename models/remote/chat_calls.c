#include "models/remote/chat_calls.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/mem.h"

/* The call that a fragment belongs to. Some servers number all calls 0, or none, and send each
 * whole. NULL: it starts one. */
static struct chat_call_parts *find(struct chat_calls *calls, int64_t index, const char *id,
                                    const char *name)
{
	struct chat_call_parts *c = NULL;
	for (size_t i = calls->n; i > 0 && !c; i--)
		if (index < 0 || calls->items[i - 1].index == index)
			c = &calls->items[i - 1];
	bool named_again = c && name && *name && c->name.len > 0, has_id = id && *id;
	bool another = has_id ? c && c->id.len > 0 && strcmp(id, c->id.p) != 0 : index < 0;
	return named_again && another ? NULL : c;
}

static struct chat_call_parts *start(struct chat_calls *calls, int64_t index)
{
	calls->items = mem_grow(calls->items, &calls->cap, calls->n + 1, sizeof *calls->items);
	struct chat_call_parts *c = &calls->items[calls->n++];
	*c = (struct chat_call_parts){ .index = index, .id = buf_new(CHAT_MAX_NAME),
		                           .name = buf_new(CHAT_MAX_NAME),
		                           .arguments = buf_new(CHAT_MAX_ARGUMENTS) };
	return c;
}

/* An id or a name may come in fragments, or again with each fragment. */
static int add_once(struct buf *b, const char *s)
{
	if (!s || (b->p && strcmp(b->p, s) == 0))
		return 0;
	return buf_add_str(b, s);
}

/* Arguments are JSON in a string; some servers give the object itself. */
static int add_arguments(struct buf *b, const cJSON *arguments)
{
	if (!arguments || cJSON_IsString(arguments))
		return arguments ? buf_add_str(b, arguments->valuestring) : 0;
	char *text = cJSON_PrintUnformatted(arguments);
	int rc = buf_add_str(b, text ? text : "");
	cJSON_free(text);
	return rc;
}

static int add(struct chat_calls *calls, const cJSON *item, const cJSON *function, bool whole,
               struct err *err)
{
	const char *id = json_string(item, "id"), *name = json_string(function, "name");
	int64_t index = json_int(item, "index", 0, INT32_MAX, -1);
	struct chat_call_parts *c = whole ? NULL : find(calls, index, id, name);
	if (!c && calls->n == CHAT_MAX_CALLS)
		return err_set(err, ERR_REPLY, "more than %d calls of functions", (int)CHAT_MAX_CALLS);
	if (!c)
		c = start(calls, index);
	if (add_once(&c->id, id) < 0 || add_once(&c->name, name) < 0 ||
	    add_arguments(&c->arguments, json_get(function, "arguments")) < 0)
		return err_set(err, ERR_REPLY, "the call of a function is too long");
	return 0;
}

int chat_calls_add(struct chat_calls *calls, const cJSON *said, bool whole, struct err *err)
{
	const cJSON *list = json_get(said, "tool_calls"), *old = json_get(said, "function_call");
	int rc = 0;
	for (const cJSON *item = cJSON_IsArray(list) ? list->child : NULL; item && rc == 0;
	     item = item->next)
		rc = add(calls, item, json_get(item, "function"), whole, err);
	if (rc == 0 && cJSON_IsObject(old))
		rc = add(calls, NULL, old, whole, err);
	return rc;
}

static char *take_clean(struct buf *b)
{
	struct buf clean = buf_new(b->len * 3);
	buf_add_text(&clean, buf_span(b));
	return buf_take(&clean, NULL);
}

void chat_calls_take(struct chat_calls *calls, struct chat_message *m)
{
	m->n_calls = calls->n;
	m->calls = calls->n ? mem_zalloc(calls->n, sizeof *m->calls) : NULL;
	for (size_t i = 0; i < calls->n; i++) {
		struct chat_call_parts *c = &calls->items[i];
		if (c->id.len == 0) /* what answers it must name it somehow */
			buf_printf(&c->id, "call_%zu", i + 1);
		m->calls[i] = (struct chat_call){ .id = take_clean(&c->id), .name = take_clean(&c->name),
			                              .arguments = take_clean(&c->arguments) };
	}
	chat_calls_free(calls);
}

void chat_calls_free(struct chat_calls *calls)
{
	for (size_t i = 0; i < calls->n; i++) {
		buf_free(&calls->items[i].id);
		buf_free(&calls->items[i].name);
		buf_free(&calls->items[i].arguments);
	}
	free(calls->items);
	*calls = (struct chat_calls){ 0 };
}
