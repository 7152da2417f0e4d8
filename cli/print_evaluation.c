#include "cli/print_evaluation.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/columns.h"
#include "base/mem.h"
#include "cli/print_json.h"

enum { LABEL_COLUMNS = 20, CELL_COLUMNS = 20 };

static const struct row {
	const char *label, *key;
	size_t offset; /* of an estimate in struct summary */
	bool in_table;
} rows[] = {
	{ "nDCG@10", "ndcg_10", offsetof(struct summary, ndcg_10), true },
	{ "MRR@10", "mrr_10", offsetof(struct summary, mrr_10), true },
	{ "recall@10", "recall_10", offsetof(struct summary, recall_10), true },
	{ "recall@100", "recall_100", offsetof(struct summary, recall_100), true },
	{ "MAP", "map", offsetof(struct summary, map), false },
};
enum { N_ROWS = sizeof rows / sizeof *rows };

void evaluation_report_free(struct evaluation_report *r)
{
	for (size_t m = 0; m < r->n_modes; m++)
		free(r->modes[m].measures);
	free(r->weights_ndcg);
	*r = (struct evaluation_report){ 0 };
}

static struct estimate at(const struct summary *s, size_t offset)
{
	return *(const struct estimate *)(const void *)((const char *)s + offset);
}

/* nDCG@10 of the questions [from, to). */
static struct estimate ndcg_of(const struct mode_result *m, size_t from, size_t to)
{
	return measures_summary(m->measures + from, to - from).ndcg_10;
}

/* --- the table ------------------------------------------------------------------- */

static void print_padded(const char *text, size_t columns, bool last)
{
	size_t taken = columns_in(span_of(text));
	printf("%s%*s", text, last || taken >= columns ? 0 : (int)(columns - taken), "");
}

static void print_label(const char *label)
{
	print_padded(label, LABEL_COLUMNS, false);
}

static void estimate_text(char out[64], struct estimate e, bool sign)
{
	int len = snprintf(out, 64, sign ? "%+.4f" : "%.4f", e.mean);
	if (!isnan(e.error))
		snprintf(out + len, (size_t)(64 - len), " ± %.4f", e.error);
}

static void print_cell(const struct evaluation_report *r, size_t m, struct estimate e, bool sign)
{
	char text[64];
	estimate_text(text, e, sign);
	print_padded(text, CELL_COLUMNS, m + 1 == r->n_modes);
	if (m + 1 == r->n_modes)
		putchar('\n');
}

static void print_kind(const struct evaluation_report *r, const char *label, size_t from, size_t to)
{
	if (from == to)
		return;
	print_label(label);
	for (size_t m = 0; m < r->n_modes; m++)
		print_cell(r, m, ndcg_of(&r->modes[m], from, to), false);
}

static void print_differences(const struct evaluation_report *r)
{
	char label[64];
	snprintf(label, sizeof label, "nDCG@10 - %s", r->modes[0].name);
	print_label(label);
	print_padded("", CELL_COLUMNS, false);
	for (size_t m = 1; m < r->n_modes; m++)
		print_cell(r, m, r->modes[m].difference, true);
}

static void print_tuning(const struct evaluation_report *r)
{
	const struct tuning *t = &r->tuning;
	char held_out[64], standard[64], gain[64];
	print_label("\nlexical weight");
	printf("  nDCG@10\n"); /* the line end before took no column */
	for (size_t w = 0; w < SEARCH_WEIGHTS; w++) {
		struct estimate e = estimate_mean(r->weights_ndcg + w * r->n_questions, r->n_questions);
		char weight[32];
		snprintf(weight, sizeof weight, "%g", search_weights[w]);
		print_label(weight);
		printf("%.4f%s%s\n", e.mean, w == SEARCH_DEFAULT_WEIGHT ? "  default" : "",
		       w == t->chosen ? "  best" : "");
	}
	estimate_text(held_out, t->held_out, false);
	estimate_text(standard, t->standard, false);
	estimate_text(gain, t->gain, true);
	print_label("held out");
	printf("%s\n", held_out);
	print_label("default");
	printf("%s\n", standard);
	print_label("gain");
	printf("%s\n", gain);
}

void evaluation_print_table(const struct evaluation_report *r)
{
	print_label("");
	for (size_t m = 0; m < r->n_modes; m++)
		print_padded(r->modes[m].name, CELL_COLUMNS, m + 1 == r->n_modes);
	putchar('\n');
	for (size_t i = 0; i < N_ROWS; i++) {
		if (!rows[i].in_table)
			continue;
		print_label(rows[i].label);
		for (size_t m = 0; m < r->n_modes; m++)
			print_cell(r, m, at(&r->modes[m].summary, rows[i].offset), false);
	}
	if (r->n_modes > 1)
		print_differences(r);
	if (r->known) {
		print_kind(r, "nDCG@10, sentences", 0, r->known->n_sentences);
		print_kind(r, "nDCG@10, headings", r->known->n_sentences, r->n_questions);
	}
	print_label("questions");
	printf("%zu\n", r->n_questions);
	if (r->is_tuned)
		print_tuning(r);
}

