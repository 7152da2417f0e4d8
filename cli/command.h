/* What the commands share: the global options, the streams, the exit statuses.
 *
 * Data goes to stdout; progress and messages go to stderr, a line each, errors as
 * "akin: …". A command is one file cmd_NAME.c with one function. */
#ifndef AKIN_CLI_COMMAND_H
#define AKIN_CLI_COMMAND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "cli/config.h"
#include "cli/options.h"
#include "cli/terminal.h"
#include "models/models.h"

enum exit_status {
	STATUS_DONE = 0,      /* done; for searches: found */
	STATUS_NOTHING = 1,   /* nothing found */
	STATUS_ERROR = 2,
	STATUS_INTERRUPT = 130, /* 128 + SIGINT */
	STATUS_PIPE = 141,    /* 128 + SIGPIPE: whoever read our output has gone */
	STATUS_TERMINATED = 143 /* 128 + SIGTERM */
};

/* As given on the command line until cli_parse has settled them; then db is
 * never NULL, and the others are NULL (or 0) where nobody said anything. */
struct cli {
	const char *db;
	const char *model;    /* --model, else the environment's or the configuration's */
	bool model_is_asked;  /* it was --model: another model in the index is an error */
	const char *base_url, *models_dir, *ca_file;
	bool base_url_is_asked; /* it was --base-url */
	uint64_t threads;     /* 0: one a core */
	uint64_t requests_per_minute, max_in_flight; /* of the endpoint; 0: the provider's */
	uint64_t connect_timeout_s, first_byte_timeout_s, timeout_s, patience_s; /* 0: defaults */
	bool quiet, verbose;
	int color;            /* enum color_mode */

	bool help;
	struct config config; /* owns what did not come from argv */
	struct terminal out, err;
	const struct command *command;
};

struct command {
	const char *name, *alias; /* alias NULL: none */
	int (*run)(struct cli *cli, int argc, char **argv); /* argv without "akin NAME"; exit status */
	const char *summary;
};
extern const struct command commands[]; /* ends with a row without a name */
const struct command *command_find(const char *name); /* NULL: no such command */

/* Parses a command's arguments, `own` rows before the global ones, and settles
 * configuration and streams. Returns the number of operands, which stand at the
 * front of argv then. -1: the command is over (help was printed, or an error),
 * and *status is its exit status. Fewer operands than `least` or more than `most`
 * (-1: any number) are an error. */
int cli_parse(struct cli *cli, const struct usage *usage, const struct option *own, int argc,
              char **argv, int least, int most, int *status);

/* Only for main(): the global options before the command's name. */
int cli_parse_early(struct cli *cli, int argc, char **argv, struct err *err);
void cli_release(struct cli *cli);

/* "akin: " and the sentence on stderr; the exit status that belongs to the code. */
int cli_fail(struct cli *cli, const struct err *err);

/* A line on stderr unless --quiet. */
void cli_note(struct cli *cli, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Prints a command's help, as --help does. */
void cli_help(struct cli *cli, const struct command *command, const struct usage *usage,
              const struct option *own);
/* Prints the list of commands: to stderr where one was missing. */
void cli_overview(struct cli *cli, FILE *file);

struct model_options cli_model_options(const struct cli *cli);

int cmd_index(struct cli *cli, int argc, char **argv);
int cmd_search(struct cli *cli, int argc, char **argv);
int cmd_ask(struct cli *cli, int argc, char **argv);
int cmd_chat(struct cli *cli, int argc, char **argv);
int cmd_similar(struct cli *cli, int argc, char **argv);
int cmd_embed(struct cli *cli, int argc, char **argv);
int cmd_eval(struct cli *cli, int argc, char **argv);
int cmd_status(struct cli *cli, int argc, char **argv);
int cmd_ls(struct cli *cli, int argc, char **argv);
int cmd_get(struct cli *cli, int argc, char **argv);
int cmd_extract(struct cli *cli, int argc, char **argv);
int cmd_rm(struct cli *cli, int argc, char **argv);
int cmd_doctor(struct cli *cli, int argc, char **argv);
int cmd_model(struct cli *cli, int argc, char **argv);
int cmd_models(struct cli *cli, int argc, char **argv);
int cmd_help(struct cli *cli, int argc, char **argv);
int cmd_version(struct cli *cli, int argc, char **argv);

#endif
