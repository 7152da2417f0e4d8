#include <inttypes.h>

#include "base/json.h"
#include "cli/command.h"
#include "cli/open.h"
#include "cli/print_json.h"
#include "query/recall.h"

static const struct usage usage = {
	.synopsis = "[OPTION…]",
	.about = "Says which index is used, what it holds, and which texts could not be embedded.",
	.example = "akin status --json",
};

enum { FAILURES_SHOWN = 10 };

struct facts {
	const char *path;
	struct store_model model;
	struct store_counts counts;
	struct store_roots roots;
	enum store_precision precision;
	struct recall recall;
};

static int facts_read(struct facts *f, struct store *store, struct err *err)
{
	f->path = store_path(store);
	if (store_model(store, &f->model, err) < 0 || store_counts(store, &f->counts, err) < 0 ||
	    store_precision(store, &f->precision, err) < 0 || recall_load(store, &f->recall, err) < 0)
		return -1;
	return store_roots(store, &f->roots, err);
}

/* "34 KB", in powers of 1000 as file managers count. */
static void size_text(uint64_t bytes, char out[32])
{
	static const char *const units[] = { "bytes", "KB", "MB", "GB", "TB" };
	double size = (double)bytes;
	int unit = 0;
	for (; size >= 1000 && unit < 4; unit++)
		size /= 1000;
	snprintf(out, 32, unit && size < 10 ? "%.1f %s" : "%.0f %s", size, units[unit]);
}

struct failures {
	struct cli *cli;
	cJSON *list; /* NULL: for people */
	size_t n;
};

static int add_failure(void *ctx, const struct store_chunk *chunk)
{
	struct failures *f = ctx;
	const char *reason = chunk->failure ? chunk->failure : "";
	f->n++;
	if (f->list) {
		cJSON *o = cJSON_CreateObject();
		json_add_text(o, "path", span_of(chunk->path));
		cJSON_AddNumberToObject(o, "line_start", chunk->line_start);
		cJSON_AddNumberToObject(o, "line_end", chunk->line_end);
		json_add_text(o, "reason", span_of(reason));
		cJSON_AddItemToArray(f->list, o);
	} else if (f->n <= FAILURES_SHOWN || f->cli->verbose) {
		struct buf line = buf_new(1 << 20);
		text_path(&line, span_of(chunk->path));
		buf_printf(&line, ":%u: ", (unsigned)chunk->line_start);
		text_harmless(&line, span_of(reason));
		printf("  %s\n", buf_span(&line).p);
		buf_free(&line);
	}
	return 0;
}

static void print_path(const char *label, const char *path)
{
	struct buf text = buf_new(1 << 20);
	text_path(&text, span_of(path));
	printf("%-11s %s\n", label, buf_span(&text).p);
	buf_free(&text);
}

static int print_for_people(struct cli *cli, struct store *store, const struct facts *f,
                            struct err *err)
{
	char size[32];
	const struct store_counts *c = &f->counts;
	size_text(c->file_bytes, size);
	print_path("index", f->path);
	printf("%-11s %s\n", "size", size);
	if (f->model.name[0])
		printf("%-11s %s (%zu dimensions)\n", "model", f->model.name, f->model.dim);
	else
		printf("%-11s none yet\n", "model");
	printf("%-11s %" PRIu64 "\n", "documents", c->documents);
	printf("%-11s %" PRIu64 " (%" PRIu64 " tokens)\n", "passages", c->chunks, c->tokens);
	printf("%-11s %" PRIu64 " (%" PRIu64 " kept for texts that may come back)\n", "vectors", c->vectors,
	       c->unused_vectors);
	size_text(c->code_bytes, size);
	printf("%-11s %s, codes %s", "precision", f->precision == STORE_F32 ? "f32" : "f16", size);
	if (f->recall.n_questions)
		printf(" (recall@10 %.3f with %.0f vectors read, %" PRIu64 " questions)", f->recall.recall,
		       f->recall.n_exact, f->recall.n_questions);
	printf("\n");
	for (size_t i = 0; i < f->roots.n; i++)
		print_path(i ? "" : "folders", f->roots.items[i].path);
	if (!c->failed_chunks)
		return 0;
	printf("%" PRIu64 " passages could not be embedded ('akin index' tries them again):\n",
	       c->failed_chunks);
	struct failures failures = { .cli = cli };
	int rc = store_failed_chunks(store, add_failure, &failures, err);
	if (failures.n > FAILURES_SHOWN && !cli->verbose)
		printf("  and %zu more; -v shows all\n", failures.n - FAILURES_SHOWN);
	return rc;
}

static int print_as_json(struct cli *cli, struct store *store, const struct facts *f, struct err *err)
{
	const struct store_counts *c = &f->counts;
	cJSON *o = cJSON_CreateObject();
	cJSON_AddNumberToObject(o, "schema", 1);
	json_add_text(o, "index", span_of(f->path));
	cJSON_AddNumberToObject(o, "file_bytes", (double)c->file_bytes);
	if (f->model.name[0])
		json_add_text(o, "model", span_of(f->model.name));
	else
		cJSON_AddNullToObject(o, "model");
	cJSON_AddNumberToObject(o, "dimensions", (double)f->model.dim);
	cJSON_AddNumberToObject(o, "documents", (double)c->documents);
	cJSON_AddNumberToObject(o, "chunks", (double)c->chunks);
	cJSON_AddNumberToObject(o, "failed_chunks", (double)c->failed_chunks);
	cJSON_AddNumberToObject(o, "tokens", (double)c->tokens);
	cJSON_AddNumberToObject(o, "vectors", (double)c->vectors);
	cJSON_AddNumberToObject(o, "unused_vectors", (double)c->unused_vectors);
	cJSON_AddStringToObject(o, "precision", f->precision == STORE_F32 ? "f32" : "f16");
	cJSON_AddNumberToObject(o, "code_bytes", (double)c->code_bytes);
	if (f->recall.n_questions)
		cJSON_AddNumberToObject(o, "recall_at_10", f->recall.recall);
	else
		cJSON_AddNullToObject(o, "recall_at_10");
	cJSON *roots = cJSON_AddArrayToObject(o, "roots");
	for (size_t i = 0; i < f->roots.n; i++) {
		cJSON *root = cJSON_CreateObject();
		json_add_text(root, "path", span_of(f->roots.items[i].path));
		cJSON_AddItemToArray(roots, root);
	}
	struct failures failures = { .cli = cli, .list = cJSON_AddArrayToObject(o, "failures") };
	if (store_failed_chunks(store, add_failure, &failures, err) < 0) {
		cJSON_Delete(o);
		return -1;
	}
	print_json(stdout, o, false);
	return 0;
}

int cmd_status(struct cli *cli, int argc, char **argv)
{
	bool json = false;
	const struct option options[] = {
		{ OPTION_FLAG, 0, "json", &json, NULL, "one JSON object", 0, 0, NULL },
		{ 0 },
	};
	struct err err = { 0 };
	int status;
	if (cli_parse(cli, &usage, options, argc, argv, 0, 0, &status) < 0)
		return status;
	struct facts f = { 0 };
	struct store *store = open_index(cli, STORE_READ, &err);
	int rc = store ? facts_read(&f, store, &err) : -1;
	if (rc == 0)
		rc = json ? print_as_json(cli, store, &f, &err) : print_for_people(cli, store, &f, &err);
	store_roots_free(&f.roots);
	store_close(store);
	return rc < 0 ? cli_fail(cli, &err) : STATUS_DONE;
}
