#include "cli/documents.h"

#include <stdlib.h>

#include "base/mem.h"

struct loading {
	struct document_names *names;
	size_t cap;
};

static int add(void *ctx, const struct store_document *doc)
{
	struct loading *l = ctx;
	struct document_names *names = l->names;
	names->items = mem_grow(names->items, &l->cap, names->n + 1, sizeof *names->items);
	names->items[names->n++] = (struct document_name){ doc->id, mem_strdup(doc->path) };
	return 0;
}

static int by_id(const void *a, const void *b)
{
	int64_t x = ((const struct document_name *)a)->id, y = ((const struct document_name *)b)->id;
	return (x > y) - (x < y);
}

int document_names_load(struct document_names *names, struct store *store, const char *prefix,
                        struct err *err)
{
	*names = (struct document_names){ 0 };
	struct loading l = { names, 0 };
	int rc = store_documents(store, prefix, add, &l, err);
	if (names->n > 1)
		qsort(names->items, names->n, sizeof *names->items, by_id);
	return rc;
}

void document_names_free(struct document_names *names)
{
	for (size_t i = 0; i < names->n; i++)
		free(names->items[i].path);
	free(names->items);
	*names = (struct document_names){ 0 };
}

const char *document_name(const struct document_names *names, int64_t id)
{
	struct document_name key = { id, NULL };
	const struct document_name *found =
		names->n ? bsearch(&key, names->items, names->n, sizeof key, by_id) : NULL;
	return found ? found->path : NULL;
}

static int stop(void *ctx, const struct store_document *doc)
{
	(void)ctx;
	(void)doc;
	return 1;
}

int documents_any(struct store *store, const char *path, struct err *err)
{
	return store_documents(store, path, stop, NULL, err);
}
