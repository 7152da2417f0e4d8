#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli/batch.h"
#include "cli/command.h"
#include "cli/context.h"
#include "cli/filter.h"
#include "cli/open.h"
#include "cli/results.h"
#include "cli/table.h"
#include "cli/vector_file.h"
#include "query/question_vector.h"

static const struct usage usage = {
	.synopsis = "[OPTION…] QUERY [PATH…]",
	.about = "Prints the best passage of each of the documents that are nearest to QUERY in\n"
	         "meaning, best first. PATH narrows the search to files and folders; QUERY may be\n"
	         "\"-\" for the standard input. The exit status is 1 when nothing was found.\n"
	         "In QUERY, \"a phrase\" in quotes must be in the passage, and -word may not;\n"
	         "type:md, path:notes/**, title:word, lang:de, since:2024-05, before:1y narrow it\n"
	         "as the flags do, and -type:md, -path:… the other way round. Values of one kind\n"
	         "mean any of them; a flag's value after ! means all but that: --type '!code'.\n"
	         "With --context, the passages stand as excerpts for a language model's prompt.\n"
	         "With --batch FILE --run, FILE holds a line qid<TAB>text for each question, and\n"
	         "the output has a line qid<TAB>document<TAB>score for each document found.",
	.example = "akin search \"how much notice must a tenant give\" ~/contracts",
};

struct search_arguments {
	uint64_t limit, per_doc;
	bool json, jsonl, full, run;
	int mode, ids, scan;
	const char *batch, *vector;
	struct filter_flags filter;
	struct context_arguments context;
	const char *min_score; /* NULL: the default */
	double least;          /* the same as a number; NAN: the default */
	int fusion;
	bool explain, exact, chunks;
};

struct session {
	struct cli *cli;
	const struct search_arguments *args;
	struct store *store;
	struct embedder *embedder;
	struct path_filter filter;
	struct search_filter conditions; /* of the flags */
	float *vector;    /* --vector; owned */
	bool by_meaning;  /* and there are no words */
};

static struct store_filter store_filter(struct session *s)
{
	struct store_filter filter = path_filter_of(&s->filter);
	if (s->conditions.n) {
		filter.passes = search_filter_test;
		filter.passes_ctx = &s->conditions;
	}
	return filter;
}

static struct search_options search_options(struct session *s, uint64_t otherwise)
{
	return (struct search_options){
		.mode = s->by_meaning ? SEARCH_DENSE : (enum search_mode)s->args->mode,
		.vector = s->vector,
		.fusion = (enum search_fusion)s->args->fusion,
		.min_score = s->args->least,
		.explain = s->args->explain,
		.scan = s->args->exact ? SCAN_EXACT : (enum search_scan)s->args->scan,
		.k = (size_t)(s->args->limit ? s->args->limit : otherwise),
		/* a prompt wants all that one document says of it */
		.per_doc = (size_t)(s->args->per_doc || s->args->context.wanted || s->args->chunks
		                    ? s->args->per_doc : 1),
		.filter = store_filter(s),
	};
}

static void say_nothing_found(const struct session *s, const struct hits *hits)
{
	int64_t last = 0;
	if (hits->best_score < hits->least_score)
		cli_note(s->cli, "akin: nothing here answers that: the nearest passage scores %.1f, less than "
		         "%g (--min-score 0 shows it)", hits->best_score, hits->least_score);
	else if (hits->n_candidates || store_last_document(s->store, &last, NULL) < 0)
		cli_note(s->cli, "akin: nothing found");
	else
		cli_note(s->cli, "akin: nothing found: %s",
		         last ? "no passage passes the filters" : "the index is empty");
}

