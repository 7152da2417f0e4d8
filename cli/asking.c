#include "cli/asking.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "cli/interrupt.h"
#include "cli/open.h"
#include "models/image_fit.h"

const char *const asking_modes[] = { "hybrid", "dense", "lexical", NULL };

static bool stopped(void *ctx)
{
	(void)ctx;
	return interrupt_signal() != 0;
}

/* NAN where the flag was not given. */
static int read_number(const char *flag, const char *text, double low, double high, double *value,
                       struct err *err)
{
	char *end = NULL;
	*value = NAN;
	if (!text)
		return 0;
	*value = strtod(text, &end);
	if (*end || !(*value >= low && *value <= high))
		return err_set(err, ERR_USAGE, "%s wants a number from %g to %g, not '%s'", flag, low, high,
		               text);
	return 0;
}

static int read_request(struct asking *a, const struct asking_flags *f, struct err *err)
{
	a->request = (struct chat_request){
		.max_tokens = f->max_tokens, .stop = f->stop.items, .n_stop = f->stop.n, .user = f->user,
		.stream = !f->no_stream, .stopped = stopped,
	};
	if (f->stop.n > 4)
		return err_set(err, ERR_USAGE, "--stop may be given four times at most");
	if (read_number("--temperature", f->temperature, 0, 2, &a->request.temperature, err) < 0)
		return -1;
	return read_number("--top-p", f->top_p, 0, 1, &a->request.top_p, err);
}

static int read_images(struct asking *a, const struct option_list *files, struct err *err)
{
	a->images = mem_zalloc(files->n + 1, sizeof *a->images);
	for (size_t i = 0; i < files->n; i++) { /* they go in one request */
		if (image_file_url(files->items[i], IMAGE_MAX_BYTES / files->n, &a->images[i], err) < 0)
			return -1;
		a->n_images++;
	}
	return 0;
}

/* A question to an empty index is a mistake, not one without an answer. */
static int open_filled_index(struct asking *a, struct err *err)
{
	int64_t last = 0;
	a->store = open_index(a->cli, STORE_READ, err);
	if (!a->store || store_last_document(a->store, &last, err) < 0)
		return -1;
	if (last == 0)
		return err_set(err, ERR_INPUT, "the index '%s' is empty; fill it with: akin index FOLDER",
		               a->cli->db);
	return 0;
}

/* The flags and paths that narrow every search. */
static int read_search(struct asking *a, const struct asking_flags *f, char **paths, size_t n_paths,
                       struct err *err)
{
	double least;
	if (read_number("--min-score", f->min_score, -1e9, 1e9, &least, err) < 0 ||
	    filter_flags_read(&f->filter, &a->conditions, err) < 0 ||
	    path_filter_make(&a->paths, a->store, paths, n_paths, err) < 0)
		return -1;
	a->search = (struct search_options){ .mode = (enum search_mode)f->mode, .min_score = least,
		                             .filter = path_filter_of(&a->paths) };
	if (a->conditions.n) {
		a->search.filter.passes = search_filter_test;
		a->search.filter.passes_ctx = &a->conditions;
	}
	return 0;
}

/* A server that --base-url names is the chat model's, too; an index whose model runs inside
 * the program has none. */
static int open_embedder(struct asking *a, struct err *err)
{
	bool asked = a->cli->base_url_is_asked;
	a->cli->base_url_is_asked = false;
	a->embedder = open_model(a->cli, a->store, err);
	a->cli->base_url_is_asked = asked;
	return a->embedder ? 0 : -1;
}

/* model NULL: the settings', else the default. */
static struct chat *open_chat(struct asking *a, const struct asking_flags *f, const char *model,
                              struct err *err)
{
	struct model_options options = cli_model_options(a->cli);
	char *const *settings = a->cli->config.values;
	const char *url = f->chat_base_url ? f->chat_base_url : settings[SETTING_CHAT_BASE_URL];
	if (url)
		options.base_url = url;
	if (!model)
		model = settings[SETTING_CHAT_MODEL] ? settings[SETTING_CHAT_MODEL] : CHAT_MODEL_DEFAULT;
	struct chat *chat = chat_open(model, &options, err);
	if (chat && f->images.n && !chat->sees_images) {
		err_set(err, ERR_USAGE, "'%s' takes no pictures; one that does is "
		        "ovhcloud/Mistral-Small-3.2-24B-Instruct-2506 (--chat-model)", chat->model);
		chat_close(chat);
		return NULL;
	}
	return chat;
}

int asking_change_model(struct asking *a, const struct asking_flags *f, const char *model,
                        struct err *err)
{
	struct chat *chat = open_chat(a, f, model, err);
	if (!chat)
		return -1;
	chat_close(a->chat);
	a->chat = chat;
	a->ask.chat = chat;
	return 0;
}

static int check(const struct asking_flags *f, size_t n_paths, struct err *err)
{
	if (f->no_search && (f->agent || n_paths))
		return err_set(err, ERR_USAGE, "--no-search does not go with %s",
		               f->agent ? "--agent" : "a PATH");
	return 0;
}

int asking_open(struct asking *a, struct cli *cli, const struct asking_flags *f, bool asks,
                char **paths, size_t n_paths, struct err *err)
{
	a->cli = cli;
	if (check(f, n_paths, err) < 0 || read_request(a, f, err) < 0 || read_images(a, &f->images, err) < 0)
		return -1;
	if (f->tools && user_tools_read(f->tools, &a->tools, err) < 0)
		return -1;
	if (asks && asking_change_model(a, f, f->chat_model, err) < 0)
		return -1;
	if (!f->no_search) {
		if (open_filled_index(a, err) < 0 || read_search(a, f, paths, n_paths, err) < 0)
			return -1;
		if (a->search.mode != SEARCH_LEXICAL && open_embedder(a, err) < 0)
			return -1;
	}
	a->ask = (struct ask){
		.store = a->store, .embedder = a->embedder, .chat = a->chat, .search = &a->search,
		.budget = (size_t)f->budget, .agent = f->agent, .tools = f->tools ? &a->tools : NULL,
		.system = f->system, .images = a->images, .n_images = a->n_images,
		.checked = a->store != NULL, .request = &a->request,
	};
	return 0;
}

void asking_close(struct asking *a)
{
	for (size_t i = 0; i < a->n_images; i++)
		free(a->images[i]);
	free(a->images);
	chat_close(a->chat);
	embedder_close(a->embedder);
	path_filter_free(&a->paths);
	search_filter_free(&a->conditions);
	store_close(a->store);
	user_tools_free(&a->tools);
}

void asking_say_host(const struct asking *a)
{
	const char *what = a->store ? "the question and passages go" : "the question goes";
	cli_note(a->cli, "akin: %s to '%s' (%s)", what, a->chat->host, a->chat->model);
	if (a->embedder && a->embedder->host[0])
		open_say_host(a->cli, a->embedder, "the question goes");
}
