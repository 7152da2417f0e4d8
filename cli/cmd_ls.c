#define _POSIX_C_SOURCE 200809L
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "base/json.h"
#include "cli/command.h"
#include "cli/filter.h"
#include "cli/open.h"
#include "cli/paths.h"
#include "cli/print_json.h"

static const struct usage usage = {
	.synopsis = "[OPTION…] [PATH]",
	.about = "Lists the documents of the index, or those at PATH or below it: passages, path.",
	.example = "akin ls ~/notes",
};

struct listing {
	struct cli *cli;
	char *cwd;
	bool json, nul;
	size_t n;
};

static void add_text_or_null(cJSON *o, const char *name, const char *text)
{
	if (text)
		json_add_text(o, name, span_of(text));
	else
		cJSON_AddNullToObject(o, name);
}

static cJSON *as_json(const struct store_document *doc)
{
	cJSON *o = cJSON_CreateObject();
	json_add_text(o, "path", span_of(doc->path));
	add_text_or_null(o, "title", doc->title);
	add_text_or_null(o, "author", doc->author);
	add_text_or_null(o, "date", doc->date);
	if (doc->n_pages)
		cJSON_AddNumberToObject(o, "pages", doc->n_pages);
	else
		cJSON_AddNullToObject(o, "pages");
	cJSON_AddStringToObject(o, "format", doc->format);
	cJSON_AddNumberToObject(o, "size", (double)doc->size);
	char when[32] = "";
	time_t seconds = (time_t)(doc->mtime_ns / 1000000000);
	struct tm tm;
	if (gmtime_r(&seconds, &tm))
		strftime(when, sizeof when, "%Y-%m-%dT%H:%M:%SZ", &tm);
	cJSON_AddStringToObject(o, "modified", when);
	cJSON_AddNumberToObject(o, "chunks", doc->n_chunks);
	cJSON_AddNumberToObject(o, "failed", doc->n_failed);
	return o;
}

static void print_row(const struct listing *l, const struct store_document *doc)
{
	struct buf path = buf_new(1 << 20);
	const struct terminal *t = &l->cli->out;
	text_path(&path, span_of(path_from(doc->path, l->cwd ? l->cwd : "/")));
	printf("%6u  %s%s%s", (unsigned)doc->n_chunks, terminal_style(t, STYLE_PATH),
	       buf_span(&path).p, terminal_style(t, STYLE_PLAIN));
	if (doc->n_pages)
		printf("  %u page%s", (unsigned)doc->n_pages, doc->n_pages == 1 ? "" : "s");
	if (doc->n_failed)
		printf("  (%u failed)", (unsigned)doc->n_failed);
	putchar('\n');
	buf_free(&path);
}

static int print_document(void *ctx, const struct store_document *doc)
{
	struct listing *l = ctx;
	if (l->json) {
		fputs(l->n ? ",\n" : "", stdout);
		char *text = NULL;
		cJSON *tree = as_json(doc);
		text = cJSON_PrintUnformatted(tree);
		fputs(text ? text : "{}", stdout);
		free(text);
		cJSON_Delete(tree);
	} else if (l->nul) {
		fputs(doc->path, stdout);
		putchar('\0');
	} else {
		print_row(l, doc);
	}
	l->n++;
	return 0;
}

static int list(struct listing *l, struct store *store, char **paths, int n, struct err *err)
{
	struct path_filter filter = { 0 };
	int rc = path_filter_make(&filter, store, paths, (size_t)n, err);
	if (rc == 0 && l->json)
		puts("[");
	if (rc == 0)
		rc = store_documents(store, n ? filter.paths[0] : NULL, print_document, l, err);
	if (rc == 0 && l->json)
		puts(l->n ? "\n]" : "]");
	path_filter_free(&filter);
	return rc;
}

int cmd_ls(struct cli *cli, int argc, char **argv)
{
	struct listing l = { .cli = cli };
	const struct option options[] = {
		{ OPTION_FLAG, 0, "json", &l.json, NULL, "a JSON array", 0, 0, NULL },
		{ OPTION_FLAG, '0', "null", &l.nul, NULL, "paths only, each ended by a NUL", 0, 0, NULL },
		{ 0 },
	};
	struct err err = { 0 };
	int status;
	int n = cli_parse(cli, &usage, options, argc, argv, 0, 1, &status);
	if (n < 0)
		return status;
	struct store *store = open_index(cli, STORE_READ, &err);
	l.cwd = getcwd(NULL, 0);
	int rc = store ? list(&l, store, argv, n, &err) : -1;
	free(l.cwd);
	store_close(store);
	if (rc < 0)
		return cli_fail(cli, &err);
	if (!l.n)
		cli_note(cli, "akin: the index is empty");
	return l.n ? STATUS_DONE : STATUS_NOTHING;
}
