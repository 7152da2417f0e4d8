#include "cli/command.h"

#include <stdarg.h>
#include <string.h>

#define NO_KEYS \
	"other users could read it there; set the provider's variable instead, e.g. " \
	"OVHCLOUD_API_KEY for ovhcloud/…, OPENAI_API_KEY for openai/…"

enum { N_GLOBAL = 24 };

/* The table points into *cli, so it is built for each. */
static void global_options(struct cli *cli, struct option rows[N_GLOBAL])
{
	static const char *const when[] = { "auto", "always", "never", NULL };
	const struct option table[] = {
		{ OPTION_TEXT, 0, "db", &cli->db, "FILE", "the index (else $AKIN_DB)", 0, 0, NULL },
		{ OPTION_TEXT, 0, "model", &cli->model, "NAME",
		  "provider/model (else $AKIN_MODEL, else the index's)", 0, 0, NULL },
		{ OPTION_TEXT, 0, "base-url", &cli->base_url, "URL", "another server for the model", 0, 0,
		  NULL },
		{ OPTION_TEXT, 0, "models", &cli->models_dir, "DIR", "where local models are", 0, 0, NULL },
		{ OPTION_TEXT, 0, "ca-file", &cli->ca_file, "FILE", "certificates to trust", 0, 0, NULL },
		{ OPTION_NUMBER, 0, "threads", &cli->threads, "N", "of the local model (default: one a core)",
		  1, 256, NULL },
		{ OPTION_NUMBER, 0, "requests-per-minute", &cli->requests_per_minute, "N",
		  "what your contract with the server allows", 1, 1000000, NULL },
		{ OPTION_NUMBER, 0, "max-in-flight", &cli->max_in_flight, "N",
		  "requests at once, at most", 1, 256, NULL },
		{ OPTION_NUMBER, 0, "connect-timeout", &cli->connect_timeout_s, "SEC",
		  "for a connection to the server (10)", 1, 3600, NULL },
		{ OPTION_NUMBER, 0, "first-byte-timeout", &cli->first_byte_timeout_s, "SEC",
		  "until a reply begins (default: none)", 1, 3600, NULL },
		{ OPTION_NUMBER, 0, "timeout", &cli->timeout_s, "SEC",
		  "for a whole request (default: by provider, 120 to 600)", 1, 3600, NULL },
		{ OPTION_NUMBER, 0, "patience", &cli->patience_s, "SEC",
		  "without any progress before giving up (300)", 1, 86400, NULL },
		{ OPTION_CHOICE, 0, "color", &cli->color, "WHEN", "auto, always or never", 0, 0, when },
		{ OPTION_FLAG, 'q', "quiet", &cli->quiet, NULL, "errors only on stderr", 0, 0, NULL },
		{ OPTION_FLAG, 'v', "verbose", &cli->verbose, NULL, "say more on stderr", 0, 0, NULL },
		{ OPTION_FLAG, 'h', "help", &cli->help, NULL, "this text", 0, 0, NULL },
		{ OPTION_REFUSED, 0, "api-key", NULL, NULL, NO_KEYS, 0, 0, NULL },
		{ OPTION_REFUSED, 0, "key", NULL, NULL, NO_KEYS, 0, 0, NULL },
		{ OPTION_REFUSED, 0, "token", NULL, NULL, NO_KEYS, 0, 0, NULL },
		{ 0 },
	};
	memcpy(rows, table, sizeof table);
}

const struct command *command_find(const char *name)
{
	for (const struct command *c = commands; c->name; c++)
		if (strcmp(c->name, name) == 0 || (c->alias && strcmp(c->alias, name) == 0))
			return c;
	return NULL;
}

int cli_parse_early(struct cli *cli, int argc, char **argv, struct err *err)
{
	struct option rows[N_GLOBAL];
	global_options(cli, rows);
	return options_parse(NULL, rows, argc, argv, true, err);
}

/* What neither flag, environment nor file says stays NULL. */
static int settle(struct cli *cli, struct err *err)
{
	if (config_load(&cli->config, err) < 0)
		return -1;
	char *const *values = cli->config.values;
	cli->model_is_asked = cli->model != NULL;
	cli->base_url_is_asked = cli->base_url != NULL;
	if (!cli->db)
		cli->db = values[SETTING_DB];
	if (!cli->model)
		cli->model = values[SETTING_MODEL];
	if (!cli->base_url)
		cli->base_url = values[SETTING_BASE_URL];
	if (!cli->ca_file)
		cli->ca_file = values[SETTING_CA_FILE];
	return 0;
}

