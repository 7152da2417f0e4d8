#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "cli/command.h"
#include "cli/documents.h"
#include "cli/judgements.h"
#include "cli/open.h"
#include "cli/paths.h"
#include "cli/print_json.h"
#include "query/measure.h"
#include "query/present.h"
#include "query/search.h"

static const struct usage usage = {
	.synopsis = "--queries FILE --qrels FILE [OPTION…]",
	.about = "Measures the ranking of documents on questions with judgements. The queries'\n"
	         "file has lines qid<TAB>text, the judgements' file lines\n"
	         "qid<TAB>document<TAB>grade, where a grade above 0 is relevant. Documents are\n"
	         "named by path, by path relative to the indexed folder, or by file name without\n"
	         "extension: what fits most is taken, and said. Means are over all questions with\n"
	         "a relevant document.",
	.example = "akin eval --queries queries.tsv --qrels qrels.tsv",
};

enum { DEPTH = 100 };

struct evaluation {
	struct cli *cli;
	struct store *store;
	struct embedder *embedder;
	enum search_mode mode;
	struct table queries;
	struct judgements judged;
	struct document_names names; /* by id */
	char **docids;               /* [names.n]: as the judgements name them */
	enum docid_kind kind;
	size_t n_known, n_docids;    /* distinct documents of the judgements; known in the index */
	size_t n_questions, n_missing; /* with judgements; of these, without a text */
	struct measures mean;
};

/* --- names -------------------------------------------------------------------- */

static int by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static char **docids_of(const struct document_names *names, enum docid_kind kind,
                        const struct store_roots *roots)
{
	char **ids = mem_alloc(names->n, sizeof *ids);
	for (size_t i = 0; i < names->n; i++) {
		struct buf id = buf_new(1 << 20);
		docid_add(&id, kind, names->items[i].path, roots);
		ids[i] = buf_take(&id, NULL);
	}
	return ids;
}

static void free_docids(char **ids, size_t n)
{
	for (size_t i = 0; ids && i < n; i++)
		free(ids[i]);
	free(ids);
}

static int by_span(const void *a, const void *b)
{
	return span_compare(*(const struct span *)a, *(const struct span *)b);
}

/* The distinct documents of the judgements, sorted. */
static struct span *judged_documents(const struct judgements *j, size_t *n)
{
	struct span *docs = mem_alloc(j->n, sizeof *docs);
	for (size_t i = 0; i < j->n; i++)
		docs[i] = j->items[i].docid;
	qsort(docs, j->n, sizeof *docs, by_span);
	*n = 0;
	for (size_t i = 0; i < j->n; i++)
		if (!*n || span_compare(docs[*n - 1], docs[i]) != 0)
			docs[(*n)++] = docs[i];
	return docs;
}

/* How many of the sorted documents are among the ids. */
static size_t count_known(char *const *ids, size_t n_ids, const struct span *docs, size_t n_docs)
{
	char **sorted = mem_alloc(n_ids, sizeof *sorted);
	memcpy(sorted, ids, n_ids * sizeof *sorted);
	qsort(sorted, n_ids, sizeof *sorted, by_text);
	size_t known = 0;
	for (size_t i = 0, d = 0; i < n_ids && d < n_docs;) {
		int c = span_compare(span_of(sorted[i]), docs[d]);
		known += c == 0;
		i += c < 0;
		d += c >= 0;
	}
	free(sorted);
	return known;
}

/* Takes the way of naming that finds most of the judgements' documents. */
static int choose_names(struct evaluation *e, struct err *err)
{
	struct store_roots roots = { 0 };
	if (document_names_load(&e->names, e->store, NULL, err) < 0 ||
	    store_roots(e->store, &roots, err) < 0)
		return -1;
	struct span *docs = judged_documents(&e->judged, &e->n_docids);
	for (int kind = 0; docid_kind_names[kind]; kind++) {
		char **ids = docids_of(&e->names, (enum docid_kind)kind, &roots);
		size_t known = count_known(ids, e->names.n, docs, e->n_docids);
		if (e->docids && known <= e->n_known) {
			free_docids(ids, e->names.n);
			continue;
		}
		free_docids(e->docids, e->names.n);
		e->docids = ids;
		e->n_known = known;
		e->kind = (enum docid_kind)kind;
	}
	free(docs);
	store_roots_free(&roots);
	if (!e->n_known)
		return err_set(err, ERR_INPUT, "none of the %zu documents of the judgements is in the index "
		               "(by path, relative path or file name)", e->n_docids);
	return 0;
}

