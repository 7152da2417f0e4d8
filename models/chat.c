#include "models/chat.h"

#include <stdlib.h>

#include "base/mem.h"

void chat_message_release(struct chat_message *m)
{
	for (size_t i = 0; i < m->n_images; i++)
		free(m->images[i]);
	for (size_t i = 0; i < m->n_calls; i++) {
		free(m->calls[i].id);
		free(m->calls[i].name);
		free(m->calls[i].arguments);
	}
	free(m->text);
	free(m->images);
	free(m->calls);
	free(m->call_id);
	free(m->name);
	*m = (struct chat_message){ .role = m->role };
}

struct chat_message *chat_messages_add(struct chat_messages *list, enum chat_role role,
                                       const char *text)
{
	char *copy = text ? mem_strdup(text) : NULL; /* it may be one of the list's own */
	list->items = mem_grow(list->items, &list->cap, list->n + 1, sizeof *list->items);
	struct chat_message *m = &list->items[list->n++];
	*m = (struct chat_message){ .role = role, .text = copy };
	return m;
}

void chat_messages_cut(struct chat_messages *list, size_t n)
{
	while (list->n > n)
		chat_message_release(&list->items[--list->n]);
}

void chat_messages_free(struct chat_messages *list)
{
	chat_messages_cut(list, 0);
	free(list->items);
	*list = (struct chat_messages){ 0 };
}

void chat_reply_release(struct chat_reply *r)
{
	chat_message_release(&r->message);
	free(r->reasoning);
	*r = (struct chat_reply){ .message.role = CHAT_ASSISTANT };
}
