/* The words of a text, one after the other, as they are compared: a phrase, a title. */
#ifndef AKIN_QUERY_WORD_LIST_H
#define AKIN_QUERY_WORD_LIST_H

#include <stdbool.h>
#include <stddef.h>

#include "base/span.h"
#include "words/terms.h"

struct word_list {
	struct span *items; /* [n] terms (words/terms.h), into bytes */
	size_t n;
	char *bytes; /* all of them, with nothing between them; never NULL */
	size_t len;
};

/* exact: of a word with diacritics, the form that keeps them. Free with word_list_free. */
void word_list_make(struct word_list *list, struct terms *terms, struct span text, bool exact);
void word_list_free(struct word_list *list); /* contents */

/* Every word of `of` is one of list. An empty `of`: false. */
bool word_list_has_all(const struct word_list *list, const struct word_list *of);

/* The characters of `of` stand in list one after the other, wherever words end: what
 * can be said of scripts without spaces, where no two texts are divided alike. */
bool word_list_has_run(const struct word_list *list, const struct word_list *of);

/* Whether a text has characters of a script that is written without spaces between words,
 * or, as Korean, with endings that are part of them. Pure. */
bool text_is_unspaced(struct span text);

#endif