/* --- questions -------------------------------------------------------------------- */

struct named {
	double score;
	const char *docid;
};

/* Ties by name, falling: as trec_eval, so that the same run gives the same figures. */
static int best_first(const void *a, const void *b)
{
	const struct named *x = a, *y = b;
	if (x->score != y->score)
		return x->score < y->score ? 1 : -1;
	return strcmp(y->docid, x->docid);
}

static const char *docid_by_id(const struct evaluation *e, int64_t id)
{
	size_t low = 0, high = e->names.n;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (e->names.items[middle].id < id)
			low = middle + 1;
		else
			high = middle;
	}
	return low < e->names.n && e->names.items[low].id == id ? e->docids[low] : NULL;
}

static bool is_among(const struct named *named, size_t n, const char *docid)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(named[i].docid, docid) == 0)
			return true;
	return false;
}

static struct measures measure(const struct evaluation *e, const struct ranking *ranking, size_t from,
                               size_t to)
{
	struct named named[DEPTH];
	double ranked[DEPTH];
	size_t n = 0, kept = 0;
	for (size_t i = 0; i < ranking->n && n < DEPTH; i++) {
		const char *docid = docid_by_id(e, ranking->items[i].doc_id);
		if (docid)
			named[n++] = (struct named){ ranking->items[i].score, docid };
	}
	qsort(named, n, sizeof *named, best_first);
	for (size_t i = 0; i < n; i++) {
		if (is_among(named, kept, named[i].docid))
			continue; /* two files of one name: the better one counts */
		named[kept] = named[i];
		ranked[kept++] = judgement_grade(&e->judged, from, to, span_of(named[i].docid));
	}
	double *grades = mem_alloc(to - from, sizeof *grades);
	for (size_t i = from; i < to; i++)
		grades[i - from] = e->judged.items[i].grade;
	struct measures m = measure_ranking(ranked, kept, grades, to - from);
	free(grades);
	return m;
}

/* One question that has judgements, items[from, to) of them. */
struct question {
	size_t from, to;
	struct span text;
};

static int query_by_id(const void *a, const void *b)
{
	return span_compare(((const struct span *)a)[0], ((const struct span *)b)[0]);
}

/* The judged questions that have a text; n_questions counts the others too. */
static struct question *gather(struct evaluation *e, size_t *n)
{
	struct table *q = &e->queries;
	if (q->n > 1)
		qsort(q->fields, q->n, 2 * sizeof *q->fields, query_by_id);
	struct question *list = mem_alloc(e->judged.n, sizeof *list);
	*n = 0;
	for (size_t from = 0, to; from < e->judged.n; from = to) {
		struct span qid = e->judged.items[from].qid;
		for (to = from; to < e->judged.n && span_equal(e->judged.items[to].qid, qid);)
			to++;
		const struct span *row = q->n ? bsearch(&qid, q->fields, q->n, 2 * sizeof qid, query_by_id)
		                              : NULL;
		e->n_questions++;
		if (row)
			list[(*n)++] = (struct question){ from, to, row[1] };
		else
			e->n_missing++;
	}
	return list;
}

static int rank_and_measure(struct evaluation *e, struct err *err)
{
	size_t n;
	struct question *questions = gather(e, &n);
	if (n == 0) {
		free(questions);
		return err_set(err, ERR_INPUT, "none of the %zu judged questions has a text", e->n_questions);
	}
	struct span *texts = mem_alloc(n, sizeof *texts);
	for (size_t i = 0; i < n; i++)
		texts[i] = questions[i].text;
	struct ranking *rankings = mem_zalloc(n, sizeof *rankings);
	struct search_options options = { .mode = e->mode, .k = DEPTH, .per_doc = 1 };
	int rc = search_documents(e->store, e->embedder, texts, n, &options, rankings, err);
	struct measures sum = { 0 };
	for (size_t i = 0; i < n; i++) {
		if (rc == 0) {
			struct measures m = measure(e, &rankings[i], questions[i].from, questions[i].to);
			measures_add(&sum, &m);
		}
		free(rankings[i].items);
	}
	e->mean = measures_mean(&sum, e->n_questions);
	free(rankings);
	free(texts);
	free(questions);
	return rc;
}

/* --- the outcome -------------------------------------------------------------------- */

