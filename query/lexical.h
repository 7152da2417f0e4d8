/* The lexical side of a search: BM25F over the terms of words/terms.h.
 *
 * A word of the question is a slot. Its score in a passage is a mixture of two BM25
 * scores: of the word as it was written, and of all forms with its stem. An identifier
 * is a slot of its own beside its parts; where a script puts no space between words, words
 * and pairs of characters are slots of half the weight each.
 *
 * A word that no passage has in any form is taken for the one that query/spelling.h finds
 * one typing error away, whose passages then count LEXICAL_TAKEN of what they would: in
 * questions of one word, and where two words at most are unknown and half of them known. */
#ifndef AKIN_QUERY_LEXICAL_H
#define AKIN_QUERY_LEXICAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/span.h"
#include "query/fuse.h"
#include "store/store.h"

/* Robertson and Zaragoza, The Probabilistic Relevance Framework: BM25 and Beyond, 2009.
 * A term that stands in over half of the passages weighs nothing. */
#define LEXICAL_K1 1.2
#define LEXICAL_B 0.8
#define LEXICAL_SURFACE 0.3 /* the written word's share beside its stem's */

#define LEXICAL_TAKEN 0.5 /* in score, and as known in the evidence */

/* The rarest words are looked up first, and none any more once this many places have been
 * read: what is left are words as frequent as "the". */
#define LEXICAL_MAX_POSTINGS 300000

struct lexical_word {
	char *text;       /* as the index keeps it, without its mark; owned */
	char *taken_for;  /* the word that the index has instead, likewise; NULL: it has this one,
	                   * or nothing like it */
	uint64_t n_chunks; /* that have it or a form of it, or of taken_for */
	double weight;    /* its idf */
	bool skipped;     /* too frequent to be looked up */
};

struct lexical_words {
	struct lexical_word *items;
	size_t n;
};
void lexical_words_free(struct lexical_words *words);

/* What does not change from question to question. The refs are borrowed: chunks that the
 * search may find, in any order. One thread. */
struct lexical;
struct lexical *lexical_open(struct store *store, const struct store_chunk_ref *refs, size_t n_refs,
                             struct err *err);
void lexical_close(struct lexical *l); /* NULL is fine */

/* The languages whose stems are looked for; borrowed. Returns their number. */
size_t lexical_languages(const struct lexical *l, const char *const **languages);

/* scores[n_refs], 0 where no word stands. words may be NULL. */
int lexical_scores(struct lexical *l, struct span question, float *scores,
                   struct fuse_lexical *evidence, struct lexical_words *words, struct err *err);

/* After it: parts[n_refs], what the document of each passage has of the question's words
 * (query/document_words.h). False, and nothing is written, where passages speak for their
 * documents. */
bool lexical_document_parts(const struct lexical *l, const struct fuse_lexical *evidence, float *parts);

#endif
