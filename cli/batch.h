/* `akin search --batch FILE --run`: many questions, documents ranked. */
#ifndef AKIN_CLI_BATCH_H
#define AKIN_CLI_BATCH_H

#include "cli/command.h"
#include "cli/paths.h"
#include "query/search.h"

struct batch_options {
	const char *questions; /* file of qid<TAB>text, "-": stdin */
	enum docid_kind ids;
	struct search_options search;
};

/* Writes qid<TAB>document<TAB>score lines to stdout. embedder may be NULL in lexical
 * mode. 1: something was found, 0: nothing, -1. */
int batch_run(struct store *store, struct embedder *embedder, const struct batch_options *opt,
              struct err *err);

#endif
