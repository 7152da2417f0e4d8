#define _GNU_SOURCE /* memmem */
#include "query/word_list.h"

#include <stdlib.h>

#include "base/buf.h"
#include "base/mem.h"
#include "words/classes.h"

struct place {
	size_t at, len;
};

struct filling {
	struct buf bytes;
	struct place *places;
	size_t n, cap;
	bool exact;
};

static int add(void *ctx, const struct term *term)
{
	struct filling *f = ctx;
	bool is_better = f->exact && term->kind == TERM_EXACT && f->n > 0;
	if (term->kind != TERM_WORD && !is_better)
		return 0;
	if (is_better) /* it is of the word that came last */
		f->bytes.len = f->places[--f->n].at;
	f->places = mem_grow(f->places, &f->cap, f->n + 1, sizeof *f->places);
	f->places[f->n++] = (struct place){ f->bytes.len, term->text.len };
	return buf_add_span(&f->bytes, term->text) < 0;
}

void word_list_make(struct word_list *list, struct terms *terms, struct span text, bool exact)
{
	struct filling f = { .bytes = buf_new(SIZE_MAX / 4), .exact = exact };
	terms_each(terms, text, "", TERMS_INDEX, add, &f);
	*list = (struct word_list){ .items = mem_alloc(f.n, sizeof *list->items), .n = f.n };
	list->bytes = buf_take(&f.bytes, &list->len);
	for (size_t i = 0; i < f.n; i++)
		list->items[i] = (struct span){ list->bytes + f.places[i].at, f.places[i].len };
	free(f.places);
}

void word_list_free(struct word_list *list)
{
	free(list->items);
	free(list->bytes);
	*list = (struct word_list){ 0 };
}

static bool has(const struct word_list *list, struct span word)
{
	for (size_t i = 0; i < list->n; i++)
		if (span_equal(list->items[i], word))
			return true;
	return false;
}

bool word_list_has_all(const struct word_list *list, const struct word_list *of)
{
	for (size_t i = 0; i < of->n; i++)
		if (!has(list, of->items[i]))
			return false;
	return of->n > 0;
}

bool word_list_has_run(const struct word_list *list, const struct word_list *of)
{
	return of->len > 0 && memmem(list->bytes, list->len, of->bytes, of->len);
}

bool text_is_unspaced(struct span text)
{
	for (size_t at = 0, len; at < text.len; at += len)
		if (char_class_at(text, at, &len) >= CHAR_HANGUL)
			return true;
	return false;
}
