#include "ask/conversation.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/mem.h"
#include "query/pack.h"

static const char *const role_names[] = { "system", "user", "assistant", "tool" };

void conversation_free(struct conversation *c)
{
	chat_messages_free(&c->messages);
	sources_free(&c->sources);
	free(c->given);
	free(c->question);
	*c = (struct conversation){ 0 };
}

/* ---- its length ---- */

static size_t count_tokens(const struct conversation *c)
{
	size_t n = 0;
	for (size_t i = 0; i < c->messages.n; i++)
		if (c->messages.items[i].text)
			n += pack_estimate_tokens(NULL, span_of(c->messages.items[i].text));
	return n;
}

/* Messages [from, from + n) go. */
static void drop(struct chat_messages *list, size_t from, size_t n)
{
	for (size_t i = from; i < from + n; i++)
		chat_message_release(&list->items[i]);
	memmove(list->items + from, list->items + from + n, (list->n - from - n) * sizeof *list->items);
	list->n -= n;
}

size_t conversation_fit(struct conversation *c, size_t tokens)
{
	size_t first = c->messages.n && c->messages.items[0].role == CHAT_SYSTEM, n_dropped = 0;
	while (c->messages.n >= first + 2 && count_tokens(c) > tokens) {
		drop(&c->messages, first, 2);
		n_dropped++;
	}
	return n_dropped;
}

/* ---- as JSON ---- */

static void add_text(cJSON *o, const char *name, const char *text)
{
	if (text)
		json_add_text(o, name, span_of(text));
}

void conversation_write(struct buf *out, const struct conversation *c, const char *model)
{
	cJSON *o = cJSON_CreateObject();
	cJSON_AddNumberToObject(o, "schema", CONVERSATION_SCHEMA);
	add_text(o, "model", model);
	cJSON *list = cJSON_AddArrayToObject(o, "messages");
	for (size_t i = 0; i < c->messages.n; i++) {
		cJSON *m = cJSON_CreateObject();
		cJSON_AddStringToObject(m, "role", role_names[c->messages.items[i].role]);
		add_text(m, "text", c->messages.items[i].text);
		cJSON_AddItemToArray(list, m);
	}
	list = cJSON_AddArrayToObject(o, "sources");
	for (size_t i = 0; i < c->sources.n; i++) {
		const struct source *s = &c->sources.items[i];
		cJSON *one = cJSON_CreateObject();
		add_text(one, "path", s->path);
		add_text(one, "title", s->title);
		add_text(one, "heading", s->heading);
		json_add_text(one, "text", (struct span){ s->text, s->text_len });
		cJSON_AddNumberToObject(one, "byte_start", (double)s->byte_start);
		cJSON_AddNumberToObject(one, "byte_end", (double)s->byte_end);
		cJSON_AddNumberToObject(one, "line_start", s->line_start);
		cJSON_AddNumberToObject(one, "line_end", s->line_end);
		cJSON_AddNumberToObject(one, "page", s->page);
		cJSON_AddItemToArray(list, one);
	}
	char *text = cJSON_Print(o);
	buf_add_str(out, text ? text : "");
	buf_add_byte(out, '\n');
	free(text);
	cJSON_Delete(o);
}

/* What is not a message of a conversation that was kept is an error: nothing of it is
 * guessed. */
static int read_message(struct conversation *c, const cJSON *m)
{
	const char *role = json_string(m, "role"), *text = json_string(m, "text");
	for (int i = CHAT_SYSTEM; role && text && i <= CHAT_ASSISTANT; i++) {
		if (strcmp(role, role_names[i]) == 0) {
			chat_messages_add(&c->messages, (enum chat_role)i, text);
			return 0;
		}
	}
	return -1;
}

static char *copy(const char *text)
{
	return text ? mem_strdup(text) : NULL;
}

static int read_source(struct conversation *c, const cJSON *o)
{
	const int64_t most = (int64_t)1 << 53;
	const char *path = json_string(o, "path"), *text = json_string(o, "text");
	size_t number = c->sources.n + 1;
	if (!path || !text)
		return -1;
	struct source s = {
		.path = mem_strdup(path), .title = copy(json_string(o, "title")),
		.heading = copy(json_string(o, "heading")), .text = mem_strdup(text), .text_len = strlen(text),
		.byte_start = (uint64_t)json_int(o, "byte_start", 0, most, 0),
		.byte_end = (uint64_t)json_int(o, "byte_end", 0, most, 0),
		.line_start = (uint32_t)json_int(o, "line_start", 0, UINT32_MAX, 0),
		.line_end = (uint32_t)json_int(o, "line_end", 0, UINT32_MAX, 0),
		.page = (uint32_t)json_int(o, "page", 0, UINT32_MAX, 0),
	};
	/* a source twice would have another number than its citations */
	return sources_add(&c->sources, &s) == number ? 0 : -1;
}

int conversation_read(struct conversation *c, struct span text, const char *where, struct err *err)
{
	cJSON *o = json_parse(text, where, err);
	if (!o)
		return -1;
	const cJSON *m, *messages = json_get(o, "messages"), *sources = json_get(o, "sources");
	int rc = json_int(o, "schema", 1, 1000, 0) == CONVERSATION_SCHEMA && cJSON_IsArray(messages) &&
	                 cJSON_IsArray(sources) ? 0 : -1;
	for (m = rc == 0 ? messages->child : NULL; rc == 0 && m; m = m->next)
		rc = read_message(c, m);
	for (m = rc == 0 ? sources->child : NULL; rc == 0 && m; m = m->next)
		rc = read_source(c, m);
	cJSON_Delete(o);
	if (rc == 0)
		return 0;
	conversation_free(c);
	return err_set(err, ERR_INPUT, "'%s' is no conversation that akin chat has saved", where);
}
