#include "query/evidence.h"

#include <stdlib.h>
#include <unicode/uchar.h>

#include "base/mem.h"
#include "base/sentence.h"
#include "base/utf8.h"

enum {
	MAX_PASSAGE = 1 << 16,
	MAX_QUESTION_PIECES = 512,
	STEM = 6 /* characters of a word that count: a crude stem that suits many languages */
};

/* --- words -------------------------------------------------------------------- */

/* Scripts without spaces between words: South-East Asian, CJK. Hangul has spaces,
 * but its endings are glued on; pairs serve it as well. */
static bool is_unspaced(uint32_t c)
{
	return (c >= 0x0E00 && c <= 0x0EFF) || (c >= 0x1000 && c <= 0x109F) ||
	       (c >= 0x1780 && c <= 0x17FF) || (c >= 0x2E80 && c <= 0xD7A3) ||
	       (c >= 0xF900 && c <= 0xFAFF) || c >= 0x20000;
}

/* FNV-1a over code points; the lowest 4 bits hold the length, for the weight. */
struct word {
	uint32_t hash;
	unsigned len;
};

static void word_add(struct word *w, uint32_t code)
{
	if (w->len == 0)
		w->hash = 2166136261u;
	if (w->len < STEM)
		w->hash = (w->hash ^ code) * 16777619u;
	w->len++;
}

static uint32_t word_id(const struct word *w)
{
	return w->hash << 4 | (w->len < STEM ? w->len : STEM);
}

static size_t split_words(const void *ctx, struct span text, uint32_t *ids, size_t max)
{
	(void)ctx;
	struct word word = { 0 };
	uint32_t before = 0; /* the last character of an unspaced script */
	size_t n = 0;
	for (size_t at = 0; at < text.len && n < max;) {
		uint32_t code;
		at += utf8_decode(text.p + at, text.len - at, &code);
		bool letter = u_isalnum((UChar32)code) || u_charType((UChar32)code) == U_NON_SPACING_MARK;
		bool pairs = letter && is_unspaced(code);
		if (letter && !pairs)
			word_add(&word, (uint32_t)u_foldCase((UChar32)code, U_FOLD_CASE_DEFAULT));
		if ((!letter || pairs || at == text.len) && word.len) {
			ids[n++] = word_id(&word);
			word = (struct word){ 0 };
		}
		if (pairs && before && n < max) {
			struct word pair = { 0 };
			word_add(&pair, before);
			word_add(&pair, code);
			pair.len = 4;
			ids[n++] = word_id(&pair);
		}
		before = pairs ? code : 0;
	}
	return n;
}

/* Function words are short; what is asked for is mostly long. */
static double word_weight(const void *ctx, uint32_t id)
{
	(void)ctx;
	static const double by_length[16] = { 0.1, 0.1, 0.15, 0.4, 1, 1.5, 2 };
	return by_length[id & 15];
}

const struct evidence_pieces evidence_words = { split_words, word_weight, NULL };

/* --- sentences ----------------------------------------------------------------- */

struct wanted {
	uint32_t id;
	double weight;
};

static int by_id(const void *a, const void *b)
{
	uint32_t x = ((const struct wanted *)a)->id, y = ((const struct wanted *)b)->id;
	return (x > y) - (x < y);
}

/* The question's distinct pieces, sorted by id; *total is their weight. */
static size_t want(struct span question, const struct evidence_pieces *pieces,
                   struct wanted wanted[MAX_QUESTION_PIECES], double *total)
{
	uint32_t ids[MAX_QUESTION_PIECES];
	size_t n = pieces->split(pieces->ctx, question, ids, MAX_QUESTION_PIECES), kept = 0;
	for (size_t i = 0; i < n; i++)
		wanted[i] = (struct wanted){ ids[i], pieces->weight(pieces->ctx, ids[i]) };
	qsort(wanted, n, sizeof *wanted, by_id);
	*total = 0;
	for (size_t i = 0; i < n; i++) {
		if (kept && wanted[kept - 1].id == wanted[i].id)
			continue;
		*total += wanted[i].weight;
		wanted[kept++] = wanted[i];
	}
	return kept;
}

/* The weight of the wanted pieces that the sentence holds, each once. */
static double shared(struct span sentence, const struct evidence_pieces *pieces,
                     const struct wanted *wanted, size_t n_wanted, uint32_t *ids)
{
	bool seen[MAX_QUESTION_PIECES] = { false };
	double sum = 0;
	/* a piece has at least one byte, but a tokeniser may begin with a piece of its own */
	size_t n = pieces->split(pieces->ctx, sentence, ids, sentence.len + 2);
	for (size_t i = 0; i < n; i++) {
		struct wanted key = { ids[i], 0 };
		const struct wanted *w = bsearch(&key, wanted, n_wanted, sizeof key, by_id);
		if (w && !seen[w - wanted]) {
			seen[w - wanted] = true;
			sum += w->weight;
		}
	}
	return sum;
}

static void trim(struct span passage, size_t *start, size_t *end)
{
	while (*start < *end && (unsigned char)passage.p[*start] <= ' ')
		++*start;
	while (*end > *start && (unsigned char)passage.p[*end - 1] <= ' ')
		--*end;
}

bool evidence_find(struct span question, struct span passage, const struct evidence_pieces *pieces,
                   size_t *start, size_t *end)
{
	if (passage.len > MAX_PASSAGE)
		passage.len = utf8_floor(passage.p, passage.len, MAX_PASSAGE);
	struct wanted wanted[MAX_QUESTION_PIECES];
	double total, best = 0;
	size_t n_wanted = want(question, pieces, wanted, &total);
	if (!n_wanted)
		return false;
	size_t *ends = NULL, n = sentence_ends(passage, &ends);
	uint32_t *ids = mem_alloc(passage.len + 2, sizeof *ids);
	for (size_t i = 0, from = 0; i < n; from = ends[i++]) {
		struct span sentence = { passage.p + from, ends[i] - from };
		double sum = shared(sentence, pieces, wanted, n_wanted, ids);
		if (sum > best) {
			best = sum;
			*start = from;
			*end = ends[i];
		}
	}
	free(ids);
	free(ends);
	/* a fifth: one word of weight among the small ones of a question */
	if (best < total / 5)
		return false;
	trim(passage, start, end);
	return *end > *start;
}
