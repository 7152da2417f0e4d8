#include "query/pack.h"

#include <stdbool.h>
#include <stdlib.h>

#include "base/boundaries.h"
#include "base/mem.h"
#include "base/sentence.h"
#include "query/duplicates.h"

/* A passage far down the list is no better than an empty place, however small it is. */
enum { MAX_ROUNDS = 8, MISSES_IN_A_ROW = 16 };
#define MAX_WRITTEN ((size_t)1 << 30)

/* What becomes of a passage. */
enum fate { WAITING, CHOSEN, REFUSED };

struct candidate {
	struct passage passage;
	enum fate fate;
	size_t tokens; /* what it adds to a pack as an excerpt of its own; 0: not counted yet */
};

struct packing {
	const struct pack_options *opt;
	struct pack *pack;
	struct candidate *items; /* by rank */
	size_t n;
	size_t empty;            /* tokens of a pack without excerpts */
	struct buf written;
};

size_t pack_estimate_tokens(const void *unused, struct span text)
{
	(void)unused;
	return text.len / 7 * 2 + (text.len % 7 * 2 + 6) / 7;
}

static size_t count(const struct pack_options *opt, struct span text)
{
	return opt->count ? opt->count(opt->ctx, text) : pack_estimate_tokens(NULL, text);
}

/* The tokens of a pack as it is written; SIZE_MAX when that is beyond all bounds. */
static size_t count_pack(struct packing *p, const struct pack *pack)
{
	buf_clear(&p->written);
	p->written.overflow = false;
	p->opt->write(&p->written, pack);
	return p->written.overflow ? SIZE_MAX : count(p->opt, buf_span(&p->written));
}

/* --- candidates ------------------------------------------------------------------------ */

static bool is_same(const struct hit *h, const struct store_chunk *c)
{
	return c->doc_id == h->doc_id && c->byte_start == h->byte_start && c->byte_end == h->byte_end &&
	       span_equal((struct span){ c->text, c->text_len }, (struct span){ h->text, h->text_len });
}

/* 1: the passage is in the index as it was found, 0: not any more, -1. */
static int look_up(struct store *store, const struct hit *h, struct passage *p, struct err *err)
{
	struct store_chunk chunk = { 0 };
	struct store_document doc = { 0 };
	int found = store_chunk(store, h->chunk_id, &chunk, err);
	if (found > 0)
		found = is_same(h, &chunk);
	if (found > 0)
		found = store_document_by_path(store, chunk.path, &doc, err);
	*p = (struct passage){ h, chunk.seq, doc.content };
	store_chunk_free(&chunk);
	store_document_free(&doc);
	return found;
}

static int gather(struct packing *p, struct store *store, const struct hits *hits, struct err *err)
{
	int found = 0;
	p->items = mem_zalloc(hits->n, sizeof *p->items);
	if (store_begin(store, err) < 0)
		return -1;
	for (size_t i = 0; i < hits->n && found >= 0; i++) {
		found = look_up(store, &hits->items[i], &p->items[p->n].passage, err);
		p->n += found > 0;
	}
	store_rollback(store);
	return found < 0 ? -1 : 0;
}

static void drop_repeated(struct packing *p)
{
	struct span *texts = mem_alloc(p->n, sizeof *texts);
	size_t *stands_for = mem_alloc(p->n, sizeof *stands_for), kept = 0;
	for (size_t i = 0; i < p->n; i++) {
		const struct hit *h = p->items[i].passage.hit;
		texts[i] = (struct span){ h->text, h->text_len };
	}
	duplicates_find(texts, p->n, stands_for);
	for (size_t i = 0; i < p->n; i++)
		if (stands_for[i] == i)
			p->items[kept++] = p->items[i];
	p->pack->n_repeated = p->n - kept;
	p->n = kept;
	free(texts);
	free(stands_for);
}

/* What a candidate adds; counted when it is asked for, since most never are. */
static size_t weight(struct packing *p, struct candidate *c)
{
	if (c->tokens)
		return c->tokens;
	struct pack one = { .n = 0, .budget = p->opt->budget };
	if (!p->empty)
		p->empty = count_pack(p, &one);
	struct passage passage = c->passage;
	one.n = excerpts_make(&passage, 1, &one.items);
	size_t tokens = count_pack(p, &one);
	c->tokens = tokens > p->empty ? tokens - p->empty : 1;
	excerpts_free(one.items, one.n);
	return c->tokens;
}

/* --- choice ------------------------------------------------------------------------------ */

