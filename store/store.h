/* The index: one SQLite file that holds documents, chunks, vectors and full text.
 *
 * A struct store is one connection and belongs to one thread. Any number of
 * readers work beside one writer, each on the state that was last committed.
 * A kill at any instant leaves the last committed state (WAL).
 *
 * Vectors are kept by the content of the text that was embedded (a key), apart
 * from the chunks that use them: a moved file, a second copy, a branch switched
 * back cost nothing. Vector ids are slots, 1, 2, 3 …, so that blocks of
 * STORE_BLOCK_ROWS vectors lie together in one blob and are read in one piece. */
#ifndef AKIN_STORE_STORE_H
#define AKIN_STORE_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/hash.h"
#include "base/span.h"
#include "store/quantise.h"

#define STORE_BLOCK_ROWS 64

struct store;

enum store_mode {
	STORE_READ,   /* an existing index */
	STORE_MODIFY, /* an existing index, and this process is its one writer */
	STORE_CREATE  /* as STORE_MODIFY; a missing index is made, with its folders */
};

/* ERR_INPUT: there is no such index. ERR_STORE: it is no akin index, damaged, of
 * a newer version, on a full disk or not writable. ERR_BUSY: another process
 * writes it. Close with store_close; NULL is fine. */
struct store *store_open(const char *path, enum store_mode mode, struct err *err);
void store_close(struct store *s);
const char *store_path(const struct store *s);

/* One transaction at a time. A reader's begin pins the state it sees. */
int store_begin(struct store *s, struct err *err);
int store_commit(struct store *s, struct err *err);
void store_rollback(struct store *s); /* no transaction: nothing happens */

/* --- the model ---------------------------------------------------------- */

struct store_model {
	char name[128]; /* "provider/model"; empty: none yet */
	size_t dim;     /* 0: not known yet */
};
int store_model(struct store *s, struct store_model *model, struct err *err);
int store_set_model(struct store *s, const struct store_model *model, struct err *err);

/* Of the vectors as they are kept: float16 has eleven bits of each number. A new index is
 * STORE_F16; another is set before there are vectors, else ERR_USAGE. */
enum store_precision { STORE_F16, STORE_F32 };
int store_precision(struct store *s, enum store_precision *precision, struct err *err);
int store_set_precision(struct store *s, enum store_precision precision, struct err *err);

/* --- roots: the folders and files that were given to `akin index` --------- */

struct store_root {
	char *path;        /* absolute; any bytes but NUL */
	uint32_t flags;    /* the indexer's own */
	uint64_t max_file_bytes;
};
struct store_roots {
	struct store_root *items;
	size_t n;
};
int store_roots(struct store *s, struct store_roots *roots, struct err *err);
void store_roots_free(struct store_roots *roots);
int store_root_put(struct store *s, const struct store_root *root, struct err *err);
int store_root_delete(struct store *s, const char *path, struct err *err);

/* --- documents ------------------------------------------------------------ */

struct store_document {
	int64_t id;
	char *path;            /* absolute; any bytes but NUL; owned */
	uint64_t size;         /* bytes of the file */
	int64_t mtime_ns;
	int64_t read_ns;       /* when it was read, Unix time */
	struct hash content;   /* of the file's bytes */
	struct hash recipe;    /* of what made chunks of it: chunker, budgets */
	char *title;           /* NULL: none; owned */
	char format[24];
	char language[8]; /* ISO 639-1; "": not known */
	char *author;          /* NULL: none; several are divided by "; "; owned */
	char *date;            /* its own, ISO 8601 from a year to a second; NULL: none; owned */
	uint32_t n_pages;      /* 0: none */
	bool derived;          /* positions are those of the text that is made from it, not of its bytes */
	char *text_by;    /* whose words the text is: a model's that described an image; NULL: the
	                   * document's own; owned */
	uint32_t n_chunks, n_failed;
};
void store_document_free(struct store_document *doc); /* contents only */

/* 1: found and filled (free it), 0: not found, -1. */
int store_document_by_path(struct store *s, const char *path, struct store_document *doc,
                           struct err *err);
/* One of the documents with this content. */
int store_document_by_content(struct store *s, const struct hash *content,
                              struct store_document *doc, struct err *err);

