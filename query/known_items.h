/* Questions made of an index itself, each with the one document that it was taken from:
 * half of them titles and headings that no other document has, half sentences of
 * passages that have lost their most telling words (query/wording.h).
 *
 * What such questions cannot show: all their words stand in the document, which a
 * person's often do not, so they flatter lexical search, and a heading does so by
 * construction: no weight should be chosen by them. And another document that answers as
 * well counts as wrong. */
#ifndef AKIN_QUERY_KNOWN_ITEMS_H
#define AKIN_QUERY_KNOWN_ITEMS_H

#include "query/evaluate.h"
#include "store/store.h"

struct known_items {
	char **texts; /* [set.n]: the sentences' questions first, then the headings'; owned */
	size_t n_sentences, n_headings;
	struct evaluation_question *questions;
	struct evaluation_judgement *judgements;
	struct evaluation_document *documents;
	struct evaluation_set set; /* points into the above */
};

/* Makes at most n questions, spread evenly over the documents; the same index gives the
 * same questions. Where there are too few headings there are more sentences, and the other
 * way round. Sends nothing. ERR_INPUT when the index has no text to make any of. Free it
 * in any case. */
int known_items_make(struct known_items *k, struct store *store, size_t n, struct err *err);
void known_items_free(struct known_items *k);

#endif
