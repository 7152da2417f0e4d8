#include "query/memo.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/mem.h"

struct row {
	struct hash key;
	size_t at; /* of vectors, in rows */
};

struct memo {
	struct embedder *inner, *outer;
	struct row *rows; /* by key */
	size_t n, cap;
	float *vectors;   /* [n, dim] */
	size_t dim;
	struct embed_batch **waiting; /* in the order of their submission */
	size_t n_waiting, waiting_cap;
};

static int by_key(const void *a, const void *b)
{
	return hash_compare(&((const struct row *)a)->key, &((const struct row *)b)->key);
}

static struct row row_of(enum embed_kind kind, struct span text)
{
	struct span parts[] = { kind == EMBED_QUERY ? span_of("query") : span_of("passage"), text };
	return (struct row){ hash_parts(parts, 2), 0 };
}

static const float *find(const struct memo *m, enum embed_kind kind, struct span text)
{
	struct row key = row_of(kind, text);
	const struct row *found = m->n ? bsearch(&key, m->rows, m->n, sizeof key, by_key) : NULL;
	return found ? m->vectors + found->at * m->dim : NULL;
}

static void keep(struct memo *m, enum embed_kind kind, const struct span *texts, size_t n,
                 const float *vectors)
{
	float *all = mem_floats((m->n + n) * m->dim);
	if (m->n)
		memcpy(all, m->vectors, m->n * m->dim * sizeof(float));
	memcpy(all + m->n * m->dim, vectors, n * m->dim * sizeof(float));
	free(m->vectors);
	m->vectors = all;
	m->rows = mem_grow(m->rows, &m->cap, m->n + n, sizeof *m->rows);
	for (size_t i = 0; i < n; i++) {
		m->rows[m->n + i] = row_of(kind, texts[i]);
		m->rows[m->n + i].at = m->n + i;
	}
	m->n += n;
	qsort(m->rows, m->n, sizeof *m->rows, by_key);
}

static int embed_missing(struct memo *m, const struct embed_batch *b, struct err *err)
{
	struct span *missing = mem_alloc(b->n, sizeof *missing);
	size_t n = 0;
	for (size_t i = 0; i < b->n; i++)
		if (!find(m, b->kind, b->texts[i]))
			missing[n++] = b->texts[i];
	float *vectors = NULL;
	int rc = n ? embedder_embed(m->inner, b->kind, missing, n, &vectors, err) : 0;
	if (rc == 0 && n && m->n && m->inner->limits.dim != m->dim)
		rc = err_set(err, ERR_REPLY, "vectors of %zu and of %zu dimensions from one model", m->dim,
		             m->inner->limits.dim);
	if (rc == 0 && n) {
		m->dim = m->outer->limits.dim = m->inner->limits.dim;
		keep(m, b->kind, missing, n, vectors);
	}
	free(vectors);
	free(missing);
	return rc;
}

static int submit(void *self, struct embed_batch *batch, struct err *err)
{
	(void)err;
	struct memo *m = self;
	m->waiting = mem_grow(m->waiting, &m->waiting_cap, m->n_waiting + 1, sizeof(struct embed_batch *));
	m->waiting[m->n_waiting++] = batch;
	return 0;
}

static int collect(void *self, int timeout_ms, struct embed_batch **batch, struct err *err)
{
	(void)timeout_ms;
	struct memo *m = self;
	if (m->n_waiting == 0)
		return 0;
	struct embed_batch *b = m->waiting[0];
	if (embed_missing(m, b, err) < 0) {
		m->n_waiting = 0; /* what was not collected is dropped */
		return -1;
	}
	memmove(m->waiting, m->waiting + 1, --m->n_waiting * sizeof(struct embed_batch *));
	b->dim = m->dim;
	b->vectors = mem_floats(b->n * m->dim);
	b->failures = NULL;
	b->tokens = 0;
	for (size_t i = 0; i < b->n; i++)
		memcpy(b->vectors + i * m->dim, find(m, b->kind, b->texts[i]), m->dim * sizeof(float));
	*batch = b;
	return 1;
}

static size_t count_tokens(const void *self, struct span text)
{
	return embedder_count_tokens(((const struct memo *)self)->inner, text);
}

static void drain(void *self)
{
	((struct memo *)self)->n_waiting = 0; /* none was begun */
}

static void close_memo(void *self)
{
	struct memo *m = self;
	free(m->rows);
	free(m->vectors);
	free(m->waiting);
	free(m);
}

struct embedder *memo_open(struct embedder *inner)
{
	static const struct embedder_ops ops = { .submit = submit, .collect = collect,
		                                 .count_tokens = count_tokens, .close = close_memo,
		                                 .drain = drain };
	struct memo *m = mem_zalloc(1, sizeof *m);
	struct embedder *e = mem_zalloc(1, sizeof *e);
	m->inner = inner;
	m->outer = e;
	e->ops = &ops;
	e->self = m;
	memcpy(e->model, inner->model, sizeof e->model);
	/* no limit of its own: a batch is all the texts, and inner divides it */
	e->limits = (struct embed_limits){ .dim = inner->limits.dim,
		                           .max_text_tokens = inner->limits.max_text_tokens,
		                           .exact_tokens = inner->limits.exact_tokens };
	return e;
}