static void print_for_people(const struct evaluation *e)
{
	const struct measures *m = &e->mean;
	printf("nDCG@10\t%.4f\nMRR@10\t%.4f\nRecall@10\t%.4f\nRecall@100\t%.4f\nMAP\t%.4f\n"
	       "queries\t%zu\n", m->ndcg_10, m->mrr_10, m->recall_10, m->recall_100, m->map,
	       e->n_questions);
	cli_note(e->cli, "akin: the judgements name documents by %s: %zu of %zu are in the index",
	         docid_kind_names[e->kind], e->n_known, e->n_docids);
	if (e->n_missing)
		cli_note(e->cli, "akin: %zu judged questions have no text and count as 0", e->n_missing);
}

static void print_as_json(const struct evaluation *e)
{
	cJSON *o = cJSON_CreateObject();
	cJSON_AddNumberToObject(o, "schema", 1);
	cJSON_AddStringToObject(o, "mode", search_mode_name(e->mode));
	if (e->embedder)
		cJSON_AddStringToObject(o, "model", e->embedder->model);
	else
		cJSON_AddNullToObject(o, "model");
	cJSON_AddNumberToObject(o, "ndcg_10", e->mean.ndcg_10);
	cJSON_AddNumberToObject(o, "mrr_10", e->mean.mrr_10);
	cJSON_AddNumberToObject(o, "recall_10", e->mean.recall_10);
	cJSON_AddNumberToObject(o, "recall_100", e->mean.recall_100);
	cJSON_AddNumberToObject(o, "map", e->mean.map);
	cJSON_AddNumberToObject(o, "queries", (double)e->n_questions);
	cJSON_AddNumberToObject(o, "queries_without_text", (double)e->n_missing);
	cJSON_AddStringToObject(o, "documents_named_by", docid_kind_names[e->kind]);
	cJSON_AddNumberToObject(o, "judged_documents", (double)e->n_docids);
	cJSON_AddNumberToObject(o, "judged_documents_known", (double)e->n_known);
	print_json(stdout, o, false);
}

static int evaluate(struct evaluation *e, const char *queries, const char *qrels, struct err *err)
{
	if (table_read(&e->queries, queries, 2, 1, err) < 0 ||
	    table_check_ids(&e->queries, queries, err) < 0 ||
	    judgements_read(&e->judged, qrels, err) < 0)
		return -1;
	e->store = open_index(e->cli, STORE_READ, err);
	if (!e->store || choose_names(e, err) < 0)
		return -1;
	if (e->mode == SEARCH_DENSE) {
		e->embedder = open_model(e->cli, e->store, err);
		if (!e->embedder)
			return -1;
		open_say_host(e->cli, e->embedder, "questions go");
	}
	return rank_and_measure(e, err);
}

static void release(struct evaluation *e)
{
	free_docids(e->docids, e->names.n);
	document_names_free(&e->names);
	judgements_free(&e->judged);
	table_free(&e->queries);
	embedder_close(e->embedder);
	store_close(e->store);
}

int cmd_eval(struct cli *cli, int argc, char **argv)
{
	static const char *const modes[] = { "dense", "lexical", NULL };
	const char *queries = NULL, *qrels = NULL;
	bool json = false;
	int mode = 0, status;
	const struct option options[] = {
		{ OPTION_TEXT, 0, "queries", &queries, "FILE", "questions, qid<TAB>text", 0, 0, NULL },
		{ OPTION_TEXT, 0, "qrels", &qrels, "FILE", "judgements, qid<TAB>document<TAB>grade", 0, 0,
		  NULL },
		{ OPTION_CHOICE, 0, "mode", &mode, "MODE", "dense (default) or lexical", 0, 0, modes },
		{ OPTION_FLAG, 0, "json", &json, NULL, "one JSON object", 0, 0, NULL },
		{ 0 },
	};
	struct err err = { 0 };
	if (cli_parse(cli, &usage, options, argc, argv, 0, 0, &status) < 0)
		return status;
	struct evaluation e = { .cli = cli, .mode = mode == 0 ? SEARCH_DENSE : SEARCH_LEXICAL };
	int rc = queries && qrels
	                 ? evaluate(&e, queries, qrels, &err)
	                 : err_set(&err, ERR_USAGE, "both --queries FILE and --qrels FILE are needed");
	if (rc == 0 && json)
		print_as_json(&e);
	else if (rc == 0)
		print_for_people(&e);
	release(&e);
	return rc < 0 ? cli_fail(cli, &err) : STATUS_DONE;
}
