#include "cli/open.h"

#include <string.h>

struct store *open_index(struct cli *cli, enum store_mode mode, struct err *err)
{
	struct store *store = store_open(cli->db, mode, err);
	if (!store && err->code == ERR_INPUT)
		err_set(err, ERR_INPUT, "no index at '%s'; make one with: akin index FOLDER", cli->db);
	return store;
}

int open_model_name(struct cli *cli, struct store *store, char name[128], struct err *err)
{
	struct store_model model = { 0 };
	if (store && store_model(store, &model, err) < 0)
		return -1;
	if (model.name[0] && cli->model_is_asked && strcmp(cli->model, model.name) != 0)
		return err_set(err, ERR_MODEL,
		               "the index '%s' was made with '%s', not '%s'; leave --model out, or make "
		               "another index with --db FILE",
		               cli->db, model.name, cli->model);
	const char *wanted = model.name[0] ? model.name : cli->model ? cli->model : model_default();
	if (strlen(wanted) >= 128)
		return err_set(err, ERR_USAGE, "the model's name is too long: '%.40s…'", wanted);
	strcpy(name, wanted);
	return 0;
}

struct embedder *open_model(struct cli *cli, struct store *store, struct err *err)
{
	char name[128];
	if (open_model_name(cli, store, name, err) < 0)
		return NULL;
	struct model_options options = cli_model_options(cli);
	/* a server that the environment or the configuration names for other models is
	 * none for this one; one that was asked for is an error that model_open tells */
	if (strncmp(name, "local/", 6) == 0 && !cli->base_url_is_asked)
		options.base_url = NULL;
	return model_open(name, &options, err);
}

void open_say_host(struct cli *cli, const struct embedder *embedder, const char *what)
{
	if (embedder->host[0])
		cli_note(cli, "akin: %s to '%s' (%s)", what, embedder->host, embedder->model);
}
