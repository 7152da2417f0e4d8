/* What `akin eval` prints: the modes of search side by side, and what tuning found. */
#ifndef AKIN_CLI_PRINT_EVALUATION_H
#define AKIN_CLI_PRINT_EVALUATION_H

#include "cli/judged_set.h"
#include "query/known_items.h"
#include "query/tune.h"

struct mode_result {
	const char *name;
	struct measures *measures; /* [n_questions], owned by the report */
	struct summary summary;
	struct estimate difference; /* of nDCG@10, less the first mode's; 0 for the first */
};

struct evaluation_report {
	struct mode_result modes[EVALUATION_MODES];
	size_t n_modes, n_questions;
	const char *model;              /* NULL: none was needed */
	struct store_ranking own;       /* as the index had it */
	const struct judged_set *judged; /* NULL: the questions are known */
	const struct known_items *known; /* NULL: they are judged */

	bool is_tuned; /* what follows is set */
	bool is_stored;
	double *weights_ndcg; /* [SEARCH_WEIGHTS, n_questions]; owned */
	struct tuning tuning;
};
void evaluation_report_free(struct evaluation_report *r);

/* To stdout. */
void evaluation_print_table(const struct evaluation_report *r);
void evaluation_print_json(const struct evaluation_report *r);

#endif
