/* akin index --dry-run: what a run would send, what it would cost. */
#ifndef AKIN_CLI_DRY_RUN_H
#define AKIN_CLI_DRY_RUN_H

#include "cli/command.h"
#include "cli/looking.h"
#include "indexer/index.h"

/* Looks over opt's paths with the index as it is (or as if there were none yet),
 * writes nothing, contacts nobody, and prints the account to stdout. opt->dry_run
 * must be set. */
int dry_run_print(struct cli *cli, const struct index_options *opt, const struct looking *looking,
                  struct err *err);

/* "4 s", "12 min 05 s", "3 h 20 min". */
void duration_text(struct buf *out, double seconds);

#endif
