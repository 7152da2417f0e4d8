#include "cli/command.h"

int cmd_rm(struct cli *cli, int argc, char **argv)
{
	struct err err = { 0 };
	(void)argc;
	(void)argv;
	err_set(&err, ERR_USAGE, "'akin rm' is not there yet");
	return cli_fail(cli, &err);
}
