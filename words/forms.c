#include "words/forms.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "words/fold.h"

enum { SETS = 1024, WAYS = 8, SLOT_BYTES = 58, LONGEST_SOURCE = 40, SHORTEST_STEMMED = 3 };

/* A cache line. bytes: the mark of a stem, the key; then the word and the stem where
 * they are not the key, and the marked exact form. */
struct slot {
	uint8_t language, key_len, word_len, exact_len, stem_len;
	bool word_is_key : 1, stem_is_key : 1;
	char bytes[SLOT_BYTES];
};
_Static_assert(sizeof(struct slot) == 64, "a cache line");

/* What slots go by: the source with A to Z as small letters, which folding would make of
 * them, and NULs behind it. */
struct key {
	uint64_t bytes[LONGEST_SOURCE / 8];
	size_t len;
	size_t set;
	uint16_t tag; /* not 0 */
};

/* A word has its place in one of the slots of a set; tags say which, and are few enough to
 * stay near the processor. */
struct table {
	uint16_t tags[SETS][WAYS]; /* 0: free */
	uint8_t next[SETS];        /* the slot that is given away next */
	struct slot slots[SETS][WAYS];
};

struct forms {
	struct stemmers stemmers;
	struct table *table;
	struct folded folded;
	char exact[TERM_MAX_BYTES + 1], stem[TERM_MAX_BYTES + 1];
};

struct forms *forms_new(void)
{
	return mem_zalloc(1, sizeof(struct forms));
}

void forms_free(struct forms *f)
{
	if (!f)
		return;
	stemmers_close(&f->stemmers);
	free(f->table);
	free(f);
}

/* Eight bytes, A to Z as small letters. */
static uint64_t small_letters(uint64_t x)
{
	uint64_t low = x & UINT64_C(0x7f7f7f7f7f7f7f7f);
	uint64_t from_a = low + UINT64_C(0x3f3f3f3f3f3f3f3f), behind_z = low + UINT64_C(0x2525252525252525);
	return x | (from_a & ~behind_z & ~x & UINT64_C(0x8080808080808080)) >> 2;
}

static void make_key(struct key *key, struct span source, unsigned language)
{
	uint64_t h = language;
	*key = (struct key){ .len = source.len };
	memcpy(key->bytes, source.p, source.len);
	for (size_t i = 0; i < (source.len + 7) / 8; i++) {
		key->bytes[i] = small_letters(key->bytes[i]);
		h = (h ^ key->bytes[i]) * UINT64_C(0x9E3779B97F4A7C15);
		h ^= h >> 32;
	}
	key->set = (uint32_t)h % SETS;
	key->tag = (uint16_t)(h >> 10 | 1);
}

static bool holds(const struct slot *s, const struct key *key, unsigned language)
{
	return s->language == language && s->key_len == key->len &&
	       memcmp(s->bytes + 1, key->bytes, key->len) == 0;
}

static struct word_forms read_slot(const struct slot *s)
{
	const char *at = s->bytes + 1 + s->key_len;
	struct word_forms forms = { .word = { s->bytes + 1, s->key_len },
		                    .stem = { s->bytes, (size_t)s->key_len + 1 } };
	if (!s->word_is_key) {
		forms.word = (struct span){ at, s->word_len };
		at += s->word_len;
	}
	if (!s->stem_is_key)
		forms.stem = (struct span){ at + s->exact_len, s->stem_len };
	forms.exact = (struct span){ at, s->exact_len };
	return forms;
}

static char *put(char *to, struct span part)
{
	if (part.len)
		memcpy(to, part.p, part.len);
	return to + part.len;
}

static bool fill_slot(struct slot *s, const struct key *key, unsigned language,
                      const struct word_forms *forms)
{
	struct span source = { (const char *)key->bytes, key->len }, none = { 0 };
	struct span word = forms->word, stem = forms->stem;
	bool word_is_key = span_equal(word, source);
	bool stem_is_key = stem.len && span_equal((struct span){ stem.p + 1, stem.len - 1 }, source);
	word = word_is_key ? none : word;
	stem = stem_is_key ? none : stem;
	if (1 + source.len + word.len + forms->exact.len + stem.len > SLOT_BYTES)
		return false;
	*s = (struct slot){ .language = (uint8_t)language, .key_len = (uint8_t)source.len,
		            .word_len = (uint8_t)word.len, .exact_len = (uint8_t)forms->exact.len,
		            .stem_len = (uint8_t)stem.len, .word_is_key = word_is_key,
		            .stem_is_key = stem_is_key, .bytes = { TERM_MARK_STEM } };
	put(put(put(put(s->bytes + 1, source), word), forms->exact), stem);
	return true;
}

/* ASCII needs no Unicode: false when the source is not, or is too long. */
static bool fold_ascii(struct span source, struct folded *out)
{
	if (source.len > TERM_MAX_BYTES)
		return false;
	for (size_t i = 0; i < source.len; i++) {
		unsigned char c = (unsigned char)source.p[i];
		if (c >= 0x80)
			return false;
		out->exact[i] = out->word[i] = (char)(c >= 'A' && c <= 'Z' ? c | 32 : c);
	}
	out->exact_len = out->word_len = source.len;
	out->was_cut = false;
	return true;
}

static bool is_stemmed(const struct folded *w)
{
	if (w->was_cut || w->exact_len < SHORTEST_STEMMED)
		return false;
	for (size_t i = 0; i < w->exact_len; i++)
		if (w->exact[i] >= '0' && w->exact[i] <= '9')
			return false;
	return true;
}

static struct word_forms make(struct forms *f, struct span source, unsigned language)
{
	struct folded *w = &f->folded;
	bool is_ascii = fold_ascii(source, w);
	if (!is_ascii)
		fold_word(source, w);
	struct word_forms forms = { .word = { w->word, w->word_len } };
	struct span exact = { w->exact, w->exact_len };
	if (w->word_len == 0)
		return forms;
	if (!span_equal(forms.word, exact)) {
		f->exact[0] = TERM_MARK_EXACT;
		memcpy(f->exact + 1, exact.p, exact.len);
		forms.exact = (struct span){ f->exact, exact.len + 1 };
	}
	if (language == 0 || !is_stemmed(w))
		return forms;
	struct span stem = stem_word(&f->stemmers, language, exact);
	size_t len = 0;
	if (stem.len > TERM_MAX_BYTES)
		stem.len = 0;
	if (!is_ascii)
		len = fold_diacritics(stem, f->stem + 1);
	else
		memcpy(f->stem + 1, stem.p, len = stem.len);
	f->stem[0] = TERM_MARK_STEM;
	if (len)
		forms.stem = (struct span){ f->stem, len + 1 };
	return forms;
}

struct word_forms forms_of(struct forms *f, struct span source, unsigned language)
{
	if (source.len > LONGEST_SOURCE)
		return make(f, source, language);
	if (!f->table)
		f->table = mem_zalloc(1, sizeof *f->table);
	struct table *t = f->table;
	struct key key;
	make_key(&key, source, language);
	for (size_t i = 0; i < WAYS; i++)
		if (t->tags[key.set][i] == key.tag && holds(&t->slots[key.set][i], &key, language))
			return read_slot(&t->slots[key.set][i]);
	struct word_forms forms = make(f, (struct span){ (const char *)key.bytes, key.len }, language);
	size_t way = t->next[key.set];
	if (!fill_slot(&t->slots[key.set][way], &key, language, &forms))
		return forms;
	t->tags[key.set][way] = key.tag;
	t->next[key.set] = (uint8_t)((way + 1) % WAYS);
	return read_slot(&t->slots[key.set][way]);
}
