#include "query/select.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "query/word_list.h"
#include "words/classes.h"

/* --- sets of chunks ------------------------------------------------------------------- */

/* Ascending, each once. */
struct ids {
	int64_t *items;
	size_t n;
};

static void intersect(struct ids *a, const struct ids *b)
{
	size_t n = 0;
	for (size_t i = 0, j = 0; i < a->n; i++) {
		while (j < b->n && b->items[j] < a->items[i])
			j++;
		if (j < b->n && b->items[j] == a->items[i])
			a->items[n++] = a->items[i];
	}
	a->n = n;
}

static void subtract(struct ids *a, const struct ids *b)
{
	size_t n = 0;
	for (size_t i = 0, j = 0; i < a->n; i++) {
		while (j < b->n && b->items[j] < a->items[i])
			j++;
		if (j == b->n || b->items[j] != a->items[i])
			a->items[n++] = a->items[i];
	}
	a->n = n;
}

/* Adds b to a. */
static void unite(struct ids *a, const struct ids *b)
{
	int64_t *out = mem_alloc(a->n + b->n, sizeof *out);
	size_t n = 0;
	for (size_t i = 0, j = 0; i < a->n || j < b->n;) {
		int64_t id = j == b->n || (i < a->n && a->items[i] < b->items[j]) ? a->items[i] : b->items[j];
		i += i < a->n && a->items[i] == id;
		j += j < b->n && b->items[j] == id;
		out[n++] = id;
	}
	free(a->items);
	*a = (struct ids){ out, n };
}

static int by_id(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
	return (x > y) - (x < y);
}

/* --- phrases ---------------------------------------------------------------------------- */

/* The chunks in which the terms follow one another. */
static int find(struct store *store, const struct span *terms, size_t n_terms, struct ids *ids,
                struct err *err)
{
	static const struct store_column_weights all = { 1, 1, 1, 1 };
	struct store_posting *found = NULL;
	*ids = (struct ids){ 0 };
	if (store_phrase_postings(store, terms, n_terms, &all, 0, &found, &ids->n, err) < 0)
		return -1;
	ids->items = mem_alloc(ids->n, sizeof *ids->items);
	for (size_t i = 0; i < ids->n; i++)
		ids->items[i] = found[i].chunk_id;
	free(found);
	return 0;
}

/* The chunks that have every term of a phrase, wherever. */
struct narrowing {
	struct store *store;
	struct ids ids;
	bool is_begun;
	bool with_pairs; /* pairs of characters in the place of the words that they are of */
	struct err *err;
};

/* Where a pair is a word, the index keeps the word alone. */
static int find_pair_or_word(struct store *store, struct span pair, struct ids *ids, struct err *err)
{
	struct span word = { pair.p + 1, pair.len - 1 };
	struct ids words;
	if (find(store, &pair, 1, ids, err) < 0)
		return -1;
	int rc = find(store, &word, 1, &words, err);
	if (rc == 0)
		unite(ids, &words);
	free(words.items);
	return rc;
}

static int narrow(void *ctx, const struct term *term)
{
	struct narrowing *w = ctx;
	size_t len;
	enum char_class kind = char_class_at(term->text, 0, &len);
	bool is_pair = term->kind == TERM_GRAM && term->text.p[0] == TERM_MARK_GRAM;
	bool has_pairs = kind == CHAR_CJK || kind == CHAR_HANGUL;
	struct ids found = { 0 };
	int rc;
	if (is_pair && w->with_pairs)
		rc = find_pair_or_word(w->store, term->text, &found, w->err);
	else if (term->kind == TERM_WORD && !(has_pairs && w->with_pairs))
		rc = find(w->store, &term->text, 1, &found, w->err);
	else
		return 0;
	if (rc == 0 && w->is_begun)
		intersect(&w->ids, &found);
	else if (rc == 0)
		unite(&w->ids, &found);
	free(found.items);
	w->is_begun = true;
	return rc < 0 ? -1 : w->ids.n == 0; /* 1: there is nothing left */
}

/* A chunk, compared by its characters. */
struct comparing {
	struct store *store;
	struct terms *terms;
	struct word_list phrase;
};

static bool field_has(const struct comparing *c, const char *text, size_t len)
{
	struct word_list words;
	if (!text)
		return false;
	word_list_make(&words, c->terms, (struct span){ text, len }, false);
	bool has = word_list_has_run(&words, &c->phrase);
	word_list_free(&words);
	return has;
}

static int chunk_has(const struct comparing *c, int64_t id, struct err *err)
{
	struct store_chunk chunk;
	int found = store_chunk(c->store, id, &chunk, err);
	if (found <= 0)
		return found;
	const char *name = strrchr(chunk.path, '/');
	name = name ? name + 1 : chunk.path;
	bool has = field_has(c, chunk.text, chunk.text_len) || field_has(c, name, strlen(name)) ||
	           (chunk.title && field_has(c, chunk.title, strlen(chunk.title))) ||
	           (chunk.heading && field_has(c, chunk.heading, strlen(chunk.heading)));
	store_chunk_free(&chunk);
	return has;
}

static int keep_those_with(struct ids *ids, const struct comparing *c, struct err *err)
{
	size_t n = 0;
	for (size_t i = 0; i < ids->n; i++) {
		int has = chunk_has(c, ids->items[i], err);
		if (has < 0)
			return -1;
		if (has)
			ids->items[n++] = ids->items[i];
	}
	ids->n = n;
	return 0;
}

