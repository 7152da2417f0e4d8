#include "query/lexical.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "query/document_words.h"
#include "query/slot_postings.h"
#include "query/slots.h"
#include "query/spelling.h"

enum { MAX_LANGUAGES = 3 };
#define NO_REF UINT32_MAX

/* A language of fewer passages than this share is not worth a stemmer. */
static const float language_share = 0.02f;

struct lexical {
	struct store *store;
	struct terms *terms;
	struct store_sample sample;
	const char *languages[MAX_LANGUAGES];
	size_t n_languages;
	double n_chunks, mean_words;
	const struct store_chunk_ref *refs;
	size_t n_refs;
	uint32_t *ref_of;      /* [n_ref_of], by chunk_id: the place in refs, or NO_REF */
	size_t n_ref_of;
	struct document_words *documents; /* NULL: documents are passages */
};

/* --- a session ------------------------------------------------------------------------- */

/* Chunk ids run from 1 with few gaps, so that a table is small and fast. */
static int map_refs(struct lexical *l, struct err *err)
{
	int64_t last = 0;
	for (size_t i = 0; i < l->n_refs; i++)
		last = l->refs[i].chunk_id > last ? l->refs[i].chunk_id : last;
	if (last >= NO_REF || l->n_refs >= NO_REF)
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
	l->documents = document_words_new(refs, n_refs);
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
	document_words_free(l->documents);
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
	for (size_t i = 0; i < words->n; i++) {
		free(words->items[i].text);
		free(words->items[i].taken_for);
	}
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

/* Of a slot's most frequent form. */
static double slot_share(const struct lexical *l, const struct slot *slot)
{
	double most = 0;
	for (size_t f = 0; f < slot->n_forms; f++) {
		double share = share_of(l, (struct span){ slot->forms[f].text, slot->forms[f].len });
		most = share > most ? share : most;
	}
	return most;
}

struct planned {
	const struct slot *slot;
	double share;
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
	for (size_t i = 0; i < slots->n; i++)
		p[i] = (struct planned){ &slots->items[i], slot_share(l, &slots->items[i]), i };
	if (slots->n > 1)
		qsort(p, slots->n, sizeof *p, rarer_first);
	return p;
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

/* share: of the word in its slot, for documents, which have weights of their own. */
static void add_scores(const struct lexical *l, const struct postings *p, double share, double weight,
                       float *scores)
{
	for (size_t i = 0; i < p->n; i++) {
		int64_t id = p->items[i].chunk_id;
		if (id < 0 || (size_t)id >= l->n_ref_of || l->ref_of[id] == NO_REF)
			continue;
		uint32_t ref = l->ref_of[id];
		double tf = (double)p->items[i].tf;
		double length = (double)l->refs[ref].n_words / l->mean_words;
		double saturated = tf * (LEXICAL_K1 + 1) /
		                   (tf + LEXICAL_K1 * (1 - LEXICAL_B + LEXICAL_B * length));
		scores[ref] += (float)(share * weight * saturated);
		if (l->documents)
			document_words_add(l->documents, ref, tf);
	}
	if (l->documents)
		document_words_next(l->documents, share);
}

struct slot_outcome {
	size_t n_chunks, n_read;
	double weight; /* idf */
	double unknown; /* of ideal: in forms that the index has not */
	bool skipped;
};

/* What one question's slots add up to. */
struct scoring {
	struct lexical *l;
	float *scores;
	struct fuse_lexical *evidence;
	struct lexical_words *words; /* NULL: nobody wants to know */
	size_t n_read;
};

/* counts: how much of its score the slot's postings count. */
static int score_slot(struct scoring *s, const struct slot *slot, double counts,
                      struct slot_outcome *outcome, struct err *err)
{
	struct slot_postings found;
	struct lexical *l = s->l;
	if (slot_postings_read(l->store, slot, &found, err) < 0)
		return -1;
	double share = found.has_stems ? LEXICAL_SURFACE : 1, top = LEXICAL_K1 + 1, missing = idf(l, 0);
	double written = found.written.n ? idf(l, found.written.n) : 0;
	double stemmed = found.stemmed.n ? idf(l, found.stemmed.n) : 0;
	outcome->n_read = found.written.n + found.stemmed.n;
	outcome->n_chunks = found.has_stems ? found.stemmed.n : found.written.n;
	outcome->weight = found.has_stems ? stemmed : written;
	add_scores(l, &found.written, counts * slot->weight * share, written, s->scores);
	add_scores(l, &found.stemmed, counts * slot->weight * (1 - share), stemmed, s->scores);
	double known = slot->weight * top * (share * written + (1 - share) * stemmed);
	double unknown = slot->weight * top * missing *
	                 ((found.written.n ? 0 : share) + (found.stemmed.n ? 0 : 1 - share));
	outcome->unknown = slot->is_optional || slot->is_whole || slot->is_gram ? 0 : unknown;
	s->evidence->known += counts * known;
	s->evidence->ideal += known + outcome->unknown;
	slot_postings_free(&found);
	return 0;
}

/* But for those too frequent to be looked up. */
static int score_planned(struct scoring *s, const struct planned *p, double counts,
                         struct slot_outcome *outcome, struct err *err)
{
	double expected = p->share * s->l->n_chunks;
	*outcome = (struct slot_outcome){ .n_chunks = (size_t)expected };
	outcome->skipped = p->share > 0 && s->n_read > 0 &&
	                   (double)s->n_read + expected > LEXICAL_MAX_POSTINGS;
	if (outcome->skipped)
		return 0;
	int rc = score_slot(s, p->slot, counts, outcome, err);
	s->n_read += outcome->n_read;
	return rc;
}

static void note_word(struct lexical_words *words, const struct slot *slot,
                      const struct slot_outcome *outcome)
{
	if (!words || (slot->is_optional && outcome->n_chunks == 0))
		return;
	words->items = mem_realloc(words->items, words->n + 1, sizeof *words->items);
	const char *text = slot->forms[0].text;
	words->items[words->n++] = (struct lexical_word){
		.text = mem_strdup((unsigned char)*text < ' ' ? text + 1 : text),
		.n_chunks = outcome->n_chunks,
		.weight = outcome->weight,
		.skipped = outcome->skipped,
	};
}

/* --- words that the index has not ----------------------------------------------------------- */

enum { MAX_UNKNOWN = 2 };

/* A question's words, without wholes and pairs: those that no passage has in any form. */
struct unknown {
	struct {
		const struct slot *slot;
		double missing; /* what it adds to ideal */
		size_t noted;   /* place among the words */
	} items[MAX_UNKNOWN];
	size_t n, n_words;
	double weight, known_weight; /* times asked for */
};

static void note_unknown(struct unknown *u, const struct scoring *s, const struct slot *slot,
                         const struct slot_outcome *outcome)
{
	if (slot->is_whole || slot->is_gram)
		return;
	u->n_words++;
	u->weight += slot->weight;
	if (outcome->n_chunks > 0) {
		u->known_weight += slot->weight;
		return;
	}
	if (u->n < MAX_UNKNOWN) {
		u->items[u->n].slot = slot;
		u->items[u->n].missing = outcome->unknown;
		u->items[u->n].noted = s->words ? s->words->n - 1 : 0;
	}
	u->n++;
}

/* Many unknown words are a question in another language, where what is alike by chance
 * says nothing. */
static bool may_be_misspelt(const struct unknown *u)
{
	return u->n > 0 && (u->n_words == 1 || (u->n <= MAX_UNKNOWN && 2 * u->known_weight >= u->weight));
}

static int take_for_another(struct scoring *s, const struct unknown *u, size_t i, struct err *err)
{
	struct lexical *l = s->l;
	const struct slot *slot = u->items[i].slot;
	struct spelling_word word;
	struct slots slots;
	struct slot_outcome outcome;
	int rc = spelling_find(l->store, (struct span){ slot->forms[0].text, slot->forms[0].len }, &word,
	                       err);
	if (rc <= 0)
		return rc;
	slots_of(&slots, l->terms, (struct span){ word.text, word.len }, l->languages, l->n_languages);
	struct slot *taken = &slots.items[0]; /* letters are one word, which comes first */
	taken->weight = slot->weight;
	struct planned planned = { taken, slot_share(l, taken), 0 };
	rc = score_planned(s, &planned, LEXICAL_TAKEN, &outcome, err);
	if (rc == 0 && !outcome.skipped) {
		s->evidence->ideal -= u->items[i].missing;
		if (s->words) {
			struct lexical_word *noted = &s->words->items[u->items[i].noted];
			noted->taken_for = mem_strdup(word.text);
			noted->n_chunks = outcome.n_chunks;
			noted->weight = outcome.weight;
		}
	}
	slots_free(&slots);
	return rc;
}

/* --- a question ------------------------------------------------------------------------------ */

static int score_slots(struct scoring *s, const struct slots *slots, struct err *err)
{
	struct planned *planned = plan(s->l, slots);
	struct unknown unknown = { .n = 0 };
	int rc = 0;
	for (size_t i = 0; rc == 0 && i < slots->n; i++) {
		struct slot_outcome outcome;
		rc = score_planned(s, &planned[i], 1, &outcome, err);
		if (rc < 0)
			break;
		note_word(s->words, planned[i].slot, &outcome);
		note_unknown(&unknown, s, planned[i].slot, &outcome);
	}
	free(planned);
	if (!may_be_misspelt(&unknown))
		return rc;
	for (size_t i = 0; rc == 0 && i < unknown.n; i++)
		rc = take_for_another(s, &unknown, i, err);
	return rc;
}

int lexical_scores(struct lexical *l, struct span question, float *scores,
                   struct fuse_lexical *evidence, struct lexical_words *words, struct err *err)
{
	struct slots slots;
	struct scoring scoring = { .l = l, .scores = scores, .evidence = evidence, .words = words };
	*evidence = (struct fuse_lexical){ 0 };
	if (words)
		*words = (struct lexical_words){ 0 };
	memset(scores, 0, l->n_refs * sizeof *scores);
	if (l->documents)
		document_words_clear(l->documents);
	slots_of(&slots, l->terms, question, l->languages, l->n_languages);
	int rc = score_slots(&scoring, &slots, err);
	slots_free(&slots);
	for (size_t i = 0; i < l->n_refs; i++)
		if ((double)scores[i] > evidence->best)
			evidence->best = (double)scores[i];
	if (rc < 0 && words)
		lexical_words_free(words);
	return rc;
}

bool lexical_document_parts(const struct lexical *l, const struct fuse_lexical *evidence, float *parts)
{
	for (size_t i = 0; l->documents && i < l->n_refs; i++)
		parts[i] = (float)document_words_part(l->documents, i, evidence->ideal);
	return l->documents != NULL;
}
