/* What passes a filter. Documents are asked first, each once: chunks are many. */
#include <stdlib.h>

#include "base/mem.h"
#include "store/db.h"

struct collecting {
	struct gate *gate;
	const struct store_filter *filter;
	size_t cap;
};

static int collect(void *ctx, const struct store_document *doc)
{
	struct collecting *c = ctx;
	struct gate *g = c->gate;
	if (c->filter->passes && !c->filter->passes(c->filter->passes_ctx, doc))
		return 0;
	g->documents = mem_grow(g->documents, &c->cap, g->n_documents + 1, sizeof *g->documents);
	g->documents[g->n_documents++] = doc->id;
	g->n_chunks += doc->n_chunks;
	return 0;
}

static int by_id(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
	return (x > y) - (x < y);
}

static bool has(const int64_t *ids, size_t n, int64_t id)
{
	return n && bsearch(&id, ids, n, sizeof *ids, by_id);
}

/* Paths may overlap: a document counts once. */
static size_t drop_repeated(int64_t *ids, size_t n)
{
	size_t kept = 0;
	for (size_t i = 0; i < n; i++)
		if (kept == 0 || ids[kept - 1] != ids[i])
			ids[kept++] = ids[i];
	return kept;
}

int gate_make(struct gate *g, struct store *s, const struct store_filter *f, struct err *err)
{
	*g = (struct gate){ .by_document = f && (f->n_paths || f->passes) };
	if (f) {
		g->chunks = f->chunks;
		g->n_of_chunks = f->n_chunks;
	}
	struct collecting c = { g, f, 0 };
	int rc = 0;
	if (g->by_document && f->n_paths == 0)
		rc = store_documents(s, NULL, collect, &c, err);
	for (size_t i = 0; g->by_document && i < f->n_paths && rc == 0; i++)
		rc = store_documents(s, f->paths[i], collect, &c, err);
	if (g->n_documents > 1)
		qsort(g->documents, g->n_documents, sizeof *g->documents, by_id);
	g->n_documents = drop_repeated(g->documents, g->n_documents);
	return rc;
}

void gate_free(struct gate *g)
{
	free(g->documents);
	g->documents = NULL;
}

bool gate_passes(const struct gate *g, int64_t chunk_id, int64_t doc_id)
{
	return (!g->by_document || has(g->documents, g->n_documents, doc_id)) &&
	       (!g->chunks || has(g->chunks, g->n_of_chunks, chunk_id));
}
