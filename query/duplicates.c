#include "query/duplicates.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/utf8.h"

/* Four words tell a sentence from another, and one changed word in twenty leaves most
 * shingles as they are. A word of Chinese is two characters, of Thai four. */
enum { WORDS = 4, CHARACTERS = 5, MAX_LISTED = 64 };

/* --- shingles ------------------------------------------------------------------- */

struct shingles {
	uint64_t *items; /* of all texts, one after the other, with repetitions */
	size_t n, cap;
	size_t *starts;  /* [n_texts + 1] */
};

/* The finaliser of MurmurHash3 (Appleby): each bit of the input moves half of the
 * output's. */
static uint64_t mix(uint64_t x)
{
	x = (x ^ (x >> 33)) * 0xFF51AFD7ED558CCDull;
	x = (x ^ (x >> 33)) * 0xC4CEB9FE1A85EC53ull;
	return x ^ (x >> 33);
}

static uint64_t add_to(uint64_t h, uint64_t value)
{
	return (h ^ value) * 0x9E3779B97F4A7C15ull + (h >> 29);
}

/* Scripts whose words no space divides: each character is a unit. */
static bool is_unspaced(uint32_t code)
{
	return (code >= 0x0E00 && code < 0x1100) ||   /* Thai, Lao, Tibetan, Myanmar */
	       (code >= 0x1780 && code < 0x1800) ||   /* Khmer */
	       (code >= 0x3040 && code < 0xA000) ||   /* Kana, Han */
	       (code >= 0xF900 && code < 0xFB00) || (code >= 0x20000 && code < 0x40000);
}

static bool is_in_word(uint32_t code)
{
	if (code < 0x80)
		return (code >= '0' && code <= '9') || (code >= 'a' && code <= 'z') ||
		       (code >= 'A' && code <= 'Z');
	return code >= 0xC0 && !(code >= 0x2000 && code < 0x2070) && !(code >= 0x3000 && code < 0x3040) &&
	       !(code >= 0xFF00 && code < 0xFF10) && !(code >= 0xFE30 && code < 0xFE70);
}

/* The last units, of which a shingle is made. */
struct window {
	uint64_t units[CHARACTERS];
	size_t n_units; /* seen in all */
};

static void add_shingle(struct shingles *s, uint64_t hash)
{
	s->items = mem_grow(s->items, &s->cap, s->n + 1, sizeof *s->items);
	s->items[s->n++] = mix(hash);
}

static void add_last(struct shingles *s, const struct window *w, size_t n)
{
	uint64_t hash = n;
	for (size_t i = w->n_units - n; i < w->n_units; i++)
		hash = add_to(hash, w->units[i % CHARACTERS]);
	add_shingle(s, hash);
}

static void add_unit(struct shingles *s, struct window *w, uint64_t unit, bool is_character)
{
	w->units[w->n_units++ % CHARACTERS] = unit;
	size_t n = is_character ? CHARACTERS : WORDS;
	if (w->n_units >= n)
		add_last(s, w, n);
}

static void add_text(struct shingles *s, struct span text)
{
	struct window w = { .n_units = 0 };
	size_t start = s->n;
	uint64_t word = 0;
	bool in_word = false;
	for (size_t at = 0; at < text.len;) {
		uint32_t code = (unsigned char)text.p[at];
		at += code < 0x80 ? 1 : utf8_decode(text.p + at, text.len - at, &code);
		bool alone = is_unspaced(code), inner = !alone && is_in_word(code);
		if (in_word && !inner)
			add_unit(s, &w, word, false);
		if (alone)
			add_unit(s, &w, code, true);
		if (inner)
			word = add_to(in_word ? word : 1, code >= 'A' && code <= 'Z' ? code + 32 : code);
		in_word = inner;
	}
	if (in_word)
		add_unit(s, &w, word, false);
	if (s->n > start)
		return;
	if (w.n_units) {
		add_last(s, &w, w.n_units);
		return;
	}
	uint64_t hash = 0;
	for (size_t i = 0; i < text.len; i++)
		hash = add_to(hash, (unsigned char)text.p[i]);
	add_shingle(s, hash);
}

static void shingles_make(struct shingles *s, const struct span *texts, size_t n)
{
	*s = (struct shingles){ .starts = mem_alloc(n + 1, sizeof *s->starts) };
	for (size_t i = 0; i < n; i++) {
		s->starts[i] = s->n;
		add_text(s, texts[i]);
	}
	s->starts[n] = s->n;
}

