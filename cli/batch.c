#include "cli/batch.h"

#include <stdlib.h>

#include "base/mem.h"
#include "cli/documents.h"
#include "cli/table.h"

static void print_ranking(struct span qid, const struct ranking *ranking, enum docid_kind ids,
                          const struct document_names *names, const struct store_roots *roots)
{
	struct buf id = buf_new(1 << 20), line = buf_new(1 << 22);
	for (size_t i = 0; i < ranking->n; i++) {
		const char *path = document_name(names, ranking->items[i].doc_id);
		if (!path)
			continue;
		buf_clear(&id);
		buf_clear(&line);
		docid_add(&id, ids, path, roots);
		text_path(&line, buf_span(&id));
		/* nine digits tell any two floats apart */
		printf("%.*s\t%s\t%.9g\n", (int)qid.len, qid.p, buf_span(&line).p,
		       ranking->items[i].score);
	}
	buf_free(&id);
	buf_free(&line);
}

static int print_rankings(struct store *store, const struct table *questions,
                          const struct ranking *rankings, enum docid_kind ids, struct err *err)
{
	struct document_names names = { 0 };
	struct store_roots roots = { 0 };
	size_t n_found = 0;
	int rc = document_names_load(&names, store, NULL, err);
	if (rc == 0)
		rc = store_roots(store, &roots, err);
	for (size_t i = 0; rc == 0 && i < questions->n; i++) {
		print_ranking(questions->fields[2 * i], &rankings[i], ids, &names, &roots);
		n_found += rankings[i].n;
	}
	store_roots_free(&roots);
	document_names_free(&names);
	return rc < 0 ? -1 : n_found > 0;
}

int batch_run(struct store *store, struct embedder *embedder, const struct batch_options *opt,
              struct err *err)
{
	struct table questions;
	struct ranking *rankings = NULL;
	struct span *texts = NULL;
	int rc = table_read(&questions, opt->questions, 2, 1, err);
	if (rc == 0)
		rc = table_check_ids(&questions, opt->questions, err);
	if (rc == 0) {
		rankings = mem_zalloc(questions.n, sizeof *rankings);
		texts = mem_alloc(questions.n, sizeof *texts);
		for (size_t i = 0; i < questions.n; i++)
			texts[i] = questions.fields[2 * i + 1];
		rc = search_documents(store, embedder, texts, questions.n, &opt->search, rankings, err);
	}
	if (rc == 0)
		rc = print_rankings(store, &questions, rankings, opt->ids, err);
	for (size_t i = 0; rankings && i < questions.n; i++)
		free(rankings[i].items);
	free(rankings);
	free(texts);
	table_free(&questions);
	return rc;
}
