#include "query/matches.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "query/slots.h"

struct looking {
	const struct slots *slots;
	bool *found; /* [slots->n] */
};

static bool has_form(const struct slot *slot, struct span term)
{
	for (size_t i = 0; i < slot->n_forms; i++)
		if (slot->forms[i].len == term.len && memcmp(slot->forms[i].text, term.p, term.len) == 0)
			return true;
	return false;
}

static int look(void *ctx, const struct term *term)
{
	struct looking *l = ctx;
	for (size_t i = 0; i < l->slots->n; i++)
		l->found[i] = l->found[i] || has_form(&l->slots->items[i], term->text);
	return 0;
}

size_t matches_find(struct span question, const struct span *texts, size_t n_texts,
                    const char *const *languages, size_t n_languages, char ***words)
{
	struct terms *terms = terms_new();
	struct slots slots;
	slots_of(&slots, terms, question, languages, n_languages);
	struct looking l = { &slots, mem_zalloc(slots.n + 1, sizeof *l.found) };
	for (size_t i = 0; i < n_texts; i++)
		for (size_t j = 0; j < n_languages; j++)
			terms_each(terms, texts[i], languages[j], TERMS_INDEX, look, &l);
	size_t n = 0;
	*words = mem_alloc(slots.n, sizeof **words);
	for (size_t i = 0; i < slots.n; i++) {
		const struct slot *s = &slots.items[i];
		if (l.found[i])
			(*words)[n++] = mem_strndup(question.p + s->start, s->end - s->start);
	}
	free(l.found);
	slots_free(&slots);
	terms_free(terms);
	return n;
}