/* --- which representative has a shingle ------------------------------------------ */

struct listed {
	size_t text, next; /* next: index of the listing behind it + 1; 0: none */
};

struct slot {
	uint64_t hash;
	size_t stamp;      /* index + 1 of the text that met it last; 0: the slot is empty */
	size_t first;      /* index of a listing + 1; 0: none */
	size_t n_listed;
};

struct table {
	struct slot *slots; /* a power of two, half of them empty at least */
	size_t mask;
	struct listed *listed;
	size_t n_listed, cap;
	size_t *common;     /* [n]: shingles that the text at hand shares with each */
	size_t *touched;    /* those with common > 0 */
	size_t *sizes;      /* [n]: different shingles of each */
};

static void table_init(struct table *t, size_t n_shingles, size_t n)
{
	size_t n_slots = 64;
	while (n_slots / 2 < n_shingles)
		n_slots *= 2;
	*t = (struct table){
		.slots = mem_zalloc(n_slots, sizeof *t->slots),
		.mask = n_slots - 1,
		.common = mem_zalloc(n, sizeof *t->common),
		.touched = mem_alloc(n, sizeof *t->touched),
		.sizes = mem_zalloc(n, sizeof *t->sizes),
	};
}

static void table_free(struct table *t)
{
	free(t->slots);
	free(t->listed);
	free(t->common);
	free(t->touched);
	free(t->sizes);
}

static struct slot *find(struct table *t, uint64_t hash)
{
	size_t at = (size_t)hash & t->mask;
	while (t->slots[at].stamp && t->slots[at].hash != hash)
		at = (at + 1) & t->mask;
	return &t->slots[at];
}

/* Counts what the text shares with each representative; returns how many of them
 * share anything. */
static size_t count_common(struct table *t, const struct shingles *s, size_t text)
{
	size_t n_touched = 0;
	for (size_t i = s->starts[text]; i < s->starts[text + 1]; i++) {
		struct slot *slot = find(t, s->items[i]);
		if (slot->stamp == text + 1)
			continue; /* it repeats itself */
		slot->hash = s->items[i];
		slot->stamp = text + 1;
		t->sizes[text]++;
		for (size_t at = slot->first; at; at = t->listed[at - 1].next)
			if (t->common[t->listed[at - 1].text]++ == 0)
				t->touched[n_touched++] = t->listed[at - 1].text;
	}
	return n_touched;
}

static bool says_the_same(size_t size, size_t earlier, size_t common)
{
	double both = (double)common, either = (double)(size + earlier - common);
	return both >= DUPLICATES_RESEMBLANCE * either || both >= DUPLICATES_CONTAINMENT * (double)size;
}

/* The first of those that say the same; the text itself when there is none. */
static size_t choose(struct table *t, size_t text, size_t n_touched)
{
	size_t best = text;
	for (size_t i = 0; i < n_touched; i++) {
		size_t earlier = t->touched[i];
		if (earlier < best && says_the_same(t->sizes[text], t->sizes[earlier], t->common[earlier]))
			best = earlier;
		t->common[earlier] = 0;
	}
	return best;
}

static void list(struct table *t, const struct shingles *s, size_t text)
{
	for (size_t i = s->starts[text]; i < s->starts[text + 1]; i++) {
		struct slot *slot = find(t, s->items[i]);
		bool repeated = slot->first && t->listed[slot->first - 1].text == text;
		if (repeated || slot->n_listed == MAX_LISTED)
			continue;
		t->listed = mem_grow(t->listed, &t->cap, t->n_listed + 1, sizeof *t->listed);
		t->listed[t->n_listed++] = (struct listed){ text, slot->first };
		slot->first = t->n_listed;
		slot->n_listed++;
	}
}

void duplicates_find(const struct span *texts, size_t n, size_t *representative)
{
	struct shingles s;
	struct table t;
	shingles_make(&s, texts, n);
	table_init(&t, s.n, n);
	for (size_t i = 0; i < n; i++) {
		representative[i] = choose(&t, i, count_common(&t, &s, i));
		if (representative[i] == i)
			list(&t, &s, i);
	}
	table_free(&t);
	free(s.items);
	free(s.starts);
}
