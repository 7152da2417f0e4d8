/* How well whole documents match a question by its words, for passages that say what is asked
 * but not of what: a filing's page on its legal proceedings names no company. */
#ifndef AKIN_QUERY_DOCUMENT_WORDS_H
#define AKIN_QUERY_DOCUMENT_WORDS_H

#include <stddef.h>
#include <stdint.h>

#include "store/store.h"

/* One thread. refs are borrowed. NULL where documents have less than two passages each on
 * average: a passage speaks for its document then. */
struct document_words;
struct document_words *document_words_new(const struct store_chunk_ref *refs, size_t n_refs);
void document_words_free(struct document_words *d); /* NULL is fine */

/* A new question. */
void document_words_clear(struct document_words *d);

/* A word stands tf times in the passage refs[ref]. */
void document_words_add(struct document_words *d, size_t ref, double tf);

/* The word is done: adds weight times its BM25 score (k1 1.2, b 0.8; Lucene's idf, which is never
 * 0: a word of most documents still tells them apart by how often they say it) to each document. */
void document_words_next(struct document_words *d, double weight);

/* What the words add to the passage in units of a passage's own BM25 score: the document's score,
 * its ideal (every word, many times) brought to the ideal of passages by the power of 0.6 that
 * query/fuse.h has, times the share of passages that are not the only one of their document. */
double document_words_part(const struct document_words *d, size_t ref, double ideal_of_passages);

#endif
