#include "query/hits.h"

#include <stdlib.h>

#include "base/mem.h"
#include "query/duplicates.h"

static void free_strings(char **strings, size_t n)
{
	for (size_t i = 0; i < n; i++)
		free(strings[i]);
	free(strings);
}

void hit_free(struct hit *h)
{
	free(h->path);
	free(h->title);
	free(h->heading);
	free(h->author);
	free(h->date);
	free(h->text_by);
	free(h->text);
	free_strings(h->also, h->n_also);
	free_strings(h->matched, h->n_matched);
}

void hits_free(struct hits *hits)
{
	for (size_t i = 0; i < hits->n; i++)
		hit_free(&hits->items[i]);
	free(hits->items);
	lexical_words_free(&hits->words);
	*hits = (struct hits){ 0 };
}

static char *take(char **p)
{
	char *taken = *p;
	*p = NULL;
	return taken;
}

int hit_fill(struct store *store, int64_t chunk_id, struct hit *h, struct err *err)
{
	struct store_chunk c = { 0 };
	int found = store_chunk(store, chunk_id, &c, err);
	if (found == 0)
		return err_set(err, ERR_STORE, "passage %lld is missing from the index; run: akin doctor",
		               (long long)chunk_id);
	if (found < 0)
		return -1;
	h->chunk_id = c.id;
	h->doc_id = c.doc_id;
	h->path = take(&c.path);
	h->title = take(&c.title);
	h->heading = take(&c.heading);
	h->author = take(&c.author);
	h->date = take(&c.date);
	h->derived = c.derived;
	h->text_by = take(&c.text_by);
	h->text = take(&c.text);
	h->text_len = c.text_len;
	h->byte_start = c.byte_start;
	h->byte_end = c.byte_end;
	h->line_start = c.line_start;
	h->line_end = c.line_end;
	h->page = c.page;
	store_chunk_free(&c);
	return 0;
}

static struct span *texts_of(const struct hits *hits)
{
	struct span *texts = mem_alloc(hits->n, sizeof *texts);
	for (size_t i = 0; i < hits->n; i++)
		texts[i] = (struct span){ hits->items[i].text, hits->items[i].text_len };
	return texts;
}

static void note_other(struct hit *h, struct hit *other)
{
	h->also = mem_realloc(h->also, h->n_also + 1, sizeof *h->also);
	h->also[h->n_also++] = take(&other->path);
}

void hits_fold(struct hits *hits, size_t k)
{
	size_t kept = 0;
	struct span *texts = texts_of(hits);
	size_t *first = mem_alloc(hits->n, sizeof *first); /* of a hit's kind, then its new place */
	duplicates_find(texts, hits->n, first);
	for (size_t i = 0; i < hits->n; i++) {
		struct hit *h = &hits->items[i];
		if (first[i] == i && kept < k) {
			first[i] = kept;
			hits->items[kept] = *h;
			hits->items[kept].rank = kept + 1;
			kept++;
			continue;
		}
		bool is_other = first[i] != i;
		first[i] = is_other ? first[first[i]] : SIZE_MAX;
		if (is_other && first[i] < kept) {
			note_other(&hits->items[first[i]], h);
			hits->n_folded++;
		}
		hit_free(h);
	}
	hits->n = kept;
	free(first);
	free(texts);
}

void hits_find_evidence(struct hits *hits, struct span question)
{
	struct span *texts = texts_of(hits);
	struct evidence *found = mem_alloc(hits->n, sizeof *found);
	evidence_find(question, texts, hits->n, found);
	for (size_t i = 0; i < hits->n; i++)
		hits->items[i].evidence = found[i];
	free(found);
	free(texts);
}
