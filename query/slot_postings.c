#include "query/slot_postings.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

static const struct store_column_weights weights = { 2, 1, 1, 1 };

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

static int read_forms(struct store *store, const struct slot *slot, enum slot_form_kind kind,
                      struct postings *out, struct err *err)
{
	*out = (struct postings){ 0 };
	for (size_t f = 0; f < slot->n_forms; f++) {
		struct postings more = { 0 };
		if (slot->forms[f].kind != kind)
			continue;
		if (store_postings(store, (struct span){ slot->forms[f].text, slot->forms[f].len },
		                   &weights, 0, &more.items, &more.n, err) < 0) {
			free(out->items);
			*out = (struct postings){ 0 };
			return -1;
		}
		*out = merge(*out, more, true);
	}
	return 0;
}

int slot_postings_read(struct store *store, const struct slot *slot, struct slot_postings *found,
                       struct err *err)
{
	struct postings exact = { 0 }, stems = { 0 };
	*found = (struct slot_postings){ 0 };
	if (read_forms(store, slot, FORM_SURFACE, &found->written, err) < 0 ||
	    read_forms(store, slot, FORM_EXACT, &exact, err) < 0 ||
	    read_forms(store, slot, FORM_STEM, &stems, err) < 0) {
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

void slot_postings_free(struct slot_postings *found)
{
	free(found->written.items);
	free(found->stemmed.items);
	*found = (struct slot_postings){ 0 };
}
