/* `akin search --context`: what was found, as a pack for a prompt (query/pack.h). */
#ifndef AKIN_CLI_CONTEXT_H
#define AKIN_CLI_CONTEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cli/command.h"
#include "models/embedder.h"
#include "query/present_pack.h"
#include "query/search.h"
#include "store/store.h"

#define CONTEXT_BUDGET 4000

struct context_arguments {
	bool wanted;     /* --context */
	uint64_t budget; /* tokens; 0: CONTEXT_BUDGET */
	int format;      /* enum pack_form; -1: PACK_MARKDOWN */
};

/* The rows of cmd_search's table, each a comma behind; a: struct context_arguments. */
#define CONTEXT_OPTIONS(a) \
	{ OPTION_FLAG, 0, "context", &(a).wanted, NULL, \
	  "passages for a prompt, within a budget of tokens", 0, 0, NULL }, \
	{ OPTION_NUMBER, 0, "budget", &(a).budget, "N", \
	  "with --context: tokens at most (default 4000)", 1, 1000000, NULL }, \
	{ OPTION_CHOICE, 0, "format", &(a).format, "FORM", \
	  "with --context: md (default), json, xml", 0, 0, pack_form_names }

/* How many hits fill the budget when nobody says: passages of 80 tokens would. */
size_t context_limit(const struct context_arguments *args);

/* Prints the pack of the hits. Tokens are those of the embedder's model, or estimated
 * when it is NULL. 1: something was printed, 0: there are no hits, -1: or nothing fits. */
int context_print(struct cli *cli, struct store *store, const struct embedder *embedder,
                  const struct context_arguments *args, const struct hits *hits, struct err *err);

#endif