static void build(struct packing *p)
{
	struct pack *pack = p->pack;
	struct passage *chosen = mem_alloc(p->n, sizeof *chosen);
	excerpts_free(pack->items, pack->n);
	pack->n_used = 0;
	for (size_t i = 0; i < p->n; i++)
		if (p->items[i].fate == CHOSEN)
			chosen[pack->n_used++] = p->items[i].passage;
	pack->n = excerpts_make(chosen, pack->n_used, &pack->items);
	pack->tokens = count_pack(p, pack);
	free(chosen);
}

/* By rank, each that fits into what is left. */
static bool choose_more(struct packing *p, size_t left)
{
	bool added = false;
	for (size_t i = 0, misses = 0; i < p->n && misses < MISSES_IN_A_ROW; i++) {
		struct candidate *c = &p->items[i];
		if (c->fate != WAITING)
			continue;
		if (weight(p, c) > left) {
			misses++;
			continue;
		}
		misses = 0;
		c->fate = CHOSEN;
		left -= c->tokens;
		added = true;
	}
	return added;
}

/* The last of the chosen, but never the first. */
static void refuse_last(struct packing *p)
{
	for (size_t i = p->n; i-- > 1;) {
		if (p->items[i].fate == CHOSEN) {
			p->items[i].fate = REFUSED;
			return;
		}
	}
}

/* Tokens do not add up: excerpts that are joined save a line, and where two texts meet
 * a tokeniser may find other pieces. So what was chosen by sums is counted as it is
 * written, and what that leaves is given out again. */
static void fill(struct packing *p)
{
	for (int round = 0; round < MAX_ROUNDS; round++) {
		if (!choose_more(p, p->opt->budget - p->pack->tokens))
			return;
		build(p);
		while (p->pack->tokens > p->opt->budget) {
			refuse_last(p);
			build(p);
		}
	}
}

/* --- a first passage that is too long ------------------------------------------------------ */

static struct excerpt copy_cut(const struct excerpt *whole, size_t len)
{
	struct excerpt e = *whole;
	struct span kept = trim_white_space((struct span){ whole->text, len });
	e.text = mem_strndup(whole->text, whole->text_len);
	excerpt_cut(&e, (size_t)(kept.p + kept.len - whole->text));
	return e;
}

static size_t count_cut(struct packing *p, size_t len)
{
	struct excerpt e = copy_cut(&p->pack->items[0], len);
	struct pack one = { .items = &e, .n = 1, .budget = p->opt->budget };
	size_t tokens = e.text_len ? count_pack(p, &one) : SIZE_MAX;
	free(e.text);
	return tokens;
}

/* The longest of the beginnings that fits, by halving; 0: none. */
static size_t longest_fit(struct packing *p, const size_t *ends, size_t n)
{
	size_t low = 0, high = n;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (count_cut(p, ends[middle]) <= p->opt->budget)
			low = middle + 1;
		else
			high = middle;
	}
	return low ? ends[low - 1] : 0;
}

/* Between sentences, else between words, else between characters. */
static size_t find_cut(struct packing *p, struct span text)
{
	static const enum boundary smaller[] = { BOUNDARY_LINE, BOUNDARY_GRAPHEME };
	size_t *ends = NULL, n = sentence_ends(text, &ends);
	size_t len = longest_fit(p, ends, n ? n - 1 : 0); /* the last is the whole text */
	free(ends);
	for (size_t i = 0; i < 2 && len == 0; i++) {
		n = boundary_ends(smaller[i], text, &ends);
		len = longest_fit(p, ends, n ? n - 1 : 0);
		free(ends);
	}
	return len;
}

/* The pack holds the first passage alone, which is over the budget. */
static void cut_first(struct packing *p)
{
	struct pack *pack = p->pack;
	struct excerpt *e = &pack->items[0];
	size_t len = find_cut(p, (struct span){ e->text, e->text_len });
	if (len == 0) {
		excerpts_free(pack->items, pack->n);
		pack->items = NULL;
		pack->n = pack->n_used = pack->tokens = 0;
		return;
	}
	struct excerpt cut = copy_cut(e, len);
	free(e->text);
	*e = cut;
	pack->tokens = count_pack(p, pack);
}

int pack_make(struct store *store, const struct hits *hits, const struct pack_options *opt,
              struct pack *pack, struct err *err)
{
	*pack = (struct pack){ .budget = opt->budget, .n_hits = hits->n };
	struct packing p = { .opt = opt, .pack = pack, .written = buf_new(MAX_WRITTEN) };
	int rc = gather(&p, store, hits, err);
	if (rc == 0 && p.n) {
		drop_repeated(&p);
		p.items[0].fate = CHOSEN;
		build(&p);
		if (pack->tokens > opt->budget)
			cut_first(&p);
		else
			fill(&p);
	}
	buf_free(&p.written);
	free(p.items);
	return rc;
}

void pack_free(struct pack *pack)
{
	excerpts_free(pack->items, pack->n);
	*pack = (struct pack){ 0 };
}