/* Calls visit for each document at `prefix` or below it (NULL: all), in byte
 * order of the paths; *doc is valid during the call. A visit that returns
 * non-zero ends it, and that is returned. visit may not write. */
typedef int store_document_visit(void *ctx, const struct store_document *doc);
int store_documents(struct store *s, const char *prefix, store_document_visit *visit, void *ctx,
                    struct err *err);

/* The largest id so far, 0 when there is no document. */
int store_last_document(struct store *s, int64_t *id, struct err *err);

/* A chunk as it is written. Everything is borrowed. */
struct store_chunk_in {
	uint64_t byte_start, byte_end; /* of the source */
	uint32_t line_start, line_end; /* 1-based, inclusive */
	uint32_t page;                 /* 1-based; 0: none */
	uint32_t n_tokens;
	const char *heading;           /* NULL: none */
	struct span text;              /* UTF-8 */
	int64_t vector_id;             /* 0: it could not be embedded */
	const char *failure;           /* why not; NULL when it was */
};

/* Puts a document with its chunks in the place of the one at the same path, if
 * there is one. doc->id, n_chunks and n_failed are ignored. Call it within a
 * transaction, so that both appear at once. */
int store_document_put(struct store *s, const struct store_document *doc,
                       const struct store_chunk_in *chunks, size_t n, struct err *err);
/* The same content under another path or time: chunks stay. */
int store_document_update(struct store *s, int64_t id, const char *path, uint64_t size,
                          int64_t mtime_ns, int64_t read_ns, struct err *err);
int store_document_delete(struct store *s, int64_t id, struct err *err);

/* --- descriptions: what a model made of an image, by the image's bytes ---------- */

/* The text that `by` made of this content (NULL: whoever, the last). 1: found (free *text, and
 * *maker, which is whose it is, unless maker is NULL), 0: not, -1. */
int store_description_get(struct store *s, const struct hash *content, const char *by, char **maker,
                          char **text, struct err *err);
/* Keeps it, in the place of the one that `by` made before. */
int store_description_put(struct store *s, const struct hash *content, const char *by,
                          struct span text, struct err *err);

/* --- vectors ---------------------------------------------------------------- */

/* The id of the vector with this key: 0 when there is none; -1 on error. */
int64_t store_vector_find(struct store *s, const struct hash *key, struct err *err);
/* Keeps vector[dim] (the model's dim, |x| at most 1) under the key, rounded to the index's
 * precision; returns its id, -1 on error. */
int64_t store_vector_put(struct store *s, const struct hash *key, const float *vector,
                         struct err *err);
/* vector[dim] of an id. 1, 0: no such id, -1. */
int store_vector_get(struct store *s, int64_t id, float *vector, struct err *err);

/* rows[n, dim] of the ids from first_id on, which lie in one block: (first_id - 1) /
 * STORE_BLOCK_ROWS is that of the last, too. 1, 0: there is no such block, -1. */
int store_vector_rows(struct store *s, int64_t first_id, size_t n, float *rows, struct err *err);

/* The same as float16, of an index that keeps them so. */
int store_vector_halves(struct store *s, int64_t first_id, size_t n, uint16_t *rows, struct err *err);

/* Calls visit for each block: rows is float[n, dim] of the ids first_id …
 * first_id + n - 1, valid during the call; rows of unused ids hold anything
 * finite or zero. Non-zero from visit ends it and is returned. */
typedef int store_block_visit(void *ctx, int64_t first_id, size_t n, const float *rows);
int store_vector_blocks(struct store *s, store_block_visit *visit, void *ctx, struct err *err);

/* Drops the oldest vectors that no chunk uses until at most `keep` are left. */
int store_vectors_prune(struct store *s, uint64_t keep, struct err *err);

/* --- codes of the vectors ----------------------------------------------------------- */

/* What a search reads of all vectors: of each the direction from a centre, in a bit a
 * dimension (store/quantise.h), from which a score is estimated. Kept in step by
 * store_vector_put. */
#define STORE_CODE_ROWS 2048

/* How the codes are made, and the centre[dim] that they are around, NULL: the origin. Valid
 * until the transaction ends. The model must be known. */
