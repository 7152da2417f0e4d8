/* An index of a few made documents in a file of its own, for tests of what reads one. Searched
 * by words: its vectors mean nothing. */
#ifndef AKIN_TESTS_SUPPORT_SMALL_INDEX_H
#define AKIN_TESTS_SUPPORT_SMALL_INDEX_H

#include "store/store.h"

/* The text's passages are divided by lines of "---", each line is a line of the file. */
struct small_document {
	const char *path, *title, *format, *language, *text;
};

/* NULL with err. small_index_close closes it, and removes its files. */
struct store *small_index(const struct small_document *documents, size_t n, struct err *err);
void small_index_close(struct store *store);

#endif