static int search_once(struct session *s, struct span question, struct err *err)
{
	struct hits hits;
	const struct context_arguments *context = &s->args->context;
	struct search_options options = search_options(s, context->wanted ? context_limit(context) : 10);
	if (s->embedder && !question_is_kept(s->store, s->embedder, question))
		open_say_host(s->cli, s->embedder, "the question goes");
	if (search(s->store, s->embedder, question, &options, &hits, err) < 0)
		return -1;
	int found = hits.n > 0;
	bool by_ranks = options.mode == SEARCH_HYBRID && options.fusion == FUSION_RANKS;
	struct results results = {
		.json = s->args->json,
		.jsonl = s->args->jsonl,
		.full = s->args->full,
		.decimals = by_ranks ? 4 : 1, /* of 1/61 + 1/61 at most, or of 100 */
		.mode = options.mode,
		.model = s->embedder ? s->embedder->model : NULL,
		.question = question,
		.explain = s->args->explain,
	};
	if (context->wanted)
		found = context_print(s->cli, s->store, s->embedder, context, &hits, err);
	else
		results_print(s->cli, &results, &hits);
	if (found == 0)
		say_nothing_found(s, &hits);
	if (s->cli->verbose)
		cli_note(s->cli, "%zu passages compared; question embedded in %.1f ms, scan %.1f ms, words "
		         "%.1f ms, rest %.1f ms", hits.n_candidates, hits.timings.embed_ms,
		         hits.timings.dense_ms, hits.timings.lexical_ms, hits.timings.rest_ms);
	hits_free(&hits);
	return found;
}

/* A question from the standard input may have a line end behind it. */
static int read_question(struct buf *text, struct err *err)
{
	if (table_read_text("-", text, err) < 0)
		return -1;
	if (text->len > 1 << 16)
		return err_set(err, ERR_INPUT, "the question is longer than 65536 bytes");
	while (text->len && strchr("\r\n \t", text->p[text->len - 1]))
		text->p[--text->len] = '\0';
	return 0;
}

static int search_or_batch(struct session *s, const char *query, struct err *err)
{
	if (s->args->batch) {
		struct batch_options batch = {
			.questions = s->args->batch,
			.ids = (enum docid_kind)s->args->ids,
			.search = search_options(s, 100),
		};
		if (s->embedder)
			open_say_host(s->cli, s->embedder, "the questions go");
		return batch_run(s->store, s->embedder, &batch, err);
	}
	if (strcmp(query, "-") != 0)
		return search_once(s, span_of(query), err);
	struct buf text = { 0 };
	int rc = read_question(&text, err);
	if (rc == 0)
		rc = search_once(s, buf_span(&text), err);
	buf_free(&text);
	return rc;
}

/* 1: found, 0: nothing, -1. */
static int run(struct session *s, const char *query, char **paths, size_t n_paths, struct err *err)
{
	if (filter_flags_read(&s->args->filter, &s->conditions, err) < 0)
		return -1;
	s->store = open_index(s->cli, STORE_READ, err);
	if (!s->store || path_filter_make(&s->filter, s->store, paths, n_paths, err) < 0)
		return -1;
	if (s->args->vector && !*query)
		s->by_meaning = true;
	if (s->args->vector) {
		struct store_model model;
		if (store_model(s->store, &model, err) < 0 ||
		    vector_file_read(s->args->vector, model.dim, &s->vector, err) < 0)
			return -1;
	} else if (s->args->mode != SEARCH_LEXICAL) {
		s->embedder = open_model(s->cli, s->store, err);
		if (!s->embedder)
			return -1;
	}
	return search_or_batch(s, query, err);
}

static int check(struct search_arguments *a, int n_operands, struct err *err)
{
	char *end = NULL;
	if (a->min_score) {
		a->least = strtod(a->min_score, &end);
		if (*end || !isfinite(a->least))
			return err_set(err, ERR_USAGE, "--min-score wants a number, not '%s'", a->min_score);
	}
	if (!a->batch != !a->run)
		return err_set(err, ERR_USAGE, "--batch FILE and --run belong together");
	if (a->batch && (a->json || a->jsonl || a->full))
		return err_set(err, ERR_USAGE, "--json, --jsonl and --full do not go with --batch");
	if (a->context.wanted && (a->batch || a->json || a->jsonl || a->full))
		return err_set(err, ERR_USAGE,
		               "--context does not go with --batch, --json, --jsonl or --full; for JSON: "
		               "--context --format json");
	if (a->chunks && (a->per_doc || a->batch))
		return err_set(err, ERR_USAGE, "--chunks does not go with --per-doc or --batch");
	if (!a->context.wanted && (a->context.budget || a->context.format >= 0))
		return err_set(err, ERR_USAGE, "--budget and --format belong to --context");
	if (a->json && a->jsonl)
		return err_set(err, ERR_USAGE, "give one of --json and --jsonl");
	if (a->vector && (a->batch || a->mode == SEARCH_LEXICAL))
		return err_set(err, ERR_USAGE, "--vector does not go with --batch or --mode lexical");
	if (!a->batch && !a->vector && n_operands == 0)
		return err_set(err, ERR_USAGE, "what do you look for? usage: akin search %s",
		               usage.synopsis);
	return 0;
}

