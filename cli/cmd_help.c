#include "cli/command.h"

static const struct usage usage = {
	.synopsis = "[COMMAND]",
	.example = "akin help search",
};

/* The help of a command is the command's own answer to --help: its table is its
 * own. */
int cmd_help(struct cli *cli, int argc, char **argv)
{
	int status;
	int n = cli_parse(cli, &usage, NULL, argc, argv, 0, 1, &status);
	if (n < 0)
		return status;
	if (n == 0) {
		cli_overview(cli, stdout);
		return STATUS_DONE;
	}
	const struct command *command = command_find(argv[0]);
	if (!command) {
		struct err err = { 0 };
		err_set(&err, ERR_USAGE, "no command '%s'; 'akin help' lists them", argv[0]);
		return cli_fail(cli, &err);
	}
	char help[] = "--help";
	char *arguments[] = { help, NULL };
	cli->command = command;
	return command->run(cli, 1, arguments);
}
