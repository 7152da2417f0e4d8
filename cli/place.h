/* A place in an indexed document, as people and other programs write it:
 * PATH[:LINE[:COUNT]]. */
#ifndef AKIN_CLI_PLACE_H
#define AKIN_CLI_PLACE_H

#include <stdint.h>

#include "base/err.h"
#include "store/store.h"

struct place {
	char *path;           /* absolute; owned */
	uint64_t line, count; /* as given, so that a 0 is the caller's to refuse */
	int n_numbers;        /* 0: neither was given, 1: LINE, 2: both */
};

/* The document at what was typed, with at most max_numbers (1, 2) numbers behind its
 * path; a last ":" is allowed, as other programs print it. A name that itself ends in
 * ":12" wins. Fills doc, which store_document_free releases, and *place, which
 * place_free does, also where it failed. ERR_INPUT: not in the index. */
int place_find(struct store *store, const char *typed, int max_numbers, struct place *place,
               struct store_document *doc, struct err *err);
void place_free(struct place *place);

#endif
