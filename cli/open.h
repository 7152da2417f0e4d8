/* Opens what a command works on: the index, and the model that belongs to it. */
#ifndef AKIN_CLI_OPEN_H
#define AKIN_CLI_OPEN_H

#include "cli/command.h"
#include "models/embedder.h"
#include "store/store.h"

/* The index at cli->db. STORE_CREATE makes a missing one; otherwise its absence is
 * ERR_INPUT with what to do. NULL on failure. */
struct store *open_index(struct cli *cli, enum store_mode mode, struct err *err);

/* The model of the index: the one it was made with, or for an index without one
 * (store may be NULL) --model, $AKIN_MODEL, the configuration's, the default. When
 * --model names another than the index's, that is ERR_MODEL: there is no silent
 * change from one model to another. NULL on failure. */
struct embedder *open_model(struct cli *cli, struct store *store, struct err *err);

/* The name that open_model would open, into name[128]. */
int open_model_name(struct cli *cli, struct store *store, char name[128], struct err *err);

/* Says on stderr (unless --quiet) which server texts go to, when they leave this
 * machine's process: "akin: WHAT to 'HOST' (MODEL)". Before the first byte. */
void open_say_host(struct cli *cli, const struct embedder *embedder, const char *what);

#endif
