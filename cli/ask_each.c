#include "cli/ask_each.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/mem.h"
#include "cli/answer.h"
#include "cli/print_json.h"

struct paths {
	struct asking *asking;
	char **items;
	size_t n, cap;
};

static int take_path(void *ctx, const struct store_document *doc)
{
	struct paths *p = ctx;
	const struct store_filter *f = &p->asking->search.filter;
	if (f->passes && !f->passes(f->passes_ctx, doc))
		return 0;
	p->items = mem_grow(p->items, &p->cap, p->n + 1, sizeof *p->items);
	p->items[p->n++] = mem_strdup(doc->path);
	return 0;
}

static int find_paths(struct paths *p, struct err *err)
{
	const struct store_filter *f = &p->asking->search.filter;
	struct store *store = p->asking->store;
	int rc = f->n_paths ? 0 : store_documents(store, NULL, take_path, p, err);
	for (size_t i = 0; rc == 0 && i < f->n_paths; i++)
		rc = store_documents(store, f->paths[i], take_path, p, err);
	return rc;
}

/* Folders that lie in one another name a document twice. */
static int by_path(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void drop_doubles(struct paths *p)
{
	size_t kept = 0;
	if (p->n > 1)
		qsort(p->items, p->n, sizeof *p->items, by_path);
	for (size_t i = 0; i < p->n; i++) {
		if (kept && by_path(&p->items[kept - 1], &p->items[i]) == 0)
			free(p->items[i]);
		else
			p->items[kept++] = p->items[i];
	}
	p->n = kept;
}

static void print_line(const struct asking *a, const char *path, struct ask_result *r,
                       const struct err *why)
{
	cJSON *o = cJSON_CreateObject();
	json_add_text(o, "path", span_of(path));
	if (r->value)
		cJSON_AddItemToObject(o, "answer", cJSON_Duplicate(r->value, true));
	else if (r->answer && *r->answer)
		json_add_text(o, "answer", span_of(r->answer));
	else
		cJSON_AddNullToObject(o, "answer");
	if (a->ask.checked) {
		cJSON_AddNumberToObject(o, "n_claims", (double)r->check.n);
		cJSON_AddNumberToObject(o, "n_supported", (double)r->check.n_supported);
	}
	cJSON_AddBoolToObject(o, "complete", !why && r->finish == CHAT_STOP);
	cJSON_AddBoolToObject(o, "whole_document", r->all_given);
	if (why)
		json_add_text(o, "error", span_of(why->text));
	else
		cJSON_AddNullToObject(o, "error");
	print_json(stdout, o, true);
	fflush(stdout);
}

/* What no other document would fare better with. */
static bool ends_all(enum err_code code)
{
	return code == ERR_AUTH || code == ERR_MODEL || code == ERR_INTERRUPTED || code == ERR_STORE ||
	       code == ERR_NETWORK;
}

/* 0; 1: it failed, and the next may not; -1. */
static int ask_document(struct asking *a, const char *path, struct span question,
                        struct ask_result *total, struct err *err)
{
	struct conversation c = { 0 };
	struct ask_result r;
	struct err why = { 0 };
	a->ask.document = path;
	int rc = ask_prepare(&a->ask, &c, question, &r, &why);
	if (rc == 0 && !r.nothing_found)
		rc = ask_complete(&a->ask, &c, &r, &why);
	if (rc == 0 && r.nothing_found)
		rc = err_set(&why, ERR_INPUT, "it has no text in the index");
	if (rc == 0 || !ends_all(why.code))
		print_line(a, path, &r, rc < 0 ? &why : NULL);
	total->usage_known = total->usage_known || r.usage_known;
	total->prompt_tokens += r.prompt_tokens;
	total->completion_tokens += r.completion_tokens;
	total->n_requests += r.n_requests;
	ask_result_free(&r);
	conversation_free(&c);
	if (rc < 0 && ends_all(why.code)) {
		*err = why;
		return -1;
	}
	return rc < 0;
}

int ask_each(struct asking *a, struct span question, struct err *err)
{
	struct paths paths = { .asking = a };
	struct ask_result total = { 0 };
	size_t failed = 0;
	int rc = find_paths(&paths, err);
	drop_doubles(&paths);
	if (rc == 0 && paths.n) {
		a->request.stream = false;
		a->ask.note = answer_note;
		a->ask.ctx = a->cli;
		asking_say_host(a);
		cli_note(a->cli, "akin: %zu documents, a request each at least", paths.n);
	}
	for (size_t i = 0; rc >= 0 && i < paths.n; i++) {
		rc = ask_document(a, paths.items[i], question, &total, err);
		failed += rc > 0;
	}
	if (paths.n)
		answer_say_usage(a->cli, a->chat, &total);
	if (rc >= 0 && failed)
		cli_note(a->cli, "akin: %zu of %zu documents failed; their lines say why", failed, paths.n);
	if (rc >= 0 && !paths.n)
		cli_note(a->cli, "akin: no document passes the filters");
	bool any = paths.n > 0;
	for (size_t i = 0; i < paths.n; i++)
		free(paths.items[i]);
	free(paths.items);
	return rc < 0 ? -1 : !any ? STATUS_NOTHING : failed ? STATUS_ERROR : STATUS_DONE;
}