int store_code_maker(struct store *s, const struct quantiser **quantiser, const float **centre,
                     struct err *err);

/* groups: the codes of the ids block * STORE_CODE_ROWS + 1 and so on, store_code_block_bytes.
 * ERR_STORE: damaged. */
size_t store_code_block_bytes(size_t dim);
int store_code_block(struct store *s, size_t block, void *groups, struct err *err);
/* The last id that is used; 0: none. */
int store_last_vector(struct store *s, int64_t *id, struct err *err);

/* Codes around another centre[dim], beside those that are there, in transactions of their
 * own: 1; 0: they are around that one already; -1. Then store_codes_switch in the
 * transaction from which on they count, and store_codes_clean, which drops the old.
 * Nothing may be written in between but what belongs to it. Killed at any point, the
 * index is whole. */
int store_codes_prepare(struct store *s, const float *centre, struct err *err);
int store_codes_switch(struct store *s, const float *centre, struct err *err);
int store_codes_clean(struct store *s, struct err *err);

/* --- vectors of questions -------------------------------------------------------- */

/* A question's vector[dim] that was kept under the key: 1, else 0. */
int store_query_vector_get(struct store *s, const struct hash *key, size_t dim, float *vector);
/* Keeps it, for a reader too, on a connection of its own; 1,000 are kept, the oldest
 * goes. Does nothing when the file cannot be written at once. No transaction of this
 * store may be open. */
void store_query_vector_put(struct store *s, const struct hash *key, size_t dim,
                            const float *vector);

/* --- chunks, for search -------------------------------------------------------- */

/* What a filter lets through; a zeroed one lets everything through. Its parts act
 * together: what passes has passed each of them. */
typedef bool store_document_test(void *ctx, const struct store_document *doc);
struct store_filter {
	const char *const *paths; /* documents at or below one of these; n_paths 0: all */
	size_t n_paths;
	store_document_test *passes; /* documents for which this is true; NULL: all. Asked for each
	                              * document of the paths, before chunks are; may not use the
	                              * store. The document has no hashes, read_ns, n_pages nor n_failed */
	void *passes_ctx;
	const int64_t *chunks; /* these chunks alone, ascending; NULL: all */
	size_t n_chunks;
	bool failed_too; /* chunks that have no vector as well: their vector_id is 0 */
};

struct store_chunk_ref {
	int64_t chunk_id;
	int64_t doc_id;
	int64_t vector_id;
	uint32_t n_words; /* word positions of its text */
};
/* All chunks with a vector that pass the filter (NULL: all), by ascending vector_id, then
 * chunk_id. Where few pass, few are read. *refs is the caller's to free. */
int store_chunk_refs(struct store *s, const struct store_filter *filter,
                     struct store_chunk_ref **refs, size_t *n, struct err *err);

struct store_chunk {
	int64_t id, doc_id;
	uint64_t byte_start, byte_end;
	uint32_t line_start, line_end, page, n_tokens, seq;
	char *heading; /* NULL: none */
	char *text;
	size_t text_len;
	char *path, *title, *author, *date; /* of the document; all but path NULL: none */
	bool derived;
	char format[24];
	char *failure;      /* NULL: it has a vector */
	char *text_by;      /* of the document */
};
/* 1: filled (free it), 0: no such chunk, -1. */
int store_chunk(struct store *s, int64_t id, struct store_chunk *chunk, struct err *err);
void store_chunk_free(struct store_chunk *chunk);

/* Calls visit for the chunks that could not be embedded. */
typedef int store_chunk_visit(void *ctx, const struct store_chunk *chunk);
int store_failed_chunks(struct store *s, store_chunk_visit *visit, void *ctx, struct err *err);

/* --- full text ------------------------------------------------------------------ */

/* Texts whose language does not show (short titles, names, code) get stems of this one. */
#define STORE_LANGUAGE_OTHERWISE "en"

struct store_column_weights {
	float title, heading, name, text; /* name: the document's file name */
};
struct store_posting {
	int64_t chunk_id;
	float tf; /* sum over the columns of weight times occurrences */
};
/* All chunks with the term (words/terms.h, with its mark), by ascending chunk_id; max:
 * stop after so many (0: all). No such term: n = 0. *items is the caller's to free. */
