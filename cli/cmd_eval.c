#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "cli/command.h"
#include "cli/judged_set.h"
#include "cli/open.h"
#include "cli/print_evaluation.h"
#include "query/memo.h"

static const struct usage usage = {
	.synopsis = "{--queries FILE --qrels FILE | --auto} [OPTION…]",
	.about = "Measures how well each mode of search ranks your documents. The queries' file\n"
	         "has lines qid<TAB>text, the judgements' file lines qid<TAB>document<TAB>grade,\n"
	         "where a grade above 0 is relevant. Documents are named by path, by path relative\n"
	         "to the indexed folder, or by file name without extension: what fits most is\n"
	         "taken, and said. Means are over all questions with a relevant document; behind\n"
	         "± stands their standard error: a difference under two errors may be chance.\n"
	         "\n"
	         "--auto makes the questions: half from titles and headings that one document\n"
	         "has, half from sentences that have lost their rarest and commonest words. What\n"
	         "is left stands in the document as it is, which flatters lexical search, and a\n"
	         "heading does so the most: a person's questions are worth more.\n"
	         "\n"
	         "--tune tries other weights of words against meaning in hybrid search, judges\n"
	         "each on questions that did not choose it (5-fold cross-validation), and stores\n"
	         "the best in the index where that gains more than its standard error. With --auto\n"
	         "it only shows what it found (--dry-run).",
	.example = "akin eval --queries queries.tsv --qrels qrels.tsv",
};

struct eval_arguments {
	const char *queries, *qrels;
	bool is_auto, json, tune, untune, dry_run;
	uint64_t n;
	int mode; /* 0: all, else a row of evaluation_modes + 1 */
};

struct session {
	struct cli *cli;
	const struct eval_arguments *args;
	struct store *store;
	struct embedder *model, *memo; /* memo asks model */
	struct judged_set judged;
	struct known_items known;
	const struct evaluation_set *set;
	struct evaluation_report report;
};

/* --- what is measured ----------------------------------------------------------------- */

static int load_questions(struct session *s, struct err *err)
{
	const struct eval_arguments *a = s->args;
	if (!a->is_auto && judged_set_read(&s->judged, a->queries, a->qrels, err) < 0)
		return -1;
	s->store = open_index(s->cli, a->tune && !a->dry_run ? STORE_MODIFY : STORE_READ, err);
	if (!s->store || store_ranking(s->store, &s->report.own, err) < 0)
		return -1;
	if (a->is_auto) {
		s->report.known = &s->known;
		s->set = &s->known.set;
		if (known_items_make(&s->known, s->store, a->n ? (size_t)a->n : 200, err) < 0)
			return -1;
	} else {
		s->report.judged = &s->judged;
		s->set = &s->judged.set;
		if (judged_set_match(&s->judged, s->store, err) < 0)
			return -1;
	}
	s->report.n_questions = s->set->n;
	if (a->tune && s->set->n < TUNE_LEAST_QUESTIONS)
		return err_set(err, ERR_INPUT, "%zu questions are too few for --tune, which wants %d", s->set->n,
		               (int)TUNE_LEAST_QUESTIONS);
	return 0;
}

/* What goes to a server, before it goes. */
static void say_cost(const struct session *s)
{
	const struct embedder *e = s->model;
	uint64_t tokens = 0;
	size_t n = 0;
	if (!e->host[0])
		return;
	for (size_t i = 0; i < s->set->n; i++) {
		n += s->set->questions[i].text.len > 0;
		tokens += embedder_count_tokens(e, s->set->questions[i].text);
	}
	char price[64] = "at a price that is not known", what[256];
	if (e->price_per_million > 0)
		snprintf(price, sizeof price, "for about %.4f EUR or USD",
		         (double)tokens * e->price_per_million / 1e6);
	snprintf(what, sizeof what, "%zu questions, %s%llu tokens, go %s", n,
	         e->limits.exact_tokens ? "" : "about ", (unsigned long long)tokens, price);
	open_say_host(s->cli, e, what);
}

static bool is_wanted(const struct eval_arguments *a, size_t mode)
{
	return a->mode == 0 || (size_t)a->mode - 1 == mode;
}

static int open_embedder(struct session *s, struct err *err)
{
	bool needed = false;
	for (size_t m = 0; evaluation_modes[m].name; m++)
		needed |= is_wanted(s->args, m) && evaluation_modes[m].needs_model;
	if (!needed)
		return 0;
	s->model = open_model(s->cli, s->store, err);
	if (!s->model)
		return -1;
	s->report.model = s->model->model;
	say_cost(s);
	s->memo = memo_open(s->model);
	return 0;
}

