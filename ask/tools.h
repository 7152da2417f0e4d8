/* What a model may do in `akin ask --agent`: look at what is indexed, and call the functions
 * that the user's own file names. Every call is answered, errors in words by which the model
 * can mend it; nothing outside the index is seen, nothing that is not named is run. */
#ifndef AKIN_ASK_TOOLS_H
#define AKIN_ASK_TOOLS_H

#include "ask/sources.h"
#include "ask/user_tools.h"
#include "models/chat.h"
#include "models/embedder.h"
#include "query/search.h"
#include "store/store.h"

struct tools {
	struct store *store;
	struct embedder *embedder;      /* NULL: words only */
	const struct search_options *search; /* mode and filter that bound every call */
	struct sources *sources;        /* what search and read show is added: it can be cited */
	const struct user_tools *user;  /* NULL: none */
	bool index_tools;               /* search, read, list are offered */
	bool (*stopped)(void *ctx);     /* NULL: never */
	void *ctx;
};

/* The functions as the request names them: search(query, filters, k), read(path, from, count),
 * list(glob), then the user's. *list is the caller's to free; its strings are not. */
size_t tools_list(const struct tools *t, struct chat_tool **list);

/* Carries out a call, and adds its result to out (at most 64 KB): text for the model. `said`,
 * if not NULL, gets one line for people: what was done and what came of it. -1 only for what
 * ends the run (ERR_STORE, ERR_INTERRUPTED, ERR_NETWORK); a call that is wrong is answered. */
int tools_call(const struct tools *t, const struct chat_call *call, struct buf *out,
               struct buf *said, struct err *err);

#endif
