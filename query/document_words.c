#include "query/document_words.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

static const double k1 = 1.2, b = 0.8;

struct document_words {
	size_t n_documents, n_refs;
	uint32_t *document_of; /* [n_refs] */
	double mean_words;
	double *n_words, *tf, *scores; /* [n_documents]; tf of the word under way */
	uint32_t *having; /* [n_having] documents that have it */
	size_t n_having;
	double ideal;
};

struct numbered {
	int64_t doc_id;
	size_t ref;
};

static int by_document(const void *a, const void *c)
{
	const struct numbered *x = a, *y = c;
	return (x->doc_id > y->doc_id) - (x->doc_id < y->doc_id);
}

/* Numbers the documents; returns how many there are. */
static size_t number_documents(const struct store_chunk_ref *refs, size_t n_refs, uint32_t *document_of)
{
	struct numbered *list = mem_alloc(n_refs, sizeof *list);
	size_t n = 0;
	for (size_t i = 0; i < n_refs; i++)
		list[i] = (struct numbered){ refs[i].doc_id, i };
	if (n_refs > 1)
		qsort(list, n_refs, sizeof *list, by_document);
	for (size_t i = 0; i < n_refs; i++) {
		n += i == 0 || list[i].doc_id != list[i - 1].doc_id;
		document_of[list[i].ref] = (uint32_t)(n - 1);
	}
	free(list);
	return n;
}

struct document_words *document_words_new(const struct store_chunk_ref *refs, size_t n_refs)
{
	uint32_t *document_of = mem_alloc(n_refs, sizeof *document_of);
	size_t n = number_documents(refs, n_refs, document_of);
	if (n < 2 || 2 * n > n_refs) {
		free(document_of);
		return NULL;
	}
	struct document_words *d = mem_zalloc(1, sizeof *d);
	*d = (struct document_words){
		.n_documents = n, .n_refs = n_refs, .document_of = document_of,
		.n_words = mem_zalloc(n, sizeof *d->n_words), .tf = mem_zalloc(n, sizeof *d->tf),
		.scores = mem_zalloc(n, sizeof *d->scores), .having = mem_alloc(n, sizeof *d->having),
	};
	for (size_t i = 0; i < n_refs; i++) {
		d->n_words[document_of[i]] += refs[i].n_words;
		d->mean_words += (double)refs[i].n_words / (double)n;
	}
	if (!(d->mean_words > 0))
		d->mean_words = 1;
	return d;
}

void document_words_free(struct document_words *d)
{
	if (!d)
		return;
	free(d->document_of);
	free(d->n_words);
	free(d->tf);
	free(d->scores);
	free(d->having);
	free(d);
}

void document_words_clear(struct document_words *d)
{
	memset(d->scores, 0, d->n_documents * sizeof *d->scores);
	d->ideal = 0;
}

void document_words_add(struct document_words *d, size_t ref, double tf)
{
	uint32_t document = d->document_of[ref];
	if (!(d->tf[document] > 0) && tf > 0)
		d->having[d->n_having++] = document;
	d->tf[document] += tf;
}

void document_words_next(struct document_words *d, double weight)
{
	double n = (double)d->n_having;
	double idf = log(1 + ((double)d->n_documents - n + 0.5) / (n + 0.5));
	for (size_t i = 0; i < d->n_having; i++) {
		uint32_t document = d->having[i];
		double tf = d->tf[document], length = d->n_words[document] / d->mean_words;
		d->scores[document] += weight * idf * tf * (k1 + 1) / (tf + k1 * (1 - b + b * length));
		d->tf[document] = 0;
	}
	if (d->n_having)
		d->ideal += weight * idf * (k1 + 1);
	d->n_having = 0;
}

double document_words_part(const struct document_words *d, size_t ref, double ideal_of_passages)
{
	if (!(d->ideal > 0) || !(ideal_of_passages > 0))
		return 0;
	double share = 1 - (double)d->n_documents / (double)d->n_refs;
	return share * d->scores[d->document_of[ref]] * pow(ideal_of_passages / d->ideal, 0.6);
}
