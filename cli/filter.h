/* What narrows a command to part of the index: PATH arguments, and the flags that say
 * what title:, author:, path:, type:, lang:, since: and before: say in a question. */
#ifndef AKIN_CLI_FILTER_H
#define AKIN_CLI_FILTER_H

#include "base/err.h"
#include "cli/options.h"
#include "query/search_filter.h"
#include "store/store.h"

struct path_filter {
	char **paths; /* absolute; owned */
	size_t n;
};

/* ERR_INPUT for a path with nothing indexed at it or below: a typing error must
 * not look like an empty result. */
int path_filter_make(struct path_filter *f, struct store *store, char **typed, size_t n,
                     struct err *err);
void path_filter_free(struct path_filter *f);

/* Borrows from f. */
struct store_filter path_filter_of(const struct path_filter *f);

/* The values of the flags, and the rows that a command's table of options has for them. */
struct filter_flags {
	struct option_list values[N_FILTER_FIELDS];
};
#define FILTER_FLAG_ROWS(f) \
	{ OPTION_LIST, 't', "type", &(f)->values[FILTER_TYPE], "TYPE", \
	  "a format, an extension, or code, text, doc, data", 0, 0, NULL }, \
	{ OPTION_LIST, 'g', "glob", &(f)->values[FILTER_PATH], "GLOB", \
	  "paths: a pattern, '*.md' or 'notes/**', or a part", 0, 0, NULL }, \
	{ OPTION_LIST, 0, "title", &(f)->values[FILTER_TITLE], "WORDS", "in the document's title", 0, \
	  0, NULL }, \
	{ OPTION_LIST, 0, "author", &(f)->values[FILTER_AUTHOR], "NAME", "in its author's name", 0, 0, NULL }, \
	{ OPTION_LIST, 0, "lang", &(f)->values[FILTER_LANG], "CODE", \
	  "the document's language: en, de, zh", 0, 0, NULL }, \
	{ OPTION_LIST, 0, "since", &(f)->values[FILTER_SINCE], "DATE", \
	  "of 2024, 2024-05, 2024-05-17, or 3d, 1y ago, or later", 0, 0, NULL }, \
	{ OPTION_LIST, 0, "before", &(f)->values[FILTER_BEFORE], "DATE", "older than that", 0, 0, NULL }

/* Adds them to the filter; a value that starts with "!" is one that documents may not
 * have. ERR_USAGE as search_filter_add says. */
int filter_flags_read(const struct filter_flags *flags, struct search_filter *filter, struct err *err);

#endif
