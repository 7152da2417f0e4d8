#include "query/known_items.h"

#include <stdlib.h>
#include <string.h>

#include "base/boundaries.h"
#include "base/mem.h"
#include "query/known_sentences.h"
#include "query/sampling.h"

/* A question by words of the document; 0. The document's id stands for its place in
 * documents until that is known (name_documents). */
static int add_question(void *ctx, const struct wording *w, int64_t doc_id)
{
	struct known_items *k = ctx;
	struct buf text = buf_new(4096);
	wording_join(w, &text);
	if (text.len == 0) {
		buf_free(&text);
		return 0;
	}
	size_t n = k->set.n++;
	k->texts[n] = buf_take(&text, NULL);
	k->questions[n] = (struct evaluation_question){ span_of(k->texts[n]), n, n + 1 };
	k->judgements[n] = (struct evaluation_judgement){ (size_t)doc_id, 1 };
	return 0;
}

/* --- headings ------------------------------------------------------------------------- */

static struct span leaf_of(const char *heading)
{
	const char *leaf = heading;
	for (const char *p; (p = strstr(leaf, " > "));)
		leaf = p + 3;
	return trim_white_space(span_of(leaf));
}

static int add_name(void *ctx, int64_t doc_id, int64_t chunk_id, const char *title,
                    const char *heading)
{
	struct picks *p = ctx;
	struct span text = title ? trim_white_space(span_of(title)) : leaf_of(heading);
	uint64_t key = wording_key(text);
	p->items = mem_grow(p->items, &p->cap, p->n + 1, sizeof *p->items);
	p->items[p->n++] = (struct pick){ .order = sampling_order(key), .key = key, .doc_id = doc_id,
		                          .chunk_id = chunk_id, .is_title = title != NULL,
		                          .fits = wording_heading_fits(text) };
	return 0;
}

static int by_key(const void *a, const void *b)
{
	const struct pick *x = a, *y = b;
	if (x->key != y->key)
		return x->key < y->key ? -1 : 1;
	return (x->doc_id > y->doc_id) - (x->doc_id < y->doc_id);
}

/* Keeps one of each text that only one document has, where it fits. */
static void keep_unique(struct picks *p)
{
	size_t kept = 0;
	if (p->n > 1)
		qsort(p->items, p->n, sizeof *p->items, by_key);
	for (size_t from = 0, to; from < p->n; from = to) {
		bool shared = false;
		for (to = from; to < p->n && p->items[to].key == p->items[from].key; to++)
			shared |= p->items[to].doc_id != p->items[from].doc_id;
		if (!shared && p->items[from].fits)
			p->items[kept++] = p->items[from];
	}
	p->n = kept;
}

static int ask_heading(struct known_items *k, struct store *store, const struct pick *pick,
                       struct err *err)
{
	struct store_chunk chunk;
	int found = store_chunk(store, pick->chunk_id, &chunk, err);
	if (found <= 0)
		return found;
	const char *name = pick->is_title ? chunk.title : chunk.heading;
	if (name) {
		struct wording w = wording_of(pick->is_title ? span_of(name) : leaf_of(name));
		add_question(k, &w, pick->doc_id);
		wording_free(&w);
	}
	store_chunk_free(&chunk);
	return 0;
}

static int pick_headings(struct store *store, struct picks *picks, struct err *err)
{
	if (store_names(store, add_name, picks, err) < 0)
		return -1;
	keep_unique(picks);
	sampling_spread(picks);
	return 0;
}

/* --- documents -------------------------------------------------------------------------- */

struct listing {
	struct known_items *k;
	size_t cap;
};

static int add_document(void *ctx, const struct store_document *doc)
{
	struct listing *l = ctx;
	struct known_items *k = l->k;
	k->documents = mem_grow(k->documents, &l->cap, k->set.n_documents + 1, sizeof *k->documents);
	k->documents[k->set.n_documents] = (struct evaluation_document){ doc->id, k->set.n_documents };
	k->set.n_documents++;
	return 0;
}

static int by_id(const void *a, const void *b)
{
	int64_t x = ((const struct evaluation_document *)a)->id;
	int64_t y = ((const struct evaluation_document *)b)->id;
	return (x > y) - (x < y);
}

/* Names are the documents' places in the order of their paths. */
static int name_documents(struct known_items *k, struct store *store, struct err *err)
{
	struct listing l = { k, 0 };
	if (store_documents(store, NULL, add_document, &l, err) < 0)
		return -1;
	if (k->set.n_documents > 1)
		qsort(k->documents, k->set.n_documents, sizeof *k->documents, by_id);
	for (size_t i = 0; i < k->set.n; i++) {
		struct evaluation_document key = { (int64_t)k->judgements[i].name, 0 };
		const struct evaluation_document *found =
			bsearch(&key, k->documents, k->set.n_documents, sizeof key, by_id);
		/* gone between two looks: a name that is never found */
		k->judgements[i].name = found ? found->name : k->set.n_documents;
	}
	return 0;
}

/* --- all -------------------------------------------------------------------------------- */

static int make(struct known_items *k, struct store *store, size_t n, struct err *err)
{
	struct picks headings = { 0 };
	int rc = pick_headings(store, &headings, err);
	size_t n_headings = headings.n < n / 2 ? headings.n : n / 2;
	if (rc == 0)
		rc = known_sentences(store, n - n_headings, add_question, k, err);
	k->n_sentences = k->set.n;
	for (size_t i = 0; i < headings.n && k->set.n < n && rc == 0; i++)
		rc = ask_heading(k, store, &headings.items[i], err);
	k->n_headings = k->set.n - k->n_sentences;
	free(headings.items);
	return rc;
}

int known_items_make(struct known_items *k, struct store *store, size_t n, struct err *err)
{
	*k = (struct known_items){ 0 };
	k->texts = mem_zalloc(n, sizeof(char *));
	k->questions = mem_alloc(n, sizeof *k->questions);
	k->judgements = mem_alloc(n, sizeof *k->judgements);
	if (make(k, store, n, err) < 0 || name_documents(k, store, err) < 0)
		return -1;
	k->set.questions = k->questions;
	k->set.judgements = k->judgements;
	k->set.documents = k->documents;
	if (k->set.n == 0)
		return err_set(err, ERR_INPUT, "the index has no heading and no sentence that a question "
		               "could be made of; give --queries and --qrels");
	return 0;
}

void known_items_free(struct known_items *k)
{
	for (size_t i = 0; i < k->set.n; i++)
		free(k->texts[i]);
	free(k->texts);
	free(k->questions);
	free(k->judgements);
	free(k->documents);
	*k = (struct known_items){ 0 };
}