static struct estimate difference(const struct mode_result *a, const struct mode_result *b, size_t n)
{
	double *x = mem_alloc(n, sizeof *x), *y = mem_alloc(n, sizeof *y);
	for (size_t i = 0; i < n; i++) {
		x[i] = a->measures[i].ndcg_10;
		y[i] = b->measures[i].ndcg_10;
	}
	struct estimate e = estimate_difference(x, y, n);
	free(x);
	free(y);
	return e;
}

static int measure_modes(struct session *s, struct err *err)
{
	struct evaluation_report *r = &s->report;
	for (size_t m = 0; evaluation_modes[m].name; m++) {
		if (!is_wanted(s->args, m))
			continue;
		struct mode_result *result = &r->modes[r->n_modes++];
		result->name = evaluation_modes[m].name;
		result->measures = mem_alloc(s->set->n, sizeof *result->measures);
		struct search_options opt = { .mode = evaluation_modes[m].mode };
		if (evaluate(s->store, s->memo, s->set, &opt, result->measures, err) < 0)
			return -1;
		result->summary = measures_summary(result->measures, s->set->n);
		result->difference = difference(result, &r->modes[0], s->set->n);
	}
	return 0;
}

/* --- tuning ----------------------------------------------------------------------------- */

static int store_weight(struct session *s, const struct store_ranking *ranking, struct err *err)
{
	if (store_begin(s->store, err) < 0)
		return -1;
	if (store_set_ranking(s->store, ranking, err) == 0 && store_commit(s->store, err) == 0)
		return 0;
	store_rollback(s->store);
	return -1;
}

static int tune(struct session *s, struct err *err)
{
	struct evaluation_report *r = &s->report;
	r->weights_ndcg = mem_alloc(SEARCH_WEIGHTS * s->set->n, sizeof *r->weights_ndcg);
	if (evaluate_weights(s->store, s->memo, s->set, r->weights_ndcg, err) < 0)
		return -1;
	r->tuning = tune_weights(r->weights_ndcg, SEARCH_WEIGHTS, s->set->n, SEARCH_DEFAULT_WEIGHT);
	r->is_tuned = true;
	if (!r->tuning.pays || s->args->dry_run)
		return 0;
	struct store_ranking ranking = { search_weights[r->tuning.chosen], (uint32_t)s->set->n };
	if (store_weight(s, &ranking, err) < 0)
		return -1;
	r->is_stored = true;
	return 0;
}

static int untune(struct session *s, struct err *err)
{
	s->store = open_index(s->cli, STORE_MODIFY, err);
	if (!s->store || store_weight(s, &(struct store_ranking){ 0 }, err) < 0)
		return -1;
	cli_note(s->cli, "akin: hybrid search ranks with the default weight, %g",
	         search_weights[SEARCH_DEFAULT_WEIGHT]);
	return 0;
}

/* --- what is said ------------------------------------------------------------------------- */

static void say_tuning(const struct session *s)
{
	const struct evaluation_report *r = &s->report;
	double best = search_weights[r->tuning.chosen];
	if (r->is_stored)
		cli_note(s->cli, "akin: this index ranks with a lexical weight of %g from now on; "
		         "akin eval --untune forgets it", best);
	else if (r->tuning.pays)
		cli_note(s->cli, "akin: a lexical weight of %g pays; nothing was stored (--dry-run)", best);
	else if (r->own.n_questions)
		cli_note(s->cli, "akin: no weight beats the default by more than the error; the index keeps "
		         "%g, tuned on %u questions", r->own.lexical_weight, (unsigned)r->own.n_questions);
	else
		cli_note(s->cli, "akin: no weight beats the default by more than the error; it stays at %g",
		         search_weights[SEARCH_DEFAULT_WEIGHT]);
}