int cmd_search(struct cli *cli, int argc, char **argv)
{
	static const char *const fusions[] = { "scores", "ranks", NULL };
	static const char *const scans[] = { "fast", "codes", "exact", NULL };
	static const char *const modes[] = { "hybrid", "dense", "lexical", NULL };
	struct search_arguments a = { .context.format = -1, .least = NAN };
	const struct option options[] = {
		{ OPTION_NUMBER, 'k', "limit", &a.limit, "N",
		  "how many hits (default 10; with --batch 100)", 1, 10000, NULL },
		{ OPTION_CHOICE, 0, "mode", &a.mode, "MODE",
		  "hybrid (default), dense: by meaning, lexical: by words", 0, 0, modes },
		{ OPTION_NUMBER, 0, "per-doc", &a.per_doc, "N",
		  "passages of a document (default 1; --context: all)", 1, 10000, NULL },
		{ OPTION_FLAG, 0, "chunks", &a.chunks, NULL,
		  "-k counts passages, whatever their document", 0, 0, NULL },
		{ OPTION_CHOICE, 0, "fusion", &a.fusion, "KIND",
		  "scores (default), or ranks: reciprocal ranks", 0, 0, fusions },
		{ OPTION_TEXT, 0, "min-score", &a.min_score, "N",
		  "only hits of this score or more (default 3, of 100)", 0, 0, NULL },
		{ OPTION_FLAG, 0, "explain", &a.explain, NULL, "how each score came about", 0, 0, NULL },
		{ OPTION_TEXT, 0, "vector", &a.vector, "FILE",
		  "the question's vector (float32, JSON)", 0, 0, NULL },
		{ OPTION_FLAG, 0, "exact", &a.exact, NULL, "compare every vector, codes or not", 0, 0, NULL },
		{ OPTION_CHOICE, 0, "scan", &a.scan, "KIND",
		  "fast (default), codes: estimates first, exact", 0, 0, scans },
		FILTER_FLAG_ROWS(&a.filter),
		{ OPTION_FLAG, 0, "full", &a.full, NULL, "whole passages", 0, 0, NULL },
		{ OPTION_FLAG, 0, "json", &a.json, NULL, "one JSON object", 0, 0, NULL },
		{ OPTION_FLAG, 0, "jsonl", &a.jsonl, NULL, "a JSON object a hit, one a line", 0, 0, NULL },
		CONTEXT_OPTIONS(a.context),
		{ OPTION_TEXT, 0, "batch", &a.batch, "FILE", "many questions, qid<TAB>text", 0, 0, NULL },
		{ OPTION_FLAG, 0, "run", &a.run, NULL, "with --batch: qid<TAB>document<TAB>score", 0, 0,
		  NULL },
		{ OPTION_CHOICE, 0, "run-ids", &a.ids, "KIND",
		  "names in --run: path (default), relative, stem", 0, 0, docid_kind_names },
		{ 0 },
	};
	struct err err = { 0 };
	int status;
	int n = cli_parse(cli, &usage, options, argc, argv, 0, -1, &status);
	if (n < 0)
		return status;
	if (check(&a, n, &err) < 0)
		return cli_fail(cli, &err);
	struct session s = { .cli = cli, .args = &a };
	int skip = a.batch || n == 0 ? 0 : 1;
	int found = run(&s, skip ? argv[0] : "", argv + skip, (size_t)(n - skip), &err);
	embedder_close(s.embedder);
	free(s.vector);
	path_filter_free(&s.filter);
	search_filter_free(&s.conditions);
	store_close(s.store);
	return found < 0 ? cli_fail(cli, &err) : found ? STATUS_DONE : STATUS_NOTHING;
}
