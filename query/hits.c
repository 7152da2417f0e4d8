#include "query/hits.h"

#include <stdlib.h>

#include "query/evidence.h"

void hit_free(struct hit *h)
{
	free(h->path);
	free(h->title);
	free(h->heading);
	free(h->text);
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

int hit_fill(struct store *store, int64_t chunk_id, struct span question, struct hit *h,
             struct err *err)
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
	h->text = take(&c.text);
	h->text_len = c.text_len;
	h->byte_start = c.byte_start;
	h->byte_end = c.byte_end;
	h->line_start = c.line_start;
	h->line_end = c.line_end;
	h->page = c.page;
	struct span text = { h->text, h->text_len };
	if (!evidence_find(question, text, &evidence_words, &h->evidence_start, &h->evidence_end))
		h->evidence_start = h->evidence_end = 0;
	store_chunk_free(&c);
	return 0;
}