static void say_notes(const struct session *s)
{
	const struct evaluation_report *r = &s->report;
	if (r->judged)
		cli_note(s->cli, "akin: the judgements name documents by %s: %zu of %zu are in the index",
		         docid_kind_names[s->judged.kind], s->judged.n_known, s->judged.n_docids);
	if (r->judged && s->judged.n_missing)
		cli_note(s->cli, "akin: %zu judged questions have no text and count as 0",
		         s->judged.n_missing);
	if (r->known)
		cli_note(s->cli, "akin: %zu questions from sentences, %zu from headings: their words are the "
		         "documents' own, which flatters lexical search", s->known.n_sentences,
		         s->known.n_headings);
	if (r->is_tuned)
		say_tuning(s);
	else if (r->own.n_questions && s->args->mode <= 1)
		cli_note(s->cli, "akin: hybrid ranks with the index's own lexical weight, %g",
		         r->own.lexical_weight);
}

static int run(struct session *s, struct err *err)
{
	if (s->args->untune)
		return untune(s, err);
	if (load_questions(s, err) < 0 || open_embedder(s, err) < 0 || measure_modes(s, err) < 0 ||
	    (s->args->tune && tune(s, err) < 0))
		return -1;
	if (s->args->json)
		evaluation_print_json(&s->report);
	else
		evaluation_print_table(&s->report);
	say_notes(s);
	return 0;
}

static int check(const struct eval_arguments *a, struct err *err)
{
	bool files = a->queries || a->qrels;
	if (a->untune)
		return files || a->is_auto || a->tune
		               ? err_set(err, ERR_USAGE, "--untune measures nothing: give it alone") : 0;
	if (a->is_auto && files)
		return err_set(err, ERR_USAGE, "--auto makes the questions: leave --queries and --qrels out");
	if (!a->is_auto && !(a->queries && a->qrels))
		return err_set(err, ERR_USAGE, "both --queries FILE and --qrels FILE are needed, or --auto");
	if (a->n && !a->is_auto)
		return err_set(err, ERR_USAGE, "-n is for --auto");
	if (a->dry_run && !a->tune)
		return err_set(err, ERR_USAGE, "--dry-run is for --tune");
	if (a->tune && a->is_auto && !a->dry_run)
		return err_set(err, ERR_USAGE, "questions in the documents' own words favour lexical search, so "
		               "--tune stores nothing from them: give --queries and --qrels, or --dry-run");
	if (a->tune && a->mode)
		return err_set(err, ERR_USAGE, "--tune compares weights of hybrid search: leave --mode out");
	return 0;
}

static void release(struct session *s)
{
	evaluation_report_free(&s->report);
	known_items_free(&s->known);
	judged_set_free(&s->judged);
	embedder_close(s->memo);
	embedder_close(s->model);
	store_close(s->store);
}

int cmd_eval(struct cli *cli, int argc, char **argv)
{
	const char *modes[EVALUATION_MODES + 2] = { "all" };
	for (size_t m = 0; evaluation_modes[m].name; m++)
		modes[m + 1] = evaluation_modes[m].name;
	struct eval_arguments a = { 0 };
	const struct option options[] = {
		{ OPTION_TEXT, 0, "queries", &a.queries, "FILE", "questions, qid<TAB>text", 0, 0, NULL },
		{ OPTION_TEXT, 0, "qrels", &a.qrels, "FILE", "judgements, qid<TAB>document<TAB>grade", 0, 0,
		  NULL },
		{ OPTION_FLAG, 0, "auto", &a.is_auto, NULL, "questions made of the index itself", 0, 0, NULL },
		{ OPTION_NUMBER, 'n', "n", &a.n, "N", "how many (default 200)", 1, 2000, NULL },
		{ OPTION_CHOICE, 0, "mode", &a.mode, "MODE", "all (default) or one mode of search", 0, 0,
		  modes },
		{ OPTION_FLAG, 0, "tune", &a.tune, NULL, "choose hybrid search's weight, and store it", 0, 0,
		  NULL },
		{ OPTION_FLAG, 0, "dry-run", &a.dry_run, NULL, "with --tune: store nothing", 0, 0, NULL },
		{ OPTION_FLAG, 0, "untune", &a.untune, NULL, "forget a weight that was stored", 0, 0, NULL },
		{ OPTION_FLAG, 0, "json", &a.json, NULL, "one JSON object", 0, 0, NULL },
		{ 0 },
	};
	struct err err = { 0 };
	int status;
	if (cli_parse(cli, &usage, options, argc, argv, 0, 0, &status) < 0)
		return status;
	struct session s = { .cli = cli, .args = &a };
	int rc = check(&a, &err) < 0 ? -1 : run(&s, &err);
	release(&s);
	return rc < 0 ? cli_fail(cli, &err) : STATUS_DONE;
}
