/* A question answered from an index by a language model, with checked citations: search, a
 * pack of sources, the answer as it streams, what the model looks up by itself. Prints
 * nothing, so that the command line and servers share it. */
#ifndef AKIN_ASK_ASK_H
#define AKIN_ASK_ASK_H

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stddef.h>

#include "ask/cite.h"
#include "ask/sources.h"
#include "ask/user_tools.h"
#include "base/err.h"
#include "base/span.h"
#include "models/chat.h"
#include "models/embedder.h"
#include "query/search.h"
#include "store/store.h"

#define ASK_BUDGET 4000    /* tokens of sources, where the model's context allows it */
#define ASK_MAX_ROUNDS 8   /* of calls, until the model has to answer */

/* Who is asked, and how. Everything is borrowed. */
struct ask {
	struct store *store;       /* NULL: the model alone, without sources */
	struct embedder *embedder; /* NULL: the search is by words alone */
	struct chat *chat;         /* NULL: only ask_prepare is called */
	const struct search_options *search; /* k is set by the budget */
	const char *document;      /* path of the one document that is given, from its beginning, and
	                              nothing is searched; NULL: none */
	size_t budget;             /* tokens of sources; 0: ASK_BUDGET, less in a small context */
	bool agent;                /* the model searches by itself; nothing is searched before */
	const struct user_tools *tools; /* NULL: none */
	const char *system;        /* behind the rules; without a store, the whole of them. NULL: none */
	char *const *images;       /* [n_images] data URLs, beside the question */
	size_t n_images;
	bool checked;              /* citations are asked for, checked, and marked while it streams;
	                              else sources are for JSON (request->schema) */
	const struct chat_request *request; /* max_tokens and the like, schema, stream; stopped */
	const cJSON *schema;       /* that the answer has to be valid by, as JSON (base/json_schema.h);
	                              with a request->schema; NULL: none */
	/* the answer, as a person reads it, as it comes (ask/cite.h); NULL: none */
	cite_show *show;
	/* the model's reasoning, as it comes; NULL: it is hidden */
	cite_show *show_reasoning;
	/* a line for people: what the model looked up, that the sources had to shrink; NULL: none */
	void (*note)(void *ctx, const char *line);
	void *ctx;
};

/* What has been said so far. Starts as {0}; sources keep their numbers. */
struct conversation {
	struct chat_messages messages;
	struct sources sources;
	size_t question_at;  /* of messages: the last question, ask_prepare's */
	size_t *given;       /* [n_given] numbers of the sources given with it */
	size_t n_given;
	char *question;      /* it, as it was asked */
};
void conversation_free(struct conversation *c);

struct ask_result {
	bool nothing_found;   /* no passage answers that: the model was not asked */
	double best_score, least_score; /* then, as of struct hits */
	char *standalone;     /* what was searched for, where the question was rewritten; NULL */
	char *answer;         /* as the model wrote it; "" */
	char *reasoning;      /* NULL: none */
	cJSON *value;         /* with a schema: the answer, valid; NULL: it is not */
	struct cite_check check; /* of the answer, where it was to be checked */
	enum chat_finish finish;
	char model[128];      /* as the server names it */
	bool usage_known;
	uint64_t prompt_tokens, completion_tokens; /* of all requests */
	size_t n_requests, n_calls;
	size_t budget, n_excerpts; /* what the sources were packed into, and how many they are */
	bool all_given;       /* no passage was left out or cut for the budget's sake */
	double search_ms, first_token_ms, total_ms; /* first_token_ms of the answer; NAN: none */
};
void ask_result_free(struct ask_result *r); /* contents only */

/* Searches, and adds the question with its sources (and the rules, when it is the first) to
 * the conversation. With messages before it, the question is first rewritten to stand alone
 * (a request of its own). 0, also when nothing was found (r->nothing_found, and the
 * conversation is as it was); -1. */
int ask_prepare(const struct ask *a, struct conversation *c, struct span question,
                struct ask_result *r, struct err *err);

/* Asks the model, carries out what it calls, and checks the answer, which is added to the
 * conversation. A context that is too small makes the sources shrink, which is noted. An answer
 * that the schema does not allow is sent back once with what is wrong; ERR_REPLY when the next
 * is no better. -1 as chat_complete; what came until then is in r, and the conversation is
 * without the question. */
int ask_complete(const struct ask *a, struct conversation *c, struct ask_result *r, struct err *err);

#endif
