/* The user's questions and judgements, matched with the documents of an index. */
#ifndef AKIN_CLI_JUDGED_SET_H
#define AKIN_CLI_JUDGED_SET_H

#include "cli/judgements.h"
#include "cli/paths.h"
#include "query/evaluate.h"

struct judged_set {
	struct table queries;
	struct judgements judged;
	enum docid_kind kind;     /* how the judgements name documents */
	size_t n_docids, n_known; /* distinct documents of the judgements; known in the index */
	size_t n_missing;         /* questions of the set without a text */

	struct evaluation_question *questions;
	struct evaluation_judgement *judgements;
	struct evaluation_document *documents;
	struct evaluation_set set; /* points into the above */
};

/* Reads the queries' file (qid<TAB>text) and the judgements' (qid<TAB>document<TAB>grade).
 * ERR_INPUT with file and line. Free it in any case. */
int judged_set_read(struct judged_set *j, const char *queries, const char *qrels, struct err *err);

/* Takes the way of naming that finds most of the judgements' documents in the index, and
 * fills set: every question with a judgement. ERR_INPUT when no document of them is in
 * the index, or no question has a text. */
int judged_set_match(struct judged_set *j, struct store *store, struct err *err);
void judged_set_free(struct judged_set *j);

#endif
