#define _POSIX_C_SOURCE 200809L
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ask/conversation.h"
#include "base/boundaries.h"
#include "base/mem.h"
#include "cli/answer.h"
#include "cli/asking.h"
#include "cli/command.h"
#include "cli/interrupt.h"
#include "cli/line_edit.h"
#include "cli/saved_chat.h"

static const struct usage usage = {
	.synopsis = "[OPTION…] [PATH…]",
	.about = "A conversation over what is indexed: each line is a question, answered as by\n"
	         "'akin ask', and what refers to what was said before is understood. PATH and the\n"
	         "flags narrow every search. Ctrl-C stops an answer, Ctrl-D ends the session.\n"
	         "Lines that begin with '/' are commands: /sources, /model NAME, /save NAME, /new,\n"
	         "/help, /quit.",
	.example = "akin chat ~/contracts",
};

static const char help[] =
	"/sources      the sources of the last answer, with what it quotes\n"
	"/model NAME   go on with another model\n"
	"/save [NAME]  keep the conversation; akin chat --resume NAME goes on with it\n"
	"/new          begin anew\n"
	"/quit         end (also Ctrl-D)\n";

struct chat_arguments {
	struct asking_flags asking;
	const char *resume;
};

struct session {
	struct asking asking;
	const struct chat_arguments *args;
	struct conversation conversation;
	struct ask_result last; /* of the last answer */
	bool ended, failed;
};

/* ---- questions ---- */

static size_t history_tokens(const struct chat *chat)
{
	return chat->context_tokens ? chat->context_tokens / 4 : 4096;
}

/* Ctrl-C ends the answer and not the session; nor does an error that another question may
 * not meet. */
static void say_failure(struct session *s, const struct err *err)
{
	bool stopped = err->code == ERR_INTERRUPTED && interrupt_signal() == 2;
	if (s->last.answer && *s->last.answer)
		printf("\n");
	fflush(stdout);
	if (stopped) {
		cli_note(s->asking.cli, "akin: stopped");
		interrupt_forget();
		return;
	}
	cli_fail(s->asking.cli, err);
	s->failed = true;
	s->ended = s->ended || err->code == ERR_INTERRUPTED || err->code == ERR_STORE;
}

static void ask(struct session *s, struct span question)
{
	struct cli *cli = s->asking.cli;
	struct err err = { 0 };
	size_t dropped = conversation_fit(&s->conversation, history_tokens(s->asking.chat));
	if (dropped)
		cli_note(cli, "akin: the oldest %zu questions are forgotten: the conversation is long", dropped);
	ask_result_free(&s->last);
	s->failed = false;
	int rc = ask_prepare(&s->asking.ask, &s->conversation, question, &s->last, &err);
	if (rc == 0 && s->last.nothing_found) {
		answer_say_nothing(cli, &s->last);
		return;
	}
	if (rc == 0)
		rc = ask_complete(&s->asking.ask, &s->conversation, &s->last, &err);
	if (rc < 0) {
		say_failure(s, &err);
		return;
	}
	size_t bad = s->last.check.n - s->last.check.n_supported;
	printf("\n");
	if (s->last.check.n)
		printf("%s(%zu of %zu claims supported%s; /sources)%s\n", terminal_style(&cli->out, STYLE_DIM),
		       s->last.check.n_supported, s->last.check.n, bad ? ", the others are marked" : "",
		       terminal_style(&cli->out, STYLE_PLAIN));
	answer_say_usage(cli, s->asking.chat, &s->last);
}

/* ---- commands ---- */

static int save(struct session *s, const char *name, struct err *err)
{
	if (!*name)
		name = s->args->resume ? s->args->resume : "last";
	char *path = saved_chat_path(name, err);
	int rc = path ? saved_chat_write(path, &s->conversation, s->asking.chat->model, err) : -1;
	if (rc == 0)
		cli_note(s->asking.cli, "akin: kept in '%s'; go on with: akin chat --resume %s", path, name);
	free(path);
	return rc;
}

static void begin_anew(struct session *s)
{
	conversation_free(&s->conversation);
	ask_result_free(&s->last);
}

