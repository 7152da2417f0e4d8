#include <stdlib.h>
#include <string.h>

#include "ask/present_answer.h"
#include "base/file.h"
#include "base/json.h"
#include "base/json_schema.h"
#include "cli/answer.h"
#include "cli/ask_each.h"
#include "cli/asking.h"
#include "cli/command.h"
#include "cli/interrupt.h"
#include "cli/print_json.h"
#include "query/question.h"
#include "query/question_vector.h"

static const struct usage usage = {
	.synopsis = "[OPTION…] QUESTION [PATH…]",
	.about = "Answers QUESTION from the passages that a search finds, by a language model that has\n"
	         "to quote them: each quote is looked up in its source, and what is not supported is\n"
	         "marked. PATH and the flags of 'akin search' narrow the search. The exit status is 1\n"
	         "when nothing in the index answers that (nothing is asked then), or, with --strict,\n"
	         "when the answer has unsupported claims; 2 on an error or a broken answer.\n"
	         "With --agent, the model looks for itself. With --schema FILE, the answer is JSON that\n"
	         "is valid by the JSON Schema in FILE; with --each, the question is asked of every\n"
	         "document, and a line of JSON printed for each.",
	.example = "akin ask \"how much notice must a tenant give?\" ~/contracts",
};

enum { MAX_SCHEMA = 1 << 20 };

struct ask_arguments {
	struct asking_flags asking;
	bool json, show_prompt, strict, each, lax;
	const char *schema, *schema_name;
	struct buf schema_text;
	cJSON *schema_tree;
};

static int read_schema(struct ask_arguments *a, struct chat_request *request, struct err *err)
{
	a->schema_text = buf_new(MAX_SCHEMA);
	if (file_read(a->schema, &a->schema_text, NULL, err) < 0)
		return -1;
	a->schema_tree = json_parse(buf_span(&a->schema_text), a->schema, err);
	if (!a->schema_tree)
		return -1;
	if (json_schema_check(a->schema_tree, err) < 0)
		return err_wrap(err, "'%s' is no JSON Schema that can be checked", a->schema);
	request->schema = buf_span(&a->schema_text).p;
	request->schema_name = a->schema_name ? a->schema_name : "answer";
	request->schema_strict = !a->lax;
	request->stream = false;
	return 0;
}

static int check(const struct ask_arguments *a, int n_operands, struct err *err)
{
	if (n_operands == 0)
		return err_set(err, ERR_USAGE, "what do you ask? usage: akin ask %s", usage.synopsis);
	if (a->strict && (a->asking.no_search || a->schema))
		return err_set(err, ERR_USAGE, "--strict is about citations, and there are none with %s",
		               a->schema ? "--schema" : "--no-search");
	if (a->each && (a->asking.no_search || a->asking.agent || a->show_prompt))
		return err_set(err, ERR_USAGE, "--each does not go with --no-search, --agent or --show-prompt");
	if (!a->schema && (a->schema_name || a->lax))
		return err_set(err, ERR_USAGE, "--schema-name and --lax-schema belong to --schema");
	size_t len = a->schema_name ? strspn(a->schema_name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTU"
	                                                     "VWXYZ0123456789_-") : 1;
	if (len == 0 || len > 64 || (a->schema_name && a->schema_name[len]))
		return err_set(err, ERR_USAGE, "--schema-name wants up to 64 letters, digits, '_' and '-'");
	return 0;
}

static const char *role_name(enum chat_role role)
{
	static const char *const names[] = { "system", "user", "assistant", "tool" };
	return names[role];
}

/* What would be sent. Not even the question leaves: where its vector would have to be asked
 * of a server, the search is by words alone. */
static int show_prompt(struct asking *s, struct span question, struct err *err)
{
	struct conversation c = { 0 };
	struct ask_result r;
	if (s->embedder && s->embedder->host[0] && !question_is_kept(s->store, s->embedder, question)) {
		cli_note(s->cli, "akin: to send nothing, the search is by words alone here");
		s->search.mode = SEARCH_LEXICAL;
		s->ask.embedder = NULL;
	}
	int rc = ask_prepare(&s->ask, &c, question, &r, err);
	if (rc == 0 && r.nothing_found)
		answer_say_nothing(s->cli, &r);
	for (size_t i = 0; rc == 0 && i < c.messages.n; i++) {
		printf("%s%s:\n", i ? "\n\n" : "", role_name(c.messages.items[i].role));
		answer_show(s->cli, span_of(c.messages.items[i].text));
	}
	if (c.messages.n)
		printf("\n");
	int found = !r.nothing_found;
	ask_result_free(&r);
	conversation_free(&c);
	return rc < 0 ? -1 : found ? STATUS_DONE : STATUS_NOTHING;
}

/* Whole, since it is printed only if it holds, or as JSON. */
static bool is_held_back(const struct ask_arguments *a)
{
	return a->json || a->strict || a->schema;
}