/* No two texts without spaces are divided into words alike: what has all the pairs of
 * characters is read, and compared. */
static int find_unspaced(struct store *store, struct terms *terms, struct span phrase,
                         struct ids *ids, struct err *err)
{
	struct narrowing w = { .store = store, .with_pairs = true, .err = err };
	int rc = terms_each(terms, phrase, "", TERMS_QUERY, narrow, &w);
	if (rc == 0 && !w.is_begun) { /* no pair: characters that stand alone */
		w.with_pairs = false;
		rc = terms_each(terms, phrase, "", TERMS_QUERY, narrow, &w);
	}
	struct comparing c = { .store = store, .terms = terms };
	word_list_make(&c.phrase, terms, phrase, false);
	*ids = w.ids;
	rc = rc < 0 ? -1 : keep_those_with(ids, &c, err);
	word_list_free(&c.phrase);
	return rc;
}

/* ids is to be freed in any case. */
static int find_phrase(struct store *store, struct terms *terms, struct span phrase,
                       struct ids *ids, struct err *err)
{
	*ids = (struct ids){ 0 };
	if (text_is_unspaced(phrase))
		return find_unspaced(store, terms, phrase, ids, err);
	struct word_list words;
	word_list_make(&words, terms, phrase, true);
	int rc = find(store, words.items, words.n, ids, err);
	word_list_free(&words);
	return rc;
}

/* --- all of it ---------------------------------------------------------------------------- */

struct both {
	const struct store_filter *callers;
	const struct search_filter *question;
};

static bool passes_both(void *ctx, const struct store_document *doc)
{
	const struct both *b = ctx;
	if (b->callers && b->callers->passes && !b->callers->passes(b->callers->passes_ctx, doc))
		return false;
	return search_filter_passes(b->question, doc);
}

/* The chunks with all the phrases. */
static int find_phrases(struct store *store, const struct question *q, struct terms *terms,
                        struct ids *ids, struct err *err)
{
	for (size_t i = 0; i < q->n_phrases && (i == 0 || ids->n); i++) {
		struct ids found;
		int rc = find_phrase(store, terms, q->phrases[i], &found, err);
		if (rc == 0 && i == 0)
			unite(ids, &found);
		else if (rc == 0)
			intersect(ids, &found);
		free(found.items);
		if (rc < 0)
			return -1;
	}
	return 0;
}

static int find_excluded(struct store *store, const struct question *q, struct terms *terms,
                         struct ids *ids, struct err *err)
{
	for (size_t i = 0; i < q->n_excluded; i++) {
		struct ids found;
		int rc = find_phrase(store, terms, q->excluded[i], &found, err);
		if (rc == 0)
			unite(ids, &found);
		free(found.items);
		if (rc < 0)
			return -1;
	}
	return 0;
}

static size_t drop(struct store_chunk_ref *refs, size_t n, const struct ids *excluded)
{
	size_t kept = 0;
	for (size_t i = 0; i < n; i++)
		if (!bsearch(&refs[i].chunk_id, excluded->items, excluded->n, sizeof *excluded->items, by_id))
			refs[kept++] = refs[i];
	return kept;
}

/* allowed: NULL where there is no phrase. */
static int refs_of(struct store *store, const struct question *q, const struct store_filter *filter,
                   const struct ids *allowed, struct store_chunk_ref **refs, size_t *n,
                   struct err *err)
{
	struct both both = { filter, &q->filter };
	struct store_filter narrowed = filter ? *filter : (struct store_filter){ 0 };
	struct ids chunks = { 0 };
	narrowed.failed_too = true;
	if (q->filter.n) {
		narrowed.passes = passes_both;
		narrowed.passes_ctx = &both;
	}
	if (allowed && filter && filter->chunks) {
		chunks.items = mem_alloc(filter->n_chunks, sizeof *chunks.items);
		chunks.n = filter->n_chunks;
		if (chunks.n)
			memcpy(chunks.items, filter->chunks, chunks.n * sizeof *chunks.items);
		intersect(&chunks, allowed);
		allowed = &chunks;
	}
	if (allowed) {
		narrowed.chunks = allowed->items;
		narrowed.n_chunks = allowed->n;
	}
	int rc = store_chunk_refs(store, &narrowed, refs, n, err);
	free(chunks.items);
	return rc;
}

int question_refs(struct store *store, const struct question *q, const struct store_filter *filter,
                  struct store_chunk_ref **refs, size_t *n, struct err *err)
{
	struct terms *terms = terms_new();
	struct ids allowed = { 0 }, excluded = { 0 };
	*refs = NULL;
	*n = 0;
	int rc = find_phrases(store, q, terms, &allowed, err);
	bool is_hopeless = q->n_phrases && allowed.n == 0;
	if (rc == 0 && !is_hopeless)
		rc = find_excluded(store, q, terms, &excluded, err);
	subtract(&allowed, &excluded);
	is_hopeless = q->n_phrases && allowed.n == 0;
	if (rc == 0 && !is_hopeless)
		rc = refs_of(store, q, filter, q->n_phrases ? &allowed : NULL, refs, n, err);
	if (rc == 0 && excluded.n && !q->n_phrases)
		*n = drop(*refs, *n, &excluded);
	free(allowed.items);
	free(excluded.items);
	terms_free(terms);
	return rc;
}
