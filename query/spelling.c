#include "query/spelling.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"

/* Words of an index are folded: no capitals, no diacritics but those of й, ў and ї. */
struct alphabet {
	uint32_t first, last;
	uint32_t others[12]; /* up to the first 0 */
};

static const struct alphabet alphabets[] = {
	{ 'a', 'z', { 0 } },
	{ 0x3b1, 0x3c9, { 0 } }, /* α to ω */
	/* а to я; ђ є ѕ і ї ј љ њ ћ ў џ ґ */
	{ 0x430, 0x44f,
	  { 0x452, 0x454, 0x455, 0x456, 0x457, 0x458, 0x459, 0x45a, 0x45b, 0x45e, 0x45f, 0x491 } },
};
enum { N_OTHERS = sizeof alphabets[0].others / sizeof alphabets[0].others[0] };

/* The i-th letter; 0: there are no more. */
static uint32_t letter(const struct alphabet *a, size_t i)
{
	size_t run = a->last - a->first + 1;
	return i < run ? a->first + (uint32_t)i : i - run < N_OTHERS ? a->others[i - run] : 0;
}

static const struct alphabet *alphabet_of(uint32_t code)
{
	for (size_t a = 0; a < sizeof alphabets / sizeof *alphabets; a++)
		for (size_t i = 0; letter(&alphabets[a], i); i++)
			if (letter(&alphabets[a], i) == code)
				return &alphabets[a];
	return NULL;
}

/* --- neighbours ---------------------------------------------------------------------------- */

struct letters {
	uint32_t codes[SPELLING_MOST + 1];
	size_t n;
};

struct neighbours {
	struct spelling_word *items;
	size_t n, cap;
};

/* The alphabet of all letters of the word, or NULL. */
static const struct alphabet *read_letters(struct span word, struct letters *l)
{
	const struct alphabet *alphabet = NULL;
	l->n = 0;
	for (size_t at = 0; at < word.len; l->n++) {
		if (l->n == SPELLING_MOST)
			return NULL;
		at += utf8_decode(word.p + at, word.len - at, &l->codes[l->n]);
		const struct alphabet *a = alphabet_of(l->codes[l->n]);
		if (!a || (alphabet && a != alphabet))
			return NULL;
		alphabet = a;
	}
	return l->n >= SPELLING_LEAST ? alphabet : NULL;
}

static void add(struct neighbours *all, const struct letters *l, enum spelling_error error)
{
	all->items = mem_grow(all->items, &all->cap, all->n + 1, sizeof *all->items);
	struct spelling_word *w = &all->items[all->n++];
	w->error = error;
	w->len = 0;
	for (size_t i = 0; i < l->n; i++)
		w->len = (unsigned char)(w->len + utf8_encode(l->codes[i], w->text + w->len));
	w->text[w->len] = '\0';
}

static void add_shorter(struct neighbours *all, const struct letters *word)
{
	for (size_t i = 1; i < word->n; i++) {
		struct letters l = { .n = word->n - 1 };
		memcpy(l.codes, word->codes, i * sizeof *l.codes);
		memcpy(l.codes + i, word->codes + i + 1, (l.n - i) * sizeof *l.codes);
		add(all, &l, SPELLING_TOO_MANY);
	}
}

static void add_exchanged(struct neighbours *all, const struct letters *word)
{
	for (size_t i = 0; i + 1 < word->n; i++) {
		struct letters l = *word;
		l.codes[i] = word->codes[i + 1];
		l.codes[i + 1] = word->codes[i];
		add(all, &l, SPELLING_EXCHANGED);
	}
}

static void add_with_letter(struct neighbours *all, const struct letters *word, uint32_t code)
{
	for (size_t i = 1; i <= word->n; i++) {
		struct letters l = *word;
		if (i < word->n) {
			l.codes[i] = code;
			add(all, &l, SPELLING_WRONG);
		}
		memcpy(l.codes + i + 1, word->codes + i, (word->n - i) * sizeof *l.codes);
		l.codes[i] = code;
		l.n = word->n + 1;
		add(all, &l, SPELLING_LEFT_OUT);
	}
}

static int compare_text(const struct spelling_word *x, const struct spelling_word *y)
{
	int order = memcmp(x->text, y->text, x->len < y->len ? x->len : y->len);
	return order ? order : x->len - y->len;
}

static int by_text(const void *a, const void *b)
{
	const struct spelling_word *x = a, *y = b;
	int order = compare_text(x, y);
	return order ? order : (int)x->error - (int)y->error;
}

size_t spelling_neighbours(struct span word, struct spelling_word **words)
{
	struct letters letters;
	struct neighbours all = { 0 };
	const struct alphabet *alphabet = read_letters(word, &letters);
	*words = NULL;
	if (!alphabet)
		return 0;
	add_exchanged(&all, &letters);
	add_shorter(&all, &letters);
	for (size_t i = 0; letter(alphabet, i); i++)
		add_with_letter(&all, &letters, letter(alphabet, i));
	qsort(all.items, all.n, sizeof *all.items, by_text);
	size_t kept = 0;
	for (size_t i = 0; i < all.n; i++) {
		const struct spelling_word *w = &all.items[i];
		if (span_equal((struct span){ w->text, w->len }, word) ||
		    (kept && compare_text(w, &all.items[kept - 1]) == 0))
			continue;
		all.items[kept++] = *w;
	}
	*words = all.items;
	return kept;
}

/* --- those that the index has --------------------------------------------------------------- */

static int count(struct store *store, const struct spelling_word *w, size_t *n, struct err *err)
{
	static const struct store_column_weights any = { 1, 1, 1, 1 };
	struct store_posting *items;
	if (store_postings(store, (struct span){ w->text, w->len }, &any, SPELLING_MAX_COUNTED, &items, n,
	                   err) < 0)
		return -1;
	free(items);
	return 0;
}

/* 1, 0: none of them is there, -1. */
static int find_best(struct store *store, const struct spelling_word *words, const bool *has, size_t n,
                     struct spelling_word *best, struct err *err)
{
	size_t most = 0;
	for (size_t i = 0; i < n; i++) {
		size_t n_passages;
		if (!has[i])
			continue;
		if (count(store, &words[i], &n_passages, err) < 0)
			return -1;
		if (n_passages > most || (n_passages && n_passages == most && words[i].error < best->error))
			*best = words[i];
		most = n_passages > most ? n_passages : most;
	}
	return most > 0;
}

int spelling_find(struct store *store, struct span word, struct spelling_word *best, struct err *err)
{
	struct spelling_word *words;
	size_t n = spelling_neighbours(word, &words);
	if (n == 0)
		return 0;
	struct span *terms = mem_alloc(n, sizeof *terms);
	bool *has = mem_alloc(n, sizeof *has);
	for (size_t i = 0; i < n; i++)
		terms[i] = (struct span){ words[i].text, words[i].len };
	int found = store_has_terms(store, terms, n, has, err);
	if (found == 0)
		found = find_best(store, words, has, n, best, err);
	free(has);
	free(terms);
	free(words);
	return found;
}