/* --- JSON ------------------------------------------------------------------------- */

static void add_number(cJSON *o, const char *key, double value)
{
	if (isnan(value))
		cJSON_AddNullToObject(o, key);
	else
		cJSON_AddNumberToObject(o, key, value);
}

static void add_estimate(cJSON *o, const char *key, struct estimate e)
{
	cJSON *pair = cJSON_AddObjectToObject(o, key);
	add_number(pair, "mean", e.mean);
	add_number(pair, "error", e.error);
}

static void add_questions(cJSON *o, const struct evaluation_report *r)
{
	cJSON *q = cJSON_AddObjectToObject(o, "questions");
	cJSON_AddNumberToObject(q, "n", (double)r->n_questions);
	cJSON_AddStringToObject(q, "from", r->known ? "index" : "files");
	if (r->known) {
		cJSON_AddNumberToObject(q, "sentences", (double)r->known->n_sentences);
		cJSON_AddNumberToObject(q, "headings", (double)r->known->n_headings);
		return;
	}
	cJSON_AddNumberToObject(q, "without_text", (double)r->judged->n_missing);
	cJSON_AddStringToObject(q, "documents_named_by", docid_kind_names[r->judged->kind]);
	cJSON_AddNumberToObject(q, "judged_documents", (double)r->judged->n_docids);
	cJSON_AddNumberToObject(q, "judged_documents_known", (double)r->judged->n_known);
}

static cJSON *mode_json(const struct evaluation_report *r, size_t m)
{
	const struct mode_result *mode = &r->modes[m];
	cJSON *o = cJSON_CreateObject();
	cJSON_AddStringToObject(o, "mode", mode->name);
	for (size_t i = 0; i < N_ROWS; i++)
		add_estimate(o, rows[i].key, at(&mode->summary, rows[i].offset));
	if (r->known && r->known->n_sentences)
		add_estimate(o, "ndcg_10_sentences", ndcg_of(mode, 0, r->known->n_sentences));
	if (r->known && r->known->n_headings)
		add_estimate(o, "ndcg_10_headings",
		             ndcg_of(mode, r->known->n_sentences, r->n_questions));
	if (m)
		add_estimate(o, "ndcg_10_less_first", mode->difference);
	return o;
}

static void add_tuning(cJSON *o, const struct evaluation_report *r)
{
	const struct tuning *t = &r->tuning;
	cJSON *tune = cJSON_AddObjectToObject(o, "tuning");
	cJSON *weights = cJSON_AddArrayToObject(tune, "weights");
	for (size_t w = 0; w < SEARCH_WEIGHTS; w++) {
		cJSON *row = cJSON_CreateObject();
		cJSON_AddNumberToObject(row, "weight", search_weights[w]);
		add_estimate(row, "ndcg_10",
		             estimate_mean(r->weights_ndcg + w * r->n_questions, r->n_questions));
		cJSON_AddItemToArray(weights, row);
	}
	cJSON_AddNumberToObject(tune, "default", search_weights[SEARCH_DEFAULT_WEIGHT]);
	cJSON_AddNumberToObject(tune, "best", search_weights[t->chosen]);
	add_estimate(tune, "held_out", t->held_out);
	add_estimate(tune, "at_default", t->standard);
	add_estimate(tune, "gain", t->gain);
	cJSON_AddBoolToObject(tune, "pays", t->pays);
	cJSON_AddBoolToObject(tune, "stored", r->is_stored);
}

void evaluation_print_json(const struct evaluation_report *r)
{
	cJSON *o = cJSON_CreateObject();
	cJSON_AddNumberToObject(o, "schema", 2);
	if (r->model)
		cJSON_AddStringToObject(o, "model", r->model);
	else
		cJSON_AddNullToObject(o, "model");
	add_number(o, "tuned_weight", r->own.n_questions ? r->own.lexical_weight : NAN);
	add_questions(o, r);
	cJSON *modes = cJSON_AddArrayToObject(o, "modes");
	for (size_t m = 0; m < r->n_modes; m++)
		cJSON_AddItemToArray(modes, mode_json(r, m));
	if (r->is_tuned)
		add_tuning(o, r);
	print_json(stdout, o, false);
}
