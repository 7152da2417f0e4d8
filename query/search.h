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
#include "query/fuse.h"
#include "query/lexical.h"
#include "store/store.h"

enum search_mode { SEARCH_HYBRID, SEARCH_DENSE, SEARCH_LEXICAL };

/* How the dense side compares: SCAN_CODES estimates from codes and scores exactly what may be
 * among the best, SCAN_EXACT scores every passage; SCAN_FAST is the faster of both, by how many
 * they are. The hits are the same. FUSION_RANKS is always exact, since it ranks all. */
enum search_scan { SCAN_FAST, SCAN_CODES, SCAN_EXACT };

/* How the two sides of SEARCH_HYBRID are put together: query/fuse.h. */
enum search_fusion { FUSION_SCORES, FUSION_RANKS };

/* Weights of the lexical side, rising, as tuning tries them; the default, 1, is
 * search_weights[SEARCH_DEFAULT_WEIGHT]. */
#define SEARCH_WEIGHTS 8
#define SEARCH_DEFAULT_WEIGHT 4
extern const double search_weights[SEARCH_WEIGHTS];

struct search_options {
	enum search_mode mode;
	enum search_fusion fusion;
	const double *lexical_weight; /* times FUSE_LEXICAL_WEIGHT; NULL: the index's own, else 1 */
	double min_score;      /* NAN: SEARCH_LEAST_SCORE; see struct hit */
	size_t k;              /* how many hits */
	size_t per_doc;        /* passages of one document at most; 0: any number */
	bool explain;          /* fill what only serves to explain */
	enum search_scan scan;
	const float *vector;   /* [dim of the index], unit length: the question's, which is not embedded;
	                        * the question may be empty then, in SEARCH_DENSE; NULL */
	struct store_filter filter;
};

/* Under this score a passage does not answer the question: it is no nearer than general
 * questions are (query/cohort.h). Not for SEARCH_LEXICAL, FUSION_RANKS, nor where there are no
 * general questions: the models of servers, languages without any. */
#define SEARCH_LEAST_SCORE 8.2

/* Where a hit stands and why. Strings are owned by the struct hits. */
struct hit {
	size_t rank; /* from 1 */
	/* 0 to 100. Hybrid and dense: how rare such a likeness is among random pairs of a
	 * question and a passage of this index, five for each factor of ten: 10 one pair in a
	 * hundred, 20 one in ten thousand. Lexical: the percentage of the question's weight in
	 * words that the passage has. FUSION_RANKS: the sum of the reciprocal ranks. */
	double score;
	double fused;         /* what it is ranked by (query/fuse.h) */
	double dense;         /* centred cosine (query/dense.h); NAN: not seen by that side */
	double lexical;       /* BM25 (query/lexical.h); NAN likewise */
	int64_t chunk_id, doc_id;
	char *path;           /* absolute; any bytes but NUL */
	char *title, *heading, *author, *date; /* NULL: none */
	bool derived;         /* bytes and lines are those of the text that is made from the file */
	char *text_by;        /* whose words it is: a model's, of an image; NULL: the document's */
	char *text;           /* the whole passage */
	size_t text_len;
	struct evidence evidence;            /* bytes of text: what answers best */
	uint64_t byte_start, byte_end;       /* of the source */
	uint32_t line_start, line_end;       /* 1-based, inclusive */
	uint32_t page;                       /* 0: none */
	char **also;   /* [n_also] paths of passages that say the same and are left out */
	size_t n_also;
	char **matched; /* [n_matched] words of the question that it has; only with explain */
	size_t n_matched;
};

struct search_timings {
	double embed_ms, dense_ms, lexical_ms, rest_ms;
};

struct hits {
	struct hit *items;
	size_t n;
	size_t n_candidates; /* passages that were compared */
	size_t n_exact;      /* of them, scored exactly after an estimate; 0: all were from the start */
	bool estimated;      /* by codes */
	size_t n_folded;     /* that say the same as a hit and are left out */
	double best_score;   /* of the nearest passage, though it be under the least; NAN: none */
	double least_score;  /* that a hit had to have */
	bool explained;
	struct fuse_spread spread;
	struct fuse_lexical evidence;
	struct lexical_words words; /* of the question, rarest first; none in dense mode */
	struct search_timings timings;
};
void hits_free(struct hits *hits);

/* Searches one index with one question, which may have the syntax of query/question.h.
 * The embedder may be NULL in lexical mode, or where the options have the vector. ERR_USAGE when
 * the question is empty;
 * ERR_MODEL when the index was made with another model than the embedder's. */
int search(struct store *store, struct embedder *embedder, struct span question,
           const struct search_options *opt, struct hits *hits, struct err *err);

/* Ranks documents (each by its best chunk) for many questions at once, as one
 * matrix product per block of vectors. Questions are taken as they are: no syntax. */
struct ranked_document {
	int64_t doc_id;
	double score; /* struct hit's fused */
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