static int print_result(struct asking *s, const struct ask_arguments *a, const struct conversation *c,
                        struct ask_result *r)
{
	bool supported = r->check.n_supported == r->check.n;
	if (a->json) {
		print_json(stdout, present_answer(&s->ask, c, r), false);
	} else if (a->schema) {
		print_json(stdout, cJSON_Duplicate(r->value, true), false);
	} else if (a->strict && !supported) {
		answer_say_unsupported(s->cli, r);
	} else {
		if (a->strict)
			answer_show_checked(s->cli, c, r);
		answer_print_end(s->cli, c, r);
	}
	answer_say_usage(s->cli, s->chat, r);
	if (!a->strict || supported)
		return STATUS_DONE;
	cli_note(s->cli, "akin: refused: %zu of %zu claims are not supported", r->check.n - r->check.n_supported,
	         r->check.n);
	return STATUS_NOTHING;
}

/* What came of an answer that broke off is shown. */
static void print_broken(struct asking *s, const struct ask_arguments *a, const struct conversation *c,
                         struct ask_result *r)
{
	if (!r->answer || !*r->answer)
		return;
	if (a->json)
		print_json(stdout, present_answer(&s->ask, c, r), false);
	else if (!is_held_back(a))
		fputs("\n", stdout);
	if (r->finish == CHAT_CUT)
		cli_note(s->cli, "akin: the answer is incomplete");
}

/* The exit status, or -1. */
static int ask_once(struct asking *s, const struct ask_arguments *a, struct span question, struct err *err)
{
	struct conversation c = { 0 };
	struct ask_result r;
	s->ask.show = is_held_back(a) ? NULL : answer_show;
	s->ask.show_reasoning = a->asking.reasoning ? answer_show_reasoning : NULL;
	s->ask.note = answer_note;
	s->ask.ctx = s->cli;
	asking_say_host(s);
	int rc = ask_prepare(&s->ask, &c, question, &r, err), status = STATUS_NOTHING;
	if (rc == 0 && r.nothing_found) {
		if (a->json)
			print_json(stdout, present_answer(&s->ask, &c, &r), false);
		answer_say_nothing(s->cli, &r);
	} else if (rc == 0) {
		rc = ask_complete(&s->ask, &c, &r, err);
		if (rc == 0)
			status = print_result(s, a, &c, &r);
		else
			print_broken(s, a, &c, &r);
	}
	ask_result_free(&r);
	conversation_free(&c);
	return rc < 0 ? -1 : status;
}

static int run(struct asking *s, struct ask_arguments *a, int n, char **argv, struct err *err)
{
	if (question_check(span_of(argv[0]), err) < 0)
		return -1;
	if (a->each) /* nothing is searched: no vector is needed */
		a->asking.mode = SEARCH_LEXICAL;
	if (asking_open(s, s->cli, &a->asking, !a->show_prompt, argv + 1, (size_t)n - 1, err) < 0)
		return -1;
	if (a->schema && read_schema(a, &s->request, err) < 0)
		return -1;
	s->ask.schema = a->schema_tree;
	s->ask.checked = s->store && !a->schema;
	interrupt_catch();
	if (a->show_prompt)
		return show_prompt(s, span_of(argv[0]), err);
	if (a->each)
		return ask_each(s, span_of(argv[0]), err);
	return ask_once(s, a, span_of(argv[0]), err);
}

int cmd_ask(struct cli *cli, int argc, char **argv)
{
	struct ask_arguments a = { 0 };
	const struct option options[] = {
		ASKING_ROWS(a.asking),
		{ OPTION_FLAG, 0, "json", &a.json, NULL, "answer, claims, sources and usage as JSON", 0, 0, NULL },
		{ OPTION_FLAG, 0, "strict", &a.strict, NULL, "no answer that is not wholly supported", 0, 0, NULL },
		{ OPTION_FLAG, 0, "show-prompt", &a.show_prompt, NULL, "print what would be sent; send nothing", 0,
		  0, NULL },
		{ OPTION_TEXT, 0, "schema", &a.schema, "FILE", "JSON Schema of the answer", 0, 0, NULL },
		{ OPTION_TEXT, 0, "schema-name", &a.schema_name, "NAME", "as the server is told (answer)", 0, 0,
		  NULL },
		{ OPTION_FLAG, 0, "lax-schema", &a.lax, NULL, "tell the server strict: false", 0, 0, NULL },
		{ OPTION_FLAG, 0, "each", &a.each, NULL, "ask it of every document; JSON lines", 0, 0, NULL },
		{ 0 },
	};
	struct err err = { 0 };
	int status;
	int n = cli_parse(cli, &usage, options, argc, argv, 0, -1, &status);
	if (n < 0)
		return status;
	struct asking s = { .cli = cli };
	status = check(&a, n, &err) < 0 ? -1 : run(&s, &a, n, argv, &err);
	asking_close(&s);
	cJSON_Delete(a.schema_tree);
	buf_free(&a.schema_text);
	if (status >= 0)
		return status;
	status = cli_fail(cli, &err);
	return err.code == ERR_INTERRUPTED ? 128 + interrupt_signal() : status;
}