int store_postings(struct store *s, struct span term, const struct store_column_weights *w,
                   size_t max, struct store_posting **items, size_t *n, struct err *err);
/* The same of the chunks in which the terms follow one another in one column. */
int store_phrase_postings(struct store *s, const struct span *terms, size_t n_terms,
                          const struct store_column_weights *w, size_t max,
                          struct store_posting **items, size_t *n, struct err *err);

/* has[i]: whether any chunk has terms[i] (with its mark); terms[n] by their bytes, ascending.
 * Takes a look-up for each term of the index that comes next to one of them at most. */
int store_has_terms(struct store *s, const struct span *terms, size_t n, bool *has, struct err *err);

/* The number of chunks and of word positions of their texts; takes no longer in a large
 * index. */
int store_words_total(struct store *s, uint64_t *n_chunks, uint64_t *n_words, struct err *err);

/* What a sample of the index says of its texts (at most 2,048 chunks, evenly by id). */
struct store_sample {
	struct store_frequent_word {
		struct span term; /* as the index keeps it, with its mark */
		float share;      /* of the chunks that have it in their text; from 0.05 */
	} *words;             /* [n_words], by the bytes of term */
	size_t n_words;
	struct store_language {
		char code[8]; /* "": not known */
		float share;  /* of the chunks */
	} *languages;         /* [n_languages], the largest share first */
	size_t n_languages;
	char *bytes; /* what the terms lie in */
};
/* Reads what the last store_sample_refresh left: empty when there was none. Free with
 * store_sample_free. */
int store_sample(struct store *s, struct store_sample *sample, struct err *err);
void store_sample_free(struct store_sample *sample); /* contents only */
/* Takes the sample again when the number of chunks has changed by a fifth, or by force.
 * A term is frequent from 8 chunks on. In a transaction of its own where none is open. */
int store_sample_refresh(struct store *s, bool force, struct err *err);

/* A blob of derived data by its name, for what the parts above compute of an index
 * and can compute again. get: 1 found (free *bytes), 0 not, -1; at most 16 MB. */
int store_derived_get(struct store *s, const char *name, char **bytes, size_t *len, struct err *err);
int store_derived_put(struct store *s, const char *name, struct span bytes, struct err *err);

/* --- names of documents and their sections ----------------------------------------- */

/* Calls visit for each title of a document (heading NULL) and for each different
 * heading path of its chunks (title NULL), with one of its chunks; in no order. The
 * strings are valid during the call. Non-zero from visit ends it and is returned.
 * visit may not write. Reads every row of the chunks. */
typedef int store_name_visit(void *ctx, int64_t doc_id, int64_t chunk_id, const char *title,
                             const char *heading);
int store_names(struct store *s, store_name_visit *visit, void *ctx, struct err *err);

/* --- facts ------------------------------------------------------------------------ */

/* How this index ranks, where it was tuned (akin eval --tune). */
struct store_ranking {
	double lexical_weight; /* 0 … 1000 */
	uint32_t n_questions;  /* that it was tuned on; 0: never tuned, lexical_weight means nothing */
};
int store_ranking(struct store *s, struct store_ranking *ranking, struct err *err);
/* n_questions 0 forgets it. */
int store_set_ranking(struct store *s, const struct store_ranking *ranking, struct err *err);

struct store_counts {
	uint64_t documents, chunks, failed_chunks, vectors, unused_vectors;
	uint64_t tokens;     /* of all chunks */
	uint64_t file_bytes; /* of the index file */
	uint64_t code_bytes; /* of it, codes */
};
int store_counts(struct store *s, struct store_counts *counts, struct err *err);

/* Looks for damage: SQLite's integrity check, foreign keys, full text against
 * chunks, chunks without vectors, rows of vectors that are not unit length or not
 * finite, counts. Calls fault with a sentence for each kind; returns the number
 * of them, -1 when the check itself could not be done. repair: mends what can be
 * derived (full text, unusable vectors are forgotten so that the next index run
 * makes them again) and says so in the sentence; needs STORE_MODIFY. */
typedef void store_fault(void *ctx, const char *sentence);
int store_check(struct store *s, bool repair, store_fault *fault, void *ctx, struct err *err);

#endif
