#include "words/forms.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "words/fold.h"

enum { SLOTS = 8192, SLOT_BYTES = 120, LONGEST_SOURCE = 40, SHORTEST_STEMMED = 3 };

/* bytes: the source, then the word, the marked exact form, the marked stem. */
struct slot {
	uint8_t language, source_len, word_len, exact_len, stem_len;
	char bytes[SLOT_BYTES];
};

struct forms {
	struct stemmers stemmers;
	struct slot *slots; /* [SLOTS] */
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
	free(f->slots);
	free(f);
}

static size_t slot_of(struct span source, unsigned language)
{
	uint32_t h = 0x811C9DC5u + language;
	for (size_t i = 0; i < source.len; i++)
		h = (h ^ (unsigned char)source.p[i]) * 0x01000193u; /* FNV-1a */
	return (h ^ h >> 15) % SLOTS;
}

static struct word_forms read_slot(const struct slot *s)
{
	const char *word = s->bytes + s->source_len;
	return (struct word_forms){
		.word = { word, s->word_len },
		.exact = { word + s->word_len, s->exact_len },
		.stem = { word + s->word_len + s->exact_len, s->stem_len },
	};
}

static struct word_forms keep(struct slot *s, struct span source, unsigned language,
                              const struct word_forms *forms)
{
	if (source.len + forms->word.len + forms->exact.len + forms->stem.len > SLOT_BYTES)
		return *forms;
	char *to = s->bytes;
	const struct span parts[] = { source, forms->word, forms->exact, forms->stem };
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
		if (parts[i].len)
			memcpy(to, parts[i].p, parts[i].len);
		to += parts[i].len;
	}
	s->language = (uint8_t)language;
	s->source_len = (uint8_t)source.len;
	s->word_len = (uint8_t)forms->word.len;
	s->exact_len = (uint8_t)forms->exact.len;
	s->stem_len = (uint8_t)forms->stem.len;
	return read_slot(s);
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
	if (!f->slots)
		f->slots = mem_zalloc(SLOTS, sizeof *f->slots);
	struct slot *s = &f->slots[slot_of(source, language)];
	if (s->language == language && s->source_len == source.len &&
	    memcmp(s->bytes, source.p, source.len) == 0)
		return read_slot(s);
	struct word_forms forms = make(f, source, language);
	return keep(s, source, language, &forms);
}