static int wrong_number(const struct cli *cli, const struct usage *usage, bool few, const char *extra,
                        struct err *err)
{
	if (few)
		return err_set(err, ERR_USAGE, "too few arguments; usage: akin %s %s", cli->command->name,
		               usage->synopsis);
	return err_set(err, ERR_USAGE, "unexpected argument '%s'; usage: akin %s %s", extra,
	               cli->command->name, usage->synopsis);
}

int cli_parse(struct cli *cli, const struct usage *usage, const struct option *own, int argc,
              char **argv, int least, int most, int *status)
{
	struct option rows[N_GLOBAL];
	struct err err = { 0 };
	global_options(cli, rows);
	int n = options_parse(own, rows, argc, argv, false, &err);
	terminal_init(&cli->out, stdout, (enum color_mode)cli->color);
	terminal_init(&cli->err, stderr, (enum color_mode)cli->color);
	if (n >= 0 && cli->help) {
		cli_help(cli, cli->command, usage, own);
		*status = STATUS_DONE;
		return -1;
	}
	if (n >= 0 && n < least)
		n = wrong_number(cli, usage, true, NULL, &err);
	else if (n >= 0 && most >= 0 && n > most)
		n = wrong_number(cli, usage, false, argv[most], &err);
	if (n < 0 || settle(cli, &err) < 0) {
		*status = cli_fail(cli, &err);
		return -1;
	}
	return n;
}

void cli_release(struct cli *cli)
{
	config_free(&cli->config);
}

int cli_fail(struct cli *cli, const struct err *err)
{
	struct buf line = buf_new(sizeof err->text * 3);
	text_harmless(&line, span_of(err->text));
	fprintf(stderr, "%sakin:%s %s\n", terminal_style(&cli->err, STYLE_ERROR),
	        terminal_style(&cli->err, STYLE_PLAIN), buf_span(&line).p);
	buf_free(&line);
	return err->code == ERR_INTERRUPTED ? STATUS_INTERRUPT : STATUS_ERROR;
}

void cli_note(struct cli *cli, const char *fmt, ...)
{
	if (cli->quiet)
		return;
	struct err line = { 0 }; /* for its formatting: one printable line */
	char text[sizeof line.text];
	va_list ap;
	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	struct buf out = buf_new(sizeof text * 3);
	text_harmless(&out, span_of(text));
	fprintf(stderr, "%s\n", buf_span(&out).p);
	buf_free(&out);
}

void cli_help(struct cli *cli, const struct command *command, const struct usage *usage,
              const struct option *own)
{
	struct option rows[N_GLOBAL];
	struct buf out = buf_new(1 << 16);
	global_options(cli, rows);
	buf_printf(&out, "akin %s: %s\n\nusage: akin %s %s\n", command->name, command->summary,
	           command->name, usage->synopsis);
	if (command->alias)
		buf_printf(&out, "       akin %s %s\n", command->alias, usage->synopsis);
	if (usage->about)
		buf_printf(&out, "\n%s\n", usage->about);
	if (own && own->name) {
		buf_add_str(&out, "\noptions:\n");
		options_help(own, &out);
	}
	buf_add_str(&out, "\nfor every command:\n");
	options_help(rows, &out);
	buf_printf(&out, "\nexample:\n  %s\n", usage->example);
	fputs(buf_span(&out).p, stdout);
	buf_free(&out);
}

void cli_overview(struct cli *cli, FILE *file)
{
	struct option rows[N_GLOBAL];
	struct buf out = buf_new(1 << 16);
	global_options(cli, rows);
	buf_add_str(&out, "akin finds what is akin to what you ask, in the folders of this machine.\n\n"
	                  "usage: akin COMMAND [OPTION…] [ARGUMENT…]\n\ncommands:\n");
	for (const struct command *c = commands; c->name; c++)
		buf_printf(&out, "  %-10s  %s\n", c->name, c->summary);
	buf_add_str(&out, "\nfor every command:\n");
	options_help(rows, &out);
	buf_add_str(&out, "\nexample:\n  akin index ~/notes\n"
	                  "  akin search \"how much notice must a tenant give\"\n\n"
	                  "'akin help COMMAND' tells more.\n");
	fputs(buf_span(&out).p, file);
	buf_free(&out);
}

struct model_options cli_model_options(const struct cli *cli)
{
	return (struct model_options){
		.base_url = cli->base_url,
		.models_dir = cli->models_dir,
		.ca_file = cli->ca_file,
		.threads = (size_t)cli->threads,
		.requests_per_minute = (double)cli->requests_per_minute,
		.max_in_flight = (size_t)cli->max_in_flight,
		.connect_timeout_ms = (int)cli->connect_timeout_s * 1000,
		.first_byte_timeout_ms = (int)cli->first_byte_timeout_s * 1000,
		.total_timeout_ms = (int)cli->timeout_s * 1000,
		.patience_ms = (int)cli->patience_s * 1000,
	};
}
