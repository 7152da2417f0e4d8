#include "query/slots.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/* An identifier counts more than one of its parts, which other identifiers share: of 200 of
 * this program's own, asked for alone, 194 led to a file that has them at a weight of 1, and
 * 199 at this one. */
static const double identifier_weight = 2.5;

static void add_form(struct slot *slot, enum slot_form_kind kind, struct span text)
{
	for (size_t i = 0; i < slot->n_forms; i++)
		if (slot->forms[i].len == text.len && memcmp(slot->forms[i].text, text.p, text.len) == 0)
			return;
	if (text.len == 0 || text.len > TERM_MAX_BYTES + 1)
		return;
	slot->forms = mem_grow(slot->forms, &slot->cap, slot->n_forms + 1, sizeof *slot->forms);
	struct slot_form *form = &slot->forms[slot->n_forms++];
	form->kind = kind;
	form->len = (unsigned char)text.len;
	memcpy(form->text, text.p, text.len);
	form->text[text.len] = '\0';
}

static struct slot *new_slot(struct slots *slots, const struct term *term)
{
	if (slots->n == SLOTS_MAX)
		return NULL;
	slots->items = mem_grow(slots->items, &slots->cap, slots->n + 1, sizeof *slots->items);
	struct slot *slot = &slots->items[slots->n++];
	*slot = (struct slot){ .start = term->start, .end = term->end, .weight = 1,
		               .is_whole = term->kind == TERM_WHOLE, .is_gram = term->kind == TERM_GRAM };
	return slot;
}

static bool same_kind(const struct slot *slot, const struct term *term)
{
	return slot->is_whole == (term->kind == TERM_WHOLE) && slot->is_gram == (term->kind == TERM_GRAM);
}

/* The slot at the term's place of the question, of its kind. */
static struct slot *slot_at(struct slots *slots, const struct term *term)
{
	for (size_t i = slots->n; i > 0; i--) {
		struct slot *slot = &slots->items[i - 1];
		if (slot->start == term->start && slot->end == term->end && same_kind(slot, term))
			return slot;
	}
	return NULL;
}

/* A plain word is asked for as a whole as well: nobody wrote an identifier. */
static bool is_of_one_word(const struct slots *slots, const struct term *term)
{
	for (size_t i = 0; i < slots->n; i++) {
		const struct slot *s = &slots->items[i];
		if (!s->is_whole && !s->is_gram && s->start == term->start && s->end == term->end)
			return true;
	}
	return false;
}

static int add_word(void *ctx, const struct term *term)
{
	struct slots *slots = ctx;
	if (term->kind == TERM_STEM)
		return 0; /* comes with a language */
	struct slot *slot = term->kind == TERM_WORD && !term->colocated ? NULL : slot_at(slots, term);
	if (!slot) {
		slot = new_slot(slots, term);
		if (!slot)
			return 1;
		slot->is_optional = term->kind == TERM_WHOLE && is_of_one_word(slots, term);
	}
	add_form(slot, term->kind == TERM_EXACT ? FORM_EXACT : FORM_SURFACE, term->text);
	/* where a passage's division makes a word of the pair, the index has it so */
	if (term->kind == TERM_GRAM && term->text.p[0] == TERM_MARK_GRAM)
		add_form(slot, FORM_SURFACE, (struct span){ term->text.p + 1, term->text.len - 1 });
	return 0;
}

static int add_stem(void *ctx, const struct term *term)
{
	struct slots *slots = ctx;
	if (term->kind != TERM_STEM)
		return 0;
	for (size_t i = 0; i < slots->n; i++) {
		struct slot *s = &slots->items[i];
		if (!s->is_whole && !s->is_gram && s->start == term->start && s->end == term->end)
			add_form(s, FORM_STEM, term->text);
	}
	return 0;
}

/* Words that a pair of characters crosses, and those pairs, share one weight. */
static void halve_where_pairs_are(struct slots *slots)
{
	for (size_t i = 0; i < slots->n; i++) {
		struct slot *gram = &slots->items[i];
		if (!gram->is_gram)
			continue;
		gram->weight = 0.5;
		for (size_t j = 0; j < slots->n; j++) {
			struct slot *word = &slots->items[j];
			if (!word->is_gram && word->start < gram->end && gram->start < word->end)
				word->weight = 0.5;
		}
	}
}

static bool has_programmers_joiner(struct span t)
{
	for (size_t i = 0; i + 1 < t.len; i++)
		if (t.p[i] == '_' || (t.p[i] == ':' && t.p[i + 1] == ':'))
			return true;
	return false;
}

/* With a line or colons in it, or asked for alone. Not every word of two parts, since words
 * with a hyphen, and names like mRNA, are prose: at this weight they cost SciFact 0.001. */
static void weigh_identifiers(struct slots *slots, struct span question)
{
	for (size_t i = 0; i < slots->n; i++) {
		struct slot *s = &slots->items[i];
		struct span source = { question.p + s->start, s->end - s->start };
		bool alone = question.len <= source.len + 2; /* name() */
		if (s->is_whole && !s->is_optional && (alone || has_programmers_joiner(source)))
			s->weight = identifier_weight;
	}
}

static bool same_forms(const struct slot *a, const struct slot *b)
{
	return a->is_whole == b->is_whole && a->is_gram == b->is_gram &&
	       a->forms[0].len == b->forms[0].len &&
	       memcmp(a->forms[0].text, b->forms[0].text, a->forms[0].len) == 0;
}

/* A word that was asked for twice is one slot of twice the weight. */
static void merge_repeated(struct slots *slots)
{
	size_t kept = 0;
	for (size_t i = 0; i < slots->n; i++) {
		struct slot *slot = &slots->items[i];
		size_t j = 0;
		while (j < kept && !same_forms(&slots->items[j], slot))
			j++;
		if (j < kept) {
			slots->items[j].weight += slot->weight;
			free(slot->forms);
		} else {
			slots->items[kept++] = *slot;
		}
	}
	slots->n = kept;
}

/* A slot without a form (a term that was too long) has nothing to look for. */
static void drop_empty(struct slots *slots)
{
	size_t kept = 0;
	for (size_t i = 0; i < slots->n; i++) {
		if (slots->items[i].n_forms)
			slots->items[kept++] = slots->items[i];
		else
			free(slots->items[i].forms);
	}
	slots->n = kept;
}

void slots_of(struct slots *slots, struct terms *terms, struct span question,
              const char *const *languages, size_t n_languages)
{
	*slots = (struct slots){ 0 };
	terms_each(terms, question, "", TERMS_QUERY, add_word, slots);
	drop_empty(slots);
	for (size_t i = 0; i < n_languages; i++)
		if (languages[i][0])
			terms_each(terms, question, languages[i], TERMS_QUERY, add_stem, slots);
	halve_where_pairs_are(slots);
	weigh_identifiers(slots, question);
	merge_repeated(slots);
}

void slots_free(struct slots *slots)
{
	for (size_t i = 0; i < slots->n; i++)
		free(slots->items[i].forms);
	free(slots->items);
	*slots = (struct slots){ 0 };
}
