/* Any bytes as a text, its first byte choosing the language: terms lie within it, in
 * order, are valid UTF-8 behind their mark and no longer than a term may be; a second
 * walk gives the same. */
#include <stdint.h>
#include <stdlib.h>

#include "base/hash.h"
#include "base/utf8.h"
#include "words/language.h"
#include "words/terms.h"

struct walk {
	size_t len, start, n, n_positions;
	struct hash hash; /* of all so far */
};

static void must(int holds)
{
	if (!holds)
		abort();
}

static int visit(void *ctx, const struct term *term)
{
	struct walk *w = ctx;
	must(term->text.len >= 1);
	bool is_marked = term->text.p[0] > 0 && term->text.p[0] < 5;
	must(term->text.len - is_marked >= 1 && term->text.len - is_marked <= TERM_MAX_BYTES);
	must(utf8_is_valid(term->text.p, term->text.len));
	must(!memchr(term->text.p, '"', term->text.len) && !memchr(term->text.p, '\x1f', term->text.len) &&
	     !memchr(term->text.p, '\0', term->text.len));
	must(term->start < term->end && term->end <= w->len);
	must(w->n > 0 || !term->colocated);
	must(term->colocated == (term->kind != TERM_WORD));
	if (!term->colocated) {
		must(term->start >= w->start);
		w->start = term->start;
	}
	w->n++;
	w->n_positions += !term->colocated;
	struct span parts[] = { { (const char *)w->hash.b, sizeof w->hash.b }, term->text };
	w->hash = hash_parts(parts, 2);
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const languages[] = { "", "en", "de", "fr", "ru", "tr", "ar", "hi",
		                                 "el", "fi", "hu", "ta", "yi", "sr", "zh", "th" };
	static struct terms *t;
	if (size == 0)
		return 0;
	if (!t)
		t = terms_new();
	struct span text = { (const char *)data + 1, size - 1 };
	const char *language = languages[data[0] % (sizeof languages / sizeof *languages)];
	struct walk index = { .len = text.len }, again = index, query = index;
	terms_each(t, text, language, TERMS_INDEX, visit, &index);
	terms_each(t, text, language, TERMS_QUERY, visit, &query);
	terms_each(t, text, language, TERMS_INDEX, visit, &again);
	must(again.n == index.n && hash_compare(&again.hash, &index.hash) == 0);
	must(query.n >= index.n && query.n_positions == index.n_positions);
	must(strlen(language_detect(text)) <= 2);
	return 0;
}
