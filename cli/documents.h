/* The documents of an index by their ids, for commands that name many. */
#ifndef AKIN_CLI_DOCUMENTS_H
#define AKIN_CLI_DOCUMENTS_H

#include "base/err.h"
#include "store/store.h"

struct document_name {
	int64_t id;
	char *path;
};
struct document_names {
	struct document_name *items; /* by ascending id */
	size_t n;
};

/* Those at prefix or below it (NULL: all). */
int document_names_load(struct document_names *names, struct store *store, const char *prefix,
                        struct err *err);
void document_names_free(struct document_names *names);
/* NULL: no such document. */
const char *document_name(const struct document_names *names, int64_t id);

/* 1: a document is there at path or below it; 0: none; -1. */
int documents_any(struct store *store, const char *path, struct err *err);

#endif
