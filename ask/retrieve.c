#include "ask/retrieve.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "ask/prompt.h"
#include "base/clock.h"
#include "base/mem.h"
#include "query/hits.h"
#include "query/pack.h"

/* Of a context that nobody knows the size of. */
enum { CAREFUL_CONTEXT = 16384, TOKENS_OF_A_PASSAGE = 80 };

size_t retrieve_budget(const struct ask *a)
{
	size_t context = a->chat && a->chat->context_tokens ? a->chat->context_tokens : CAREFUL_CONTEXT;
	if (a->budget)
		return a->budget;
	return context / 2 < ASK_BUDGET ? context / 2 : ASK_BUDGET;
}

static size_t count_tokens(const void *ctx, struct span text)
{
	return embedder_count_tokens(ctx, text);
}

static char *copy(const char *text)
{
	return text ? mem_strdup(text) : NULL;
}

static int ascending(const void *a, const void *b)
{
	size_t x = *(const size_t *)a, y = *(const size_t *)b;
	return (x > y) - (x < y);
}

/* Two excerpts of a pack are never the same source, but one may be known from before. */
static void take(struct conversation *c, const struct pack *pack)
{
	free(c->given);
	c->given = mem_alloc(pack->n ? pack->n : 1, sizeof *c->given);
	c->n_given = 0;
	for (size_t i = 0; i < pack->n; i++) {
		const struct excerpt *e = &pack->items[i];
		struct source s = {
			.path = mem_strdup(e->path), .title = copy(e->title), .heading = copy(e->heading),
			.text = mem_strndup(e->text, e->text_len), .text_len = e->text_len,
			.byte_start = e->byte_start, .byte_end = e->byte_end,
			.line_start = e->line_start, .line_end = e->line_end, .page = e->page,
			.score = e->score,
		};
		c->given[c->n_given++] = sources_add(&c->sources, &s);
	}
	qsort(c->given, c->n_given, sizeof *c->given, ascending);
}

/* The hits as sources, within the budget. */
static int pack_hits(const struct ask *a, struct conversation *c, const struct hits *hits,
                     struct ask_result *r, struct err *err)
{
	struct pack pack = { 0 };
	struct pack_options opt = { .budget = r->budget, .write = prompt_write_pack,
		                    .count = a->embedder ? count_tokens : NULL, .ctx = a->embedder };
	int rc = pack_make(a->store, hits, &opt, &pack, err);
	if (rc == 0 && hits->n && !pack.n)
		rc = err_set(err, ERR_USAGE, "%zu tokens hold no passage; give a larger --budget", r->budget);
	r->nothing_found = hits->n == 0;
	r->best_score = hits->best_score;
	r->least_score = hits->least_score;
	r->n_excerpts = pack.n;
	r->all_given = pack.n_used + pack.n_repeated == pack.n_hits && !(pack.n && pack.items[0].cut);
	if (rc == 0)
		take(c, &pack);
	pack_free(&pack);
	return rc;
}

int retrieve(const struct ask *a, struct conversation *c, struct span question,
             struct ask_result *r, struct err *err)
{
	int64_t start_ns = clock_unix_ns();
	struct hits hits;
	struct search_options opt = *a->search;
	opt.k = 10 + r->budget / TOKENS_OF_A_PASSAGE;
	if (search(a->store, a->embedder, question, &opt, &hits, err) < 0)
		return -1;
	int rc = pack_hits(a, c, &hits, r, err);
	hits_free(&hits);
	r->search_ms += (double)(clock_unix_ns() - start_ns) / 1e6;
	return rc;
}

static int by_chunk(const void *a, const void *b)
{
	int64_t x = ((const struct store_chunk_ref *)a)->chunk_id;
	int64_t y = ((const struct store_chunk_ref *)b)->chunk_id;
	return (x > y) - (x < y);
}

/* A document's passages as hits, in their order. */
static int document_hits(const struct ask *a, size_t most, struct hits *hits, struct err *err)
{
	struct store_filter filter = { .paths = &a->document, .n_paths = 1, .failed_too = true };
	struct store_chunk_ref *refs = NULL;
	size_t n = 0;
	*hits = (struct hits){ .best_score = NAN, .least_score = NAN };
	if (store_begin(a->store, err) < 0)
		return -1;
	int rc = store_chunk_refs(a->store, &filter, &refs, &n, err);
	if (n > 1)
		qsort(refs, n, sizeof *refs, by_chunk);
	n = n < most ? n : most;
	hits->items = mem_zalloc(n ? n : 1, sizeof *hits->items);
	for (size_t i = 0; rc >= 0 && i < n; i++) {
		rc = hit_fill(a->store, refs[i].chunk_id, &hits->items[i], err);
		hits->items[i].rank = i + 1;
		hits->n += rc >= 0;
	}
	store_rollback(a->store);
	free(refs);
	return rc < 0 ? -1 : 0;
}

int retrieve_document(const struct ask *a, struct conversation *c, struct ask_result *r,
                      struct err *err)
{
	struct hits hits;
	size_t most = 10 + r->budget / 10; /* a passage of a line may be ten tokens */
	int rc = document_hits(a, most, &hits, err);
	if (rc == 0)
		rc = pack_hits(a, c, &hits, r, err);
	r->all_given = r->all_given && hits.n < most;
	hits_free(&hits);
	return rc;
}
