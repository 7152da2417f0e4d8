#include "ask/sources.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

static void release(struct source *s)
{
	free(s->path);
	free(s->title);
	free(s->heading);
	free(s->text);
	*s = (struct source){ 0 };
}

static bool is_same(const struct source *a, const struct source *b)
{
	return a->text_len == b->text_len && strcmp(a->path, b->path) == 0 &&
	       memcmp(a->text, b->text, a->text_len) == 0;
}

size_t sources_add(struct sources *list, struct source *s)
{
	for (size_t i = 0; i < list->n; i++) {
		if (!is_same(&list->items[i], s))
			continue;
		release(s);
		return i + 1;
	}
	list->items = mem_grow(list->items, &list->cap, list->n + 1, sizeof *list->items);
	list->items[list->n++] = *s;
	*s = (struct source){ 0 };
	return list->n;
}

void sources_free(struct sources *list)
{
	for (size_t i = 0; i < list->n; i++)
		release(&list->items[i]);
	free(list->items);
	*list = (struct sources){ 0 };
}
