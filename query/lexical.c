#include "query/lexical.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "query/slots.h"

enum { MAX_LANGUAGES = 3 };
static const uint32_t no_ref = UINT32_MAX;

/* A language of fewer passages than this share is not worth a stemmer. */
static const float language_share = 0.02f;

/* Terms of titles, headings and file names count as much as the text's. */
static const struct store_column_weights weights = { 2, 1, 1, 1 };

struct lexical {
	struct store *store;
	struct terms *terms;
	struct store_sample sample;
	const char *languages[MAX_LANGUAGES];
	size_t n_languages;
	double n_chunks, mean_words;
	const struct store_chunk_ref *refs;
	size_t n_refs;
	uint32_t *ref_of;      /* [n_ref_of], by chunk_id: the place in refs, or no_ref */
	size_t n_ref_of;
};

/* --- a session ------------------------------------------------------------------------- */

/* Chunk ids run from 1 with few gaps, so that a table is small and fast. */
static int map_refs(struct lexical *l, struct err *err)
{
	int64_t last = 0;
	for (size_t i = 0; i < l->n_refs; i++)
		last = l->refs[i].chunk_id > last ? l->refs[i].chunk_id : last;
	if (last >= no_ref || l->n_refs >= no_ref)
		return err_set(err, ERR_STORE, "the index has too many passages for one search");
	l->n_ref_of = (size_t)last + 1;
	l->ref_of = mem_alloc(l->n_ref_of, sizeof *l->ref_of);
	memset(l->ref_of, 0xff, l->n_ref_of * sizeof *l->ref_of);
	for (size_t i = 0; i < l->n_refs; i++)
		if (l->refs[i].chunk_id >= 0)
			l->ref_of[l->refs[i].chunk_id] = (uint32_t)i;
	return 0;
}

static void add_language(struct lexical *l, const char *code)
{
	if (!code[0])
		code = STORE_LANGUAGE_OTHERWISE;
	for (size_t i = 0; i < l->n_languages; i++)
		if (strcmp(l->languages[i], code) == 0)
			return;
	if (l->n_languages < MAX_LANGUAGES)
		l->languages[l->n_languages++] = code;
}

struct lexical *lexical_open(struct store *store, const struct store_chunk_ref *refs, size_t n_refs,
                             struct err *err)
{
	struct lexical *l = mem_zalloc(1, sizeof *l);
	uint64_t n_chunks, n_words;
	l->store = store;
	l->refs = refs;
	l->n_refs = n_refs;
	l->terms = terms_new();
	if (store_words_total(store, &n_chunks, &n_words, err) < 0 ||
	    store_sample(store, &l->sample, err) < 0 || map_refs(l, err) < 0) {
		lexical_close(l);
		return NULL;
	}
	l->n_chunks = (double)n_chunks;
	l->mean_words = n_words ? (double)n_words / (double)n_chunks : 1;
	for (size_t i = 0; i < l->sample.n_languages; i++)
		if (l->sample.languages[i].share >= language_share)
			add_language(l, l->sample.languages[i].code);
	if (l->n_languages == 0)
		add_language(l, "");
	return l;
}

void lexical_close(struct lexical *l)
{
	if (!l)
		return;
	terms_free(l->terms);
	store_sample_free(&l->sample);
	free(l->ref_of);
	free(l);
}

size_t lexical_languages(const struct lexical *l, const char *const **languages)
{
	*languages = l->languages;
	return l->n_languages;
}

void lexical_words_free(struct lexical_words *words)
{
	for (size_t i = 0; i < words->n; i++)
		free(words->items[i].text);
	free(words->items);
	*words = (struct lexical_words){ 0 };
}

/* --- how frequent ------------------------------------------------------------------------ */

static int compare_terms(struct span a, struct span b)
{
	size_t len = a.len < b.len ? a.len : b.len;
	int order = len ? memcmp(a.p, b.p, len) : 0;
	return order ? order : (a.len > b.len) - (a.len < b.len);
}

