/* What `akin ask` and `akin chat` share: their flags, and what a question is asked with. */
#ifndef AKIN_CLI_ASKING_H
#define AKIN_CLI_ASKING_H

#include <stdbool.h>
#include <stdint.h>

#include "ask/ask.h"
#include "cli/command.h"
#include "cli/filter.h"
#include "cli/options.h"

/* The flags, as given. */
struct asking_flags {
	const char *chat_model, *chat_base_url; /* NULL: the configuration's, else the default */
	const char *system, *user, *tools, *min_score, *temperature, *top_p;
	struct option_list stop, images;
	uint64_t max_tokens, budget; /* 0: not given */
	bool no_search, no_stream, agent, reasoning;
	int mode;
	struct filter_flags filter;
};

/* Their rows in a command's table, each a comma behind; f: struct asking_flags. */
#define ASKING_ROWS(f) \
	{ OPTION_TEXT, 0, "chat-model", &(f).chat_model, "NAME", \
	  "provider/model that answers (default " CHAT_MODEL_DEFAULT ")", 0, 0, NULL }, \
	{ OPTION_TEXT, 0, "chat-base-url", &(f).chat_base_url, "URL", \
	  "its server, where it is not --base-url's", 0, 0, NULL }, \
	{ OPTION_NUMBER, 0, "budget", &(f).budget, "N", \
	  "tokens of sources at most (default 4000, less in a small context)", 50, 1000000, NULL }, \
	{ OPTION_FLAG, 0, "no-search", &(f).no_search, NULL, "ask the model alone, without sources", 0, \
	  0, NULL }, \
	{ OPTION_FLAG, 0, "agent", &(f).agent, NULL, "the model searches and reads by itself", 0, 0, \
	  NULL }, \
	{ OPTION_TEXT, 0, "tools", &(f).tools, "FILE", "functions of yours that it may call (JSON)", 0, \
	  0, NULL }, \
	{ OPTION_LIST, 0, "image", &(f).images, "FILE", "a picture beside the question", 0, 0, NULL }, \
	{ OPTION_TEXT, 0, "system", &(f).system, "TEXT", "more instructions for the model", 0, 0, NULL }, \
	{ OPTION_NUMBER, 0, "max-tokens", &(f).max_tokens, "N", "of the answer", 1, 1000000, NULL }, \
	{ OPTION_TEXT, 0, "temperature", &(f).temperature, "X", "0 to 2", 0, 0, NULL }, \
	{ OPTION_TEXT, 0, "top-p", &(f).top_p, "X", "0 to 1", 0, 0, NULL }, \
	{ OPTION_LIST, 0, "stop", &(f).stop, "TEXT", "where the answer ends", 0, 0, NULL }, \
	{ OPTION_TEXT, 0, "user", &(f).user, "NAME", "whom the server is told it is for", 0, 0, NULL }, \
	{ OPTION_FLAG, 0, "no-stream", &(f).no_stream, NULL, "the answer when it is whole", 0, 0, NULL }, \
	{ OPTION_FLAG, 0, "reasoning", &(f).reasoning, NULL, "show what the model thinks (stderr)", 0, 0, \
	  NULL }, \
	{ OPTION_CHOICE, 0, "mode", &(f).mode, "MODE", "hybrid (default), dense, lexical", 0, 0, \
	  asking_modes }, \
	{ OPTION_TEXT, 0, "min-score", &(f).min_score, "N", "of the best passages (default 3, of 100)", 0, \
	  0, NULL }, \
	FILTER_FLAG_ROWS(&(f).filter)
extern const char *const asking_modes[];

/* Everything open; ask borrows from it. */
struct asking {
	struct cli *cli;
	struct store *store;
	struct embedder *embedder;
	struct chat *chat;
	struct path_filter paths;
	struct search_filter conditions;
	struct search_options search;
	struct user_tools tools;
	char **images;
	size_t n_images;
	struct chat_request request;
	struct ask ask; /* show, note and ctx are the caller's to set */
};

/* Opens what the flags ask for. asks false: no model of a server is opened, since nothing will
 * be sent. Close with asking_close, also where it failed. */
int asking_open(struct asking *a, struct cli *cli, const struct asking_flags *flags, bool asks,
                char **paths, size_t n_paths, struct err *err);
void asking_close(struct asking *a);

/* Another model from now on; where that fails, the one before stays. */
int asking_change_model(struct asking *a, const struct asking_flags *flags, const char *model,
                        struct err *err);

/* Says on stderr where the question, and what else, goes. Before the first byte. */
void asking_say_host(const struct asking *a);

#endif