/* line: "/name rest". */
static void command(struct session *s, const char *line)
{
	struct err err = { 0 };
	size_t len = strcspn(line, " \t");
	const char *rest = line + len + strspn(line + len, " \t");
	struct span name = { line, len };
	int rc = 0;
	if (span_equal(name, span_of("/quit")) || span_equal(name, span_of("/exit"))) {
		s->ended = true;
	} else if (span_equal(name, span_of("/help"))) {
		fputs(help, stdout);
	} else if (span_equal(name, span_of("/new"))) {
		begin_anew(s);
	} else if (span_equal(name, span_of("/sources"))) {
		answer_print_sources(s->asking.cli, &s->conversation, &s->last);
		if (!s->conversation.sources.n)
			cli_note(s->asking.cli, "akin: there are no sources yet");
	} else if (span_equal(name, span_of("/save"))) {
		rc = save(s, rest, &err);
	} else if (span_equal(name, span_of("/model")) && *rest) {
		rc = asking_change_model(&s->asking, &s->args->asking, rest, &err);
		if (rc == 0)
			asking_say_host(&s->asking);
	} else if (span_equal(name, span_of("/model"))) {
		printf("%s\n", s->asking.chat->model);
	} else {
		rc = err_set(&err, ERR_USAGE, "no command '%.*s'; /help lists them", (int)len, line);
	}
	if (rc < 0)
		cli_fail(s->asking.cli, &err);
	fflush(stdout);
}

static void read_lines(struct session *s, struct line_edit *edit)
{
	const struct cli *cli = s->asking.cli;
	while (!s->ended) {
		char *line = line_edit_read(edit, "> ");
		if (!line && interrupt_signal() == 2 && cli->out.tty) {
			/* Ctrl-C on a half-written line drops the line */
			printf("\n");
			clearerr(stdin);
			interrupt_forget();
			continue;
		}
		if (!line)
			break;
		struct span text = trim_white_space(span_of(line));
		if (text.len && text.p[0] == '/' && text.p[1] != '/')
			command(s, text.p);
		else if (text.len)
			ask(s, text);
		free(line);
	}
	if (cli->out.tty && !s->ended)
		printf("\n");
}

static int resume(struct session *s, struct err *err)
{
	if (!s->args->resume)
		return 0;
	char *path = saved_chat_path(s->args->resume, err);
	int rc = path ? saved_chat_read(path, &s->conversation, err) : -1;
	if (rc == 0)
		cli_note(s->asking.cli, "akin: %zu messages, %zu sources so far", s->conversation.messages.n,
		         s->conversation.sources.n);
	free(path);
	return rc;
}

static int run(struct session *s, char **paths, size_t n, struct err *err)
{
	struct cli *cli = s->asking.cli;
	bool tty = isatty(STDIN_FILENO) && cli->out.tty, plain = false;
	if (asking_open(&s->asking, cli, &s->args->asking, true, paths, n, err) < 0 || resume(s, err) < 0)
		return -1;
	s->asking.ask.show = answer_show;
	s->asking.ask.show_reasoning = s->args->asking.reasoning ? answer_show_reasoning : NULL;
	s->asking.ask.note = answer_note;
	s->asking.ask.ctx = cli;
	asking_say_host(&s->asking);
	char *history = saved_chat_history_path();
	struct line_edit *edit = line_edit_open(tty, history, &plain);
	free(history);
	if (plain)
		cli_note(cli, "akin: lines cannot be edited: there is no libedit (apt-get install libedit2)");
	if (tty)
		cli_note(cli, "akin: ask; /help lists commands, Ctrl-D ends");
	interrupt_catch();
	read_lines(s, edit);
	line_edit_close(edit);
	return 0;
}

int cmd_chat(struct cli *cli, int argc, char **argv)
{
	struct chat_arguments a = { 0 };
	const struct option options[] = {
		ASKING_ROWS(a.asking),
		{ OPTION_TEXT, 0, "resume", &a.resume, "NAME", "go on with a conversation that /save kept", 0, 0,
		  NULL },
		{ 0 },
	};
	struct err err = { 0 };
	int status;
	int n = cli_parse(cli, &usage, options, argc, argv, 0, -1, &status);
	if (n < 0)
		return status;
	struct session s = { .asking = { .cli = cli }, .args = &a };
	int rc = run(&s, argv, (size_t)n, &err);
	bool failed = s.failed;
	begin_anew(&s);
	asking_close(&s.asking);
	if (rc < 0)
		return cli_fail(cli, &err);
	return interrupt_signal() ? 128 + interrupt_signal() : failed ? STATUS_ERROR : STATUS_DONE;
}
