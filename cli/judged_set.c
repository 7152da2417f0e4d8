#include "cli/judged_set.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "cli/documents.h"

/* --- names ----------------------------------------------------------------------- */

/* Documents' names in one way of naming, [n] beside struct document_names, owned. */
static struct span *docids_of(const struct document_names *names, enum docid_kind kind,
                              const struct store_roots *roots)
{
	struct span *ids = mem_alloc(names->n, sizeof *ids);
	for (size_t i = 0; i < names->n; i++) {
		struct buf id = buf_new(1 << 20);
		docid_add(&id, kind, names->items[i].path, roots);
		ids[i].p = buf_take(&id, &ids[i].len);
	}
	return ids;
}

static void free_docids(struct span *ids, size_t n)
{
	for (size_t i = 0; ids && i < n; i++)
		free((char *)ids[i].p);
	free(ids);
}

static int by_span(const void *a, const void *b)
{
	return span_compare(*(const struct span *)a, *(const struct span *)b);
}

/* Sorts and drops what is there twice; returns how many are left. */
static size_t distinct(struct span *items, size_t n)
{
	size_t kept = 0;
	if (n > 1)
		qsort(items, n, sizeof *items, by_span);
	for (size_t i = 0; i < n; i++)
		if (!kept || span_compare(items[kept - 1], items[i]) != 0)
			items[kept++] = items[i];
	return kept;
}

static struct span *judged_documents(const struct judgements *j, size_t *n)
{
	struct span *docs = mem_alloc(j->n, sizeof *docs);
	for (size_t i = 0; i < j->n; i++)
		docs[i] = j->items[i].docid;
	*n = distinct(docs, j->n);
	return docs;
}

/* How many of the sorted documents are among the ids. */
static size_t count_known(const struct span *ids, size_t n_ids, const struct span *docs, size_t n_docs)
{
	struct span *sorted = mem_alloc(n_ids, sizeof *sorted);
	if (n_ids)
		memcpy(sorted, ids, n_ids * sizeof *sorted);
	n_ids = distinct(sorted, n_ids);
	size_t known = 0;
	for (size_t i = 0, d = 0; i < n_ids && d < n_docs;) {
		int c = span_compare(sorted[i], docs[d]);
		known += c == 0;
		i += c <= 0;
		d += c >= 0;
	}
	free(sorted);
	return known;
}

/* The docids, beside names, of the kind that finds most; the caller frees them. */
static struct span *choose_names(struct judged_set *j, const struct document_names *names,
                                 const struct store_roots *roots)
{
	struct span *chosen = NULL, *docs = judged_documents(&j->judged, &j->n_docids);
	for (int kind = 0; docid_kind_names[kind]; kind++) {
		struct span *ids = docids_of(names, (enum docid_kind)kind, roots);
		size_t known = count_known(ids, names->n, docs, j->n_docids);
		if (chosen && known <= j->n_known) {
			free_docids(ids, names->n);
			continue;
		}
		free_docids(chosen, names->n);
		chosen = ids;
		j->n_known = known;
		j->kind = (enum docid_kind)kind;
	}
	free(docs);
	return chosen;
}

/* --- the set ---------------------------------------------------------------------- */

static size_t number_of(const struct span *all, size_t n, struct span name)
{
	const struct span *found = bsearch(&name, all, n, sizeof name, by_span);
	return found ? (size_t)(found - all) : n;
}

/* Numbers the names of the index and of the judgements as one, in their order. */
static void number_names(struct judged_set *j, const struct document_names *names,
                         const struct span *docids)
{
	size_t n = names->n + j->judged.n;
	struct span *all = mem_alloc(n, sizeof *all);
	for (size_t i = 0; i < n; i++)
		all[i] = i < names->n ? docids[i] : j->judged.items[i - names->n].docid;
	n = distinct(all, n);
	j->documents = mem_alloc(names->n, sizeof *j->documents);
	for (size_t i = 0; i < names->n; i++)
		j->documents[i] = (struct evaluation_document){ names->items[i].id,
			                                        number_of(all, n, docids[i]) };
	j->judgements = mem_alloc(j->judged.n, sizeof *j->judgements);
	for (size_t i = 0; i < j->judged.n; i++)
		j->judgements[i] = (struct evaluation_judgement){
			number_of(all, n, j->judged.items[i].docid), j->judged.items[i].grade
		};
	free(all);
}

/* Every question of the judgements, with its text where there is one. */
static void gather_questions(struct judged_set *j)
{
	struct table *q = &j->queries;
	if (q->n > 1)
		qsort(q->fields, q->n, 2 * sizeof *q->fields, by_span);
	j->questions = mem_alloc(j->judged.n, sizeof *j->questions);
	for (size_t from = 0, to; from < j->judged.n; from = to) {
		struct span qid = j->judged.items[from].qid;
		for (to = from; to < j->judged.n && span_equal(j->judged.items[to].qid, qid);)
			to++;
		const struct span *row = bsearch(&qid, q->fields, q->n, 2 * sizeof qid, by_span);
		struct span text = row ? row[1] : (struct span){ "", 0 };
		j->n_missing += text.len == 0;
		j->questions[j->set.n++] = (struct evaluation_question){ text, from, to };
	}
}

int judged_set_read(struct judged_set *j, const char *queries, const char *qrels, struct err *err)
{
	*j = (struct judged_set){ 0 };
	if (table_read(&j->queries, queries, 2, 1, err) < 0 ||
	    table_check_ids(&j->queries, queries, err) < 0)
		return -1;
	return judgements_read(&j->judged, qrels, err);
}

int judged_set_match(struct judged_set *j, struct store *store, struct err *err)
{
	struct document_names names = { 0 };
	struct store_roots roots = { 0 };
	struct span *docids = NULL;
	int rc = document_names_load(&names, store, NULL, err);
	if (rc == 0)
		rc = store_roots(store, &roots, err);
	if (rc == 0) {
		docids = choose_names(j, &names, &roots);
		number_names(j, &names, docids);
		gather_questions(j);
		j->set.questions = j->questions;
		j->set.judgements = j->judgements;
		j->set.documents = j->documents;
		j->set.n_documents = names.n;
	}
	if (rc == 0 && !j->n_known)
		rc = err_set(err, ERR_INPUT, "none of the %zu documents of the judgements is in the index "
		             "(by path, relative path or file name)", j->n_docids);
	else if (rc == 0 && j->n_missing == j->set.n)
		rc = err_set(err, ERR_INPUT, "none of the %zu judged questions has a text", j->set.n);
	free_docids(docids, names.n);
	store_roots_free(&roots);
	document_names_free(&names);
	return rc;
}

void judged_set_free(struct judged_set *j)
{
	free(j->questions);
	free(j->judgements);
	free(j->documents);
	judgements_free(&j->judged);
	table_free(&j->queries);
	*j = (struct judged_set){ 0 };
}
