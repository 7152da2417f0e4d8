/* Hits on stdout, in the three forms that the commands which search share. */
#ifndef AKIN_CLI_RESULTS_H
#define AKIN_CLI_RESULTS_H

#include <stdbool.h>

#include "cli/command.h"
#include "query/search.h"

struct results {
	bool json, jsonl; /* one object; an object a hit, one a line; neither: for people */
	bool full;        /* whole passages */
	bool explain;     /* how each score came about */
	int decimals;     /* of a score, for people */
	enum search_mode mode;
	const char *model;    /* NULL: none was used */
	struct span question; /* what stands as "query" in the object */
};

void results_print(struct cli *cli, const struct results *results, const struct hits *hits);

#endif
