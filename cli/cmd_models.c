#include <stdlib.h>
#include <string.h>

#include "cli/command.h"
#include "cli/open.h"
#include "models/remote/catalogue.h"

static const struct usage usage = {
	.synopsis = "[OPTION…] [PROVIDER]",
	.about = "Asks a server which models it offers: the provider's (ovhcloud, litellm_proxy, openai,\n"
	         "ollama, llama-server, tei, vllm, lmstudio), or the one at --base-url. Without PROVIDER,\n"
	         "that of the model that a new index would use. The models of this machine: akin model list.",
	.example = "akin models ovhcloud",
};

static void print_model(void *ctx, const struct offered_model *m)
{
	const char *provider = ctx;
	struct buf line = buf_new(1 << 16);
	if (*provider)
		buf_printf(&line, "%s/", provider);
	text_path(&line, span_of(m->id));
	if (m->max_input_tokens)
		buf_printf(&line, "\t%lld tokens a text", (long long)m->max_input_tokens);
	if (m->known_dim)
		buf_printf(&line, "\tembeddings of %zu dimensions", m->known_dim);
	puts(buf_span(&line).p);
	buf_free(&line);
}

/* The provider of the model that a new index would use. */
static int default_provider(struct cli *cli, char name[128], struct err *err)
{
	if (open_model_name(cli, NULL, name, err) < 0)
		return -1;
	char *slash = strchr(name, '/');
	if (cli->base_url)
		name[0] = '\0';
	else if (slash)
		*slash = '\0';
	if (strcmp(name, "local") == 0)
		return err_set(err, ERR_USAGE, "which server? name a provider: akin models ovhcloud; the models "
		                               "of this machine are listed by: akin model list");
	return 0;
}

static int run(struct cli *cli, const char *provider, struct err *err)
{
	char name[128], host[256];
	if (provider && strlen(provider) >= sizeof name)
		return err_set(err, ERR_USAGE, "no provider '%.40s…'", provider);
	if (provider)
		strcpy(name, provider);
	else if (default_provider(cli, name, err) < 0)
		return -1;
	struct model_options options = cli_model_options(cli);
	if (catalogue_host(name, &options, host, sizeof host, err) < 0)
		return -1;
	cli_note(cli, "akin: asking '%s'", host);
	return catalogue_list(name, &options, print_model, name, err);
}

int cmd_models(struct cli *cli, int argc, char **argv)
{
	struct err err = { 0 };
	int status;
	int n = cli_parse(cli, &usage, NULL, argc, argv, 0, 1, &status);
	if (n < 0)
		return status;
	int found = run(cli, n ? argv[0] : NULL, &err);
	return found < 0 ? cli_fail(cli, &err) : found ? STATUS_DONE : STATUS_NOTHING;
}
