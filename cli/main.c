#define _POSIX_C_SOURCE 200809L
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "base/blas.h"
#include "cli/command.h"

const struct command commands[] = {
	{ "index", NULL, cmd_index, "index folders and files, or refresh what is indexed" },
	{ "search", "query", cmd_search, "find passages by meaning" },
	{ "ask", NULL, cmd_ask, "answer a question from what is indexed, with checked citations" },
	{ "chat", NULL, cmd_chat, "ask, and ask on, in one conversation" },
	{ "similar", NULL, cmd_similar, "find passages like one, or like a whole document" },
	{ "embed", NULL, cmd_embed, "print the vectors of texts as JSON" },
	{ "eval", NULL, cmd_eval, "measure the ranking on judged questions" },
	{ "status", NULL, cmd_status, "say what the index holds" },
	{ "ls", NULL, cmd_ls, "list the documents of the index" },
	{ "get", NULL, cmd_get, "print lines or pages of an indexed document" },
	{ "extract", NULL, cmd_extract, "print the text of a file as akin reads it" },
	{ "rm", NULL, cmd_rm, "take documents out of the index" },
	{ "doctor", NULL, cmd_doctor, "look for faults and say what to do" },
	{ "model", NULL, cmd_model, "list the models of this machine, or add one" },
	{ "models", NULL, cmd_models, "ask a server which models it offers" },
	{ "help", NULL, cmd_help, "say what a command does" },
	{ "version", NULL, cmd_version, "print the version and those of the libraries" },
	{ NULL, NULL, NULL, NULL },
};

static int no_command(struct cli *cli, const char *name)
{
	const char *names[sizeof commands / sizeof *commands];
	size_t n = 0;
	for (const struct command *c = commands; c->name; c++)
		names[n++] = c->name;
	const char *nearest = options_nearest(name, names, n);
	struct err err = { 0 };
	if (nearest)
		err_set(&err, ERR_USAGE, "no command '%s'; did you mean '%s'?", name, nearest);
	else
		err_set(&err, ERR_USAGE, "no command '%s'; 'akin help' lists them", name);
	return cli_fail(cli, &err);
}

static int dispatch(struct cli *cli, int argc, char **argv)
{
	struct err err = { 0 };
	bool version = argc > 0 && strcmp(argv[0], "--version") == 0;
	int n = version ? 1 : cli_parse_early(cli, argc, argv, &err);
	if (n < 0)
		return cli_fail(cli, &err);
	const char *name = version ? "version" : n > 0 ? argv[0] : NULL;
	if (!name) {
		cli_overview(cli, cli->help ? stdout : stderr);
		return cli->help ? STATUS_DONE : STATUS_ERROR;
	}
	cli->command = command_find(name);
	if (!cli->command)
		return no_command(cli, name);
	return cli->command->run(cli, n - 1, argv + 1);
}

/* Output that could not be written is an error; a reader that went away is none. */
static int finish(struct cli *cli, int status)
{
	if (fflush(stdout) == 0 && !ferror(stdout))
		return status;
	if (errno == EPIPE)
		return STATUS_PIPE;
	struct err err = { 0 };
	err_set(&err, ERR_IO, "cannot write the output: %s", strerror(errno));
	return cli_fail(cli, &err);
}

/* A standard stream that is closed would give its number to the next file opened,
 * and a message would be written into that. Its place is taken, so that its use
 * fails as it would have. */
static void hold_streams(void)
{
	static const int modes[] = { O_WRONLY, O_RDONLY, O_RDONLY };
	for (int fd = 0; fd < 3; fd++)
		if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", modes[fd]) < 0)
			return;
}

int main(int argc, char **argv)
{
	struct cli cli = { 0 };
	hold_streams();
	signal(SIGPIPE, SIG_IGN);
	blas_start_no_threads();
	terminal_init(&cli.out, stdout, COLOR_AUTO);
	terminal_init(&cli.err, stderr, COLOR_AUTO);
	int status = dispatch(&cli, argc > 0 ? argc - 1 : 0, argv + 1);
	status = finish(&cli, status);
	cli_release(&cli);
	return status;
}