/* The share of the passages that have the term: 0 for one that is not frequent. */
static double share_of(const struct lexical *l, struct span term)
{
	size_t low = 0, high = l->sample.n_words;
	while (low < high) {
		size_t mid = low + (high - low) / 2;
		int order = compare_terms(l->sample.words[mid].term, term);
		if (order == 0)
			return (double)l->sample.words[mid].share;
		if (order < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return 0;
}

struct planned {
	const struct slot *slot;
	double share; /* of its most frequent form */
	size_t order; /* as the question has it */
};

static int rarer_first(const void *a, const void *b)
{
	const struct planned *x = a, *y = b;
	if (x->share != y->share)
		return x->share < y->share ? -1 : 1;
	return x->order < y->order ? -1 : 1;
}

static struct planned *plan(const struct lexical *l, const struct slots *slots)
{
	struct planned *p = mem_alloc(slots->n, sizeof *p);
	for (size_t i = 0; i < slots->n; i++) {
		const struct slot *slot = &slots->items[i];
		p[i] = (struct planned){ slot, 0, i };
		for (size_t f = 0; f < slot->n_forms; f++) {
			double share = share_of(l, (struct span){ slot->forms[f].text, slot->forms[f].len });
			p[i].share = share > p[i].share ? share : p[i].share;
		}
	}
	if (slots->n > 1)
		qsort(p, slots->n, sizeof *p, rarer_first);
	return p;
}

/* --- postings ---------------------------------------------------------------------------- */

struct postings {
	struct store_posting *items; /* by ascending chunk_id */
	size_t n;
};

/* Both lists in one, of a chunk in both the sum of the occurrences or the greater number;
 * takes them. */
static struct postings merge(struct postings a, struct postings b, bool sum)
{
	if (a.n == 0 || b.n == 0) {
		free(a.n ? b.items : a.items);
		return a.n ? a : b;
	}
	struct postings out = { mem_alloc(a.n + b.n, sizeof *out.items), 0 };
	size_t i = 0, j = 0;
	while (i < a.n || j < b.n) {
		bool from_a = j == b.n || (i < a.n && a.items[i].chunk_id <= b.items[j].chunk_id);
		bool both = from_a && j < b.n && i < a.n && a.items[i].chunk_id == b.items[j].chunk_id;
		struct store_posting *p = &out.items[out.n++];
		*p = from_a ? a.items[i++] : b.items[j++];
		if (!both)
			continue;
		float tf = b.items[j++].tf;
		p->tf = sum ? p->tf + tf : p->tf > tf ? p->tf : tf;
	}
	free(a.items);
	free(b.items);
	return out;
}

static int read_forms(struct lexical *l, const struct slot *slot, enum slot_form_kind kind,
                      struct postings *out, struct err *err)
{
	*out = (struct postings){ 0 };
	for (size_t f = 0; f < slot->n_forms; f++) {
		struct postings more = { 0 };
		if (slot->forms[f].kind != kind)
			continue;
		if (store_postings(l->store, (struct span){ slot->forms[f].text, slot->forms[f].len },
		                   &weights, 0, &more.items, &more.n, err) < 0) {
			free(out->items);
			*out = (struct postings){ 0 };
			return -1;
		}
		*out = merge(*out, more, true);
	}
	return 0;
}

/* --- scores --------------------------------------------------------------------------------- */

/* Robertson and Sparck Jones' weight; next to nothing for a term of over half of the
 * passages, so that what only such terms match still has an order. */
static double idf(const struct lexical *l, size_t n_chunks)
{
	double n = (double)n_chunks;
	double weight = log((l->n_chunks - n + 0.5) / (n + 0.5));
	return weight > 1e-6 ? weight : 1e-6;
}

static void add_scores(const struct lexical *l, const struct postings *p, double weight, float *scores)
{
	for (size_t i = 0; i < p->n; i++) {
		int64_t id = p->items[i].chunk_id;
		if (id < 0 || (size_t)id >= l->n_ref_of || l->ref_of[id] == no_ref)
			continue;
		uint32_t ref = l->ref_of[id];
		double tf = (double)p->items[i].tf;
		double length = (double)l->refs[ref].n_words / l->mean_words;
		double saturated = tf * (LEXICAL_K1 + 1) /
		                   (tf + LEXICAL_K1 * (1 - LEXICAL_B + LEXICAL_B * length));
		scores[ref] += (float)(weight * saturated);
	}
}

/* What was written, and all that has its stem, which includes what was written. */
struct found {
	struct postings written, stemmed;
	bool has_stems;
};

static int find(struct lexical *l, const struct slot *slot, struct found *found, struct err *err)
{
	struct postings exact = { 0 }, stems = { 0 };
	*found = (struct found){ 0 };
	if (read_forms(l, slot, FORM_SURFACE, &found->written, err) < 0 ||
	    read_forms(l, slot, FORM_EXACT, &exact, err) < 0 ||
	    read_forms(l, slot, FORM_STEM, &stems, err) < 0) {
		free(found->written.items);
		free(exact.items);
		return -1;
	}
	bool is_stem = true; /* the word is its own stem: the index has it without a mark */
	for (size_t f = 0; f < slot->n_forms; f++) {
		if (slot->forms[f].kind != FORM_STEM)
			continue;
		found->has_stems = true;
		is_stem = is_stem && slot->forms[f].text[0] == TERM_MARK_STEM;
	}
	if (found->has_stems || exact.n) {
		struct postings copy = { mem_alloc(found->written.n, sizeof *copy.items), found->written.n };
		if (copy.n)
			memcpy(copy.items, found->written.items, copy.n * sizeof *copy.items);
		/* an inflected word was kept with its stem, but for texts of no known language */
		found->stemmed = merge(stems, copy, is_stem);
		found->has_stems = true;
	}
	if (exact.n) { /* the form with its diacritics is what was written */
		free(found->written.items);
		found->written = exact;
	} else {
		free(exact.items);
	}
	return 0;
}

struct slot_outcome {
	size_t n_chunks, n_read;
	double weight; /* idf */
};

static int score_slot(struct lexical *l, const struct slot *slot, float *scores,
                      struct fuse_lexical *e, struct slot_outcome *outcome, struct err *err)
{
	struct found found;
	if (find(l, slot, &found, err) < 0)
		return -1;
	double share = found.has_stems ? LEXICAL_SURFACE : 1, top = LEXICAL_K1 + 1, missing = idf(l, 0);
	double written = found.written.n ? idf(l, found.written.n) : 0;
	double stemmed = found.stemmed.n ? idf(l, found.stemmed.n) : 0;
	outcome->n_read = found.written.n + found.stemmed.n;
	outcome->n_chunks = found.has_stems ? found.stemmed.n : found.written.n;
	outcome->weight = found.has_stems ? stemmed : written;
	add_scores(l, &found.written, slot->weight * share * written, scores);
	add_scores(l, &found.stemmed, slot->weight * (1 - share) * stemmed, scores);
	double known = slot->weight * top * (share * written + (1 - share) * stemmed);
	double unknown = slot->weight * top * missing *
	                 ((found.written.n ? 0 : share) + (found.stemmed.n ? 0 : 1 - share));
	e->known += known;
	e->ideal += known + (slot->is_optional || slot->is_whole || slot->is_gram ? 0 : unknown);
	free(found.written.items);
	free(found.stemmed.items);
	return 0;
}

static void note_word(struct lexical_words *words, const struct slot *slot,
                      const struct slot_outcome *outcome, bool skipped)
{
	if (!words || (slot->is_optional && outcome->n_chunks == 0))
		return;
	words->items = mem_realloc(words->items, words->n + 1, sizeof *words->items);
	const char *text = slot->forms[0].text;
	words->items[words->n++] = (struct lexical_word){
		.text = mem_strdup((unsigned char)*text < ' ' ? text + 1 : text),
		.n_chunks = outcome->n_chunks,
		.weight = outcome->weight,
		.skipped = skipped,
	};
}

static int score_slots(struct lexical *l, const struct slots *slots, float *scores,
                       struct fuse_lexical *e, struct lexical_words *words, struct err *err)
{
	struct planned *planned = plan(l, slots);
	size_t n_read = 0;
	int rc = 0;
	for (size_t i = 0; rc == 0 && i < slots->n; i++) {
		struct slot_outcome outcome = { 0 };
		double expected = planned[i].share * l->n_chunks;
		bool skipped = planned[i].share > 0 && n_read > 0 &&
		               (double)n_read + expected > LEXICAL_MAX_POSTINGS;
		if (!skipped)
			rc = score_slot(l, planned[i].slot, scores, e, &outcome, err);
		else
			outcome.n_chunks = (size_t)expected;
		n_read += outcome.n_read;
		if (rc == 0)
			note_word(words, planned[i].slot, &outcome, skipped);
	}
	free(planned);
	return rc;
}

int lexical_scores(struct lexical *l, struct span question, float *scores,
                   struct fuse_lexical *evidence, struct lexical_words *words, struct err *err)
{
	struct slots slots;
	*evidence = (struct fuse_lexical){ 0 };
	if (words)
		*words = (struct lexical_words){ 0 };
	memset(scores, 0, l->n_refs * sizeof *scores);
	slots_of(&slots, l->terms, question, l->languages, l->n_languages);
	int rc = score_slots(l, &slots, scores, evidence, words, err);
	slots_free(&slots);
	for (size_t i = 0; i < l->n_refs; i++)
		if ((double)scores[i] > evidence->best)
			evidence->best = (double)scores[i];
	if (rc < 0 && words)
		lexical_words_free(words);
	return rc;
}
