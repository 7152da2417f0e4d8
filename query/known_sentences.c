#define _GNU_SOURCE /* memmem */
#include "query/known_sentences.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/boundaries.h"
#include "base/mem.h"
#include "base/sentence.h"
#include "query/sampling.h"
#include "query/search.h"

enum { SAMPLE_FACTOR = 4, SAMPLE_MIN = 1000, DOCUMENTS_COMPARED = 5 };

/* --- the sample ------------------------------------------------------------------------ */

struct passage {
	char *text;
	size_t len;
	int64_t doc_id;
};

/* A word of a passage; after the count, a word and the passages that have it. */
struct word {
	uint64_t key;
	uint32_t passage, count;
};

struct sample {
	struct passage *passages;
	size_t n;
	struct word *words; /* by key */
	size_t n_words, cap_words;
};

static void sample_free(struct sample *s)
{
	for (size_t i = 0; i < s->n; i++)
		free(s->passages[i].text);
	free(s->passages);
	free(s->words);
}

static int by_key(const void *a, const void *b)
{
	const struct word *x = a, *y = b;
	if (x->key != y->key)
		return x->key < y->key ? -1 : 1;
	return (x->passage > y->passage) - (x->passage < y->passage);
}

static void add_words(struct sample *s, size_t passage)
{
	const struct passage *p = &s->passages[passage];
	struct wording w = wording_of((struct span){ p->text, p->len });
	s->words = mem_grow(s->words, &s->cap_words, s->n_words + w.n, sizeof *s->words);
	for (size_t i = 0; i < w.n; i++)
		s->words[s->n_words++] = (struct word){ wording_key(w.words[i]), (uint32_t)passage, 1 };
	wording_free(&w);
}

/* From one entry an occurrence to one a word, counted once a passage. */
static void count_words(struct sample *s)
{
	size_t kept = 0;
	if (s->n_words > 1)
		qsort(s->words, s->n_words, sizeof *s->words, by_key);
	for (size_t i = 0; i < s->n_words; i++) {
		struct word *last = kept ? &s->words[kept - 1] : NULL;
		if (!last || last->key != s->words[i].key) {
			s->words[kept++] = s->words[i];
		} else if (last->passage != s->words[i].passage) {
			last->passage = s->words[i].passage;
			last->count++;
		}
	}
	s->n_words = kept;
}

static uint32_t frequency(const struct sample *s, struct span word)
{
	uint64_t key = wording_key(word);
	size_t low = 0, high = s->n_words;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (s->words[middle].key < key)
			low = middle + 1;
		else
			high = middle;
	}
	return low < s->n_words && s->words[low].key == key ? s->words[low].count : 0;
}

static int pick_passages(struct store *store, struct picks *picks, struct err *err)
{
	struct store_chunk_ref *refs = NULL;
	int rc = store_chunk_refs(store, NULL, &refs, &picks->n, err);
	picks->items = mem_zalloc(picks->n, sizeof *picks->items);
	for (size_t i = 0; i < picks->n; i++) {
		picks->items[i].order = sampling_order((uint64_t)refs[i].chunk_id);
		picks->items[i].doc_id = refs[i].doc_id;
		picks->items[i].chunk_id = refs[i].chunk_id;
	}
	free(refs);
	sampling_spread(picks);
	return rc;
}

static int take_sample(struct sample *s, struct store *store, size_t most, struct err *err)
{
	struct picks picks = { 0 };
	int rc = pick_passages(store, &picks, err);
	if (rc == 0) {
		s->passages = mem_zalloc(picks.n < most ? picks.n : most, sizeof *s->passages);
		for (size_t i = 0; i < picks.n && s->n < most && rc >= 0; i++) {
			struct store_chunk chunk;
			rc = store_chunk(store, picks.items[i].chunk_id, &chunk, err);
			if (rc <= 0)
				continue;
			s->passages[s->n] = (struct passage){ chunk.text, chunk.text_len, chunk.doc_id };
			chunk.text = NULL;
			store_chunk_free(&chunk);
			add_words(s, s->n++);
		}
		count_words(s);
	}
	free(picks.items);
	return rc < 0 ? -1 : 0;
}

/* --- sentences --------------------------------------------------------------------------- */

/* The mean over its words of log(passages / passages with it). */
static double specificity(const struct sample *s, struct span sentence)
{
	struct wording w = wording_of(sentence);
	double sum = 0;
	for (size_t i = 0; i < w.n; i++)
		sum += log((double)(s->n + 1) / (frequency(s, w.words[i]) + 1.0));
	double mean = w.n ? sum / (double)w.n : 0;
	wording_free(&w);
	return mean;
}

/* Empty: none fits. */
static struct span most_specific(const struct sample *s, const struct passage *p)
{
	size_t *ends, n = sentence_ends((struct span){ p->text, p->len }, &ends);
	struct span best = { p->text, 0 };
	double most = -1;
	for (size_t i = 0, start = 0; i < n; start = ends[i++]) {
		struct span sentence = trim_white_space((struct span){ p->text + start, ends[i] - start });
		if (!wording_sentence_fits(sentence))
			continue;
		double value = specificity(s, sentence);
		if (value > most) {
			most = value;
			best = sentence;
		}
	}
	free(ends);
	return best;
}

/* 1: a document that is found for the sentence, another one, has it too; 0; -1. */
static int stands_elsewhere(struct store *store, struct span sentence, int64_t doc_id, struct err *err)
{
	struct search_options opt = { .mode = SEARCH_LEXICAL, .k = DOCUMENTS_COMPARED, .per_doc = 1 };
	struct wording w = wording_of(sentence);
	struct buf question = buf_new(4096);
	struct hits hits = { 0 };
	wording_join(&w, &question);
	int rc = question.len ? search(store, NULL, buf_span(&question), &opt, &hits, err) : 0;
	for (size_t i = 0; i < hits.n && rc == 0; i++)
		/* n_also: a passage that says the same was left out for this one */
		rc = (hits.items[i].doc_id != doc_id || hits.items[i].n_also) &&
		     memmem(hits.items[i].text, hits.items[i].text_len, sentence.p, sentence.len);
	hits_free(&hits);
	buf_free(&question);
	wording_free(&w);
	return rc;
}

static int visit_shortened(const struct sample *s, struct span sentence, int64_t doc_id,
                           known_sentence_visit *visit, void *ctx)
{
	struct wording w = wording_of(sentence);
	uint32_t *frequencies = mem_alloc(w.n, sizeof *frequencies);
	for (size_t i = 0; i < w.n; i++)
		frequencies[i] = frequency(s, w.words[i]);
	wording_shorten(&w, frequencies);
	int stop = visit(ctx, &w, doc_id);
	free(frequencies);
	wording_free(&w);
	return stop;
}

int known_sentences(struct store *store, size_t n, known_sentence_visit *visit, void *ctx,
                    struct err *err)
{
	struct sample s = { 0 };
	size_t most = n > SAMPLE_MIN / SAMPLE_FACTOR ? n * SAMPLE_FACTOR : SAMPLE_MIN, made = 0;
	int rc = take_sample(&s, store, most, err);
	for (size_t i = 0; i < s.n && made < n && rc == 0; i++) {
		struct span sentence = most_specific(&s, &s.passages[i]);
		if (!sentence.len)
			continue;
		int elsewhere = stands_elsewhere(store, sentence, s.passages[i].doc_id, err);
		if (elsewhere < 0)
			rc = -1;
		if (elsewhere != 0)
			continue;
		rc = visit_shortened(&s, sentence, s.passages[i].doc_id, visit, ctx);
		made++;
	}
	sample_free(&s);
	return rc;
}
