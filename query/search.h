/* Search: from a question to ranked passages. Prints nothing, so that the
 * command line and servers share it. */
#ifndef AKIN_QUERY_SEARCH_H
#define AKIN_QUERY_SEARCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/span.h"
#include "models/embedder.h"
#include "query/evidence.h"
#include "store/store.h"

enum search_mode { SEARCH_DENSE, SEARCH_LEXICAL };

struct search_options {
	enum search_mode mode;
	size_t k;          /* how many hits */
	size_t per_doc;    /* passages of one document at most; 0: any number */
	struct store_filter filter;
};

/* Where a hit stands and why. Strings are owned by the struct hits. */
struct hit {
	size_t rank;          /* from 1 */
	double score;         /* what it is ranked by */
	double dense;         /* cosine; NAN: not seen by that side */
	double lexical;       /* BM25; NAN likewise */
	int64_t chunk_id, doc_id;
	char *path;           /* absolute; any bytes but NUL */
	char *title, *heading; /* NULL: none */
	char *text;           /* the whole passage */
	size_t text_len;
	struct evidence evidence;            /* bytes of text: what answers best */
	uint64_t byte_start, byte_end;       /* of the source */
	uint32_t line_start, line_end;       /* 1-based, inclusive */
	uint32_t page;                       /* 0: none */
};

struct search_timings {
	double embed_ms, scan_ms, rest_ms;
};

struct hits {
	struct hit *items;
	size_t n;
	size_t n_candidates; /* chunks that were compared */
	struct search_timings timings;
};
void hits_free(struct hits *hits);

/* Whether the question's vector is kept in the index, so that nothing has to be sent
 * for it. Only for embedders that send (embedder->host). */
bool search_is_kept(struct store *store, const struct embedder *embedder, struct span question);

/* Searches one index with one question. The embedder may be NULL in lexical
 * mode. ERR_USAGE when the question is empty; ERR_MODEL when the index was made
 * with another model than the embedder's. */
int search(struct store *store, struct embedder *embedder, struct span question,
           const struct search_options *opt, struct hits *hits, struct err *err);

/* Ranks documents (each by its best chunk) for many questions at once, as one
 * matrix product per block of vectors. */
struct ranked_document {
	int64_t doc_id;
	double score;
};
struct ranking {
	struct ranked_document *items; /* best first; ties by doc_id */
	size_t n;
};
/* rankings[n_questions], each the caller's to free (items); at most k each. */
int search_documents(struct store *store, struct embedder *embedder, const struct span *questions,
                     size_t n_questions, const struct search_options *opt,
                     struct ranking *rankings, struct err *err);

#endif
