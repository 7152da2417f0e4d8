#include <stdlib.h>
#include <string.h>

#include "cli/command.h"
#include "cli/open.h"
#include "models/local/local.h"

static const struct usage usage = {
	.synopsis = "[OPTION…] list|add DIR|path [NAME]",
	.about = "list: the models of this machine, each with its folder; \"*\" marks the one that a\n"
	         "      new index would use.\n"
	         "add:  takes a sentence encoder of the BERT family from a Hugging Face folder\n"
	         "      (config.json, tokenizer.json, model.safetensors).\n"
	         "path: the folder of a model.",
	.example = "akin model add ~/all-MiniLM-L6-v2 --pooling mean",
};

struct list {
	const char *marked;
	size_t n;
};

static int print_model(void *ctx, const char *name, const char *folder)
{
	struct list *l = ctx;
	struct buf path = buf_new(1 << 20);
	text_path(&path, span_of(folder));
	bool marked = strncmp(l->marked, "local/", 6) == 0 && strcmp(l->marked + 6, name) == 0;
	printf("%c local/%-24s  %s\n", marked ? '*' : ' ', name, buf_span(&path).p);
	buf_free(&path);
	l->n++;
	return 0;
}

static int list_models(struct cli *cli, struct err *err)
{
	char chosen[128];
	struct model_options options = cli_model_options(cli);
	if (open_model_name(cli, NULL, chosen, err) < 0)
		return -1;
	struct list l = { .marked = chosen };
	if (strncmp(chosen, "local/", 6) != 0)
		printf("* %s\n", chosen);
	local_models(&options, print_model, &l);
	if (!l.n)
		cli_note(cli, "akin: no local model here; set AKIN_MODELS or --models to the folder that "
		         "holds them");
	return l.n ? STATUS_DONE : STATUS_NOTHING;
}

static int add_model(struct cli *cli, const char *folder, const struct model_add_options *options,
                     struct err *err)
{
	char name[128];
	if (local_model_add(folder, options, name, err) < 0)
		return -1;
	cli_note(cli, "akin: added 'local/%s'; use it with: akin index --model local/%s FOLDER", name,
	         name);
	return STATUS_DONE;
}

static int print_path(struct cli *cli, const char *name, struct err *err)
{
	char chosen[128];
	struct model_options options = cli_model_options(cli);
	if (open_model_name(cli, NULL, chosen, err) < 0)
		return -1;
	if (!name)
		name = chosen;
	if (strncmp(name, "local/", 6) == 0)
		name += 6;
	char *folder = local_model_folder(name, &options, err);
	if (!folder)
		return -1;
	puts(folder);
	free(folder);
	return STATUS_DONE;
}

static int run(struct cli *cli, int n, char **argv, const struct model_add_options *options,
               struct err *err)
{
	if (n == 0 || (n == 1 && strcmp(argv[0], "list") == 0))
		return list_models(cli, err);
	if (n == 2 && strcmp(argv[0], "add") == 0)
		return add_model(cli, argv[1], options, err);
	if (strcmp(argv[0], "path") == 0)
		return print_path(cli, n == 2 ? argv[1] : NULL, err);
	return err_set(err, ERR_USAGE, "'model %s' is not how it goes; usage: akin model %s", argv[0],
	               usage.synopsis);
}

int cmd_model(struct cli *cli, int argc, char **argv)
{
	static const char *const poolings[] = { "mean", "cls", NULL };
	struct model_add_options add = { 0 };
	int pooling = -1, status;
	const struct option options[] = {
		{ OPTION_TEXT, 0, "name", &add.name, "NAME", "add: its name (default: the folder's)", 0, 0,
		  NULL },
		{ OPTION_TEXT, 0, "query-prefix", &add.query_prefix, "TEXT", "add: put before questions", 0,
		  0, NULL },
		{ OPTION_TEXT, 0, "passage-prefix", &add.passage_prefix, "TEXT", "add: put before passages",
		  0, 0, NULL },
		{ OPTION_CHOICE, 0, "pooling", &pooling, "KIND", "add: mean or cls (default: the folder's)",
		  0, 0, poolings },
		{ 0 },
	};
	int n = cli_parse(cli, &usage, options, argc, argv, 0, 2, &status);
	if (n < 0)
		return status;
	if (pooling >= 0)
		add.pooling = poolings[pooling];
	struct err err = { 0 };
	status = run(cli, n, argv, &add, &err);
	return status < 0 ? cli_fail(cli, &err) : status;
}
