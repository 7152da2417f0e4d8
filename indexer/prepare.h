/* From a planned file to chunks with keys: reading, extracting, chunking. */
#ifndef AKIN_INDEXER_PREPARE_H
#define AKIN_INDEXER_PREPARE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/hash.h"
#include "indexer/chunk/chunk.h"
#include "indexer/extract/extract.h"
#include "indexer/room.h"
#include "indexer/skip.h"
#include "models/embedder.h"
#include "models/image.h"

/* A file that the plan wants looked at. */
struct planned_file {
	char *path; /* owned */
	uint64_t size;
	int64_t mtime_ns;
	uint64_t max_bytes;
	int64_t doc_id;       /* 0: the path is new to the index */
	struct hash content;  /* as stored; of doc_id */
	bool complete;        /* the stored chunks are of the current recipe and all have vectors */
};

enum prepared_kind {
	PREPARED_NEW, PREPARED_SAME_CONTENT, PREPARED_SKIPPED,
	PREPARED_IMAGE /* an image, or a PDF of images, that is not described, or not yet */
};

struct prepared_file {
	struct planned_file plan;
	enum prepared_kind kind;
	enum skip_reason skip; /* PREPARED_SKIPPED */
	char why[1024];        /* and more about it; may be empty */
	int64_t read_ns;
	struct hash content;
	struct image image; /* of an image; mime NULL: it is none */
	size_t n_pages;     /* of a PDF of images; 0: it is none, or not known */
	/* PREPARED_NEW */
	struct document doc;
	const char *language; /* of its text; ISO 639-1, "" where it does not show; a constant */
	struct chunks chunks;
	struct hash *keys; /* [chunks.n]: of the model and the text that is embedded */
	/* given back with the rest of it; room NULL: none was taken */
	struct room *room;
	size_t room_taken;
};

/* What becomes of it: PREPARED_NEW with file->doc, PREPARED_SKIPPED with file->skip and
 * file->why, or PREPARED_IMAGE. It may free the bytes. */
typedef enum prepared_kind prepare_describe(void *ctx, struct prepared_file *file, struct buf *bytes);

struct prepare_options {
	const struct embedder *embedder; /* for its token count */
	struct hash recipe_seed;         /* part of every key: the model */
	struct chunk_options chunk;
	prepare_describe *describe; /* NULL: each image is PREPARED_IMAGE */
	void *describe_ctx;
};

/* Reads the file and fills *out, which takes the plan over. Threads may call it
 * at once. Free with prepared_free. */
void prepare_file(const struct planned_file *plan, const struct prepare_options *opt,
                  struct prepared_file *out);
void prepared_free(struct prepared_file *file); /* contents and the struct itself; NULL is fine */

/* About how much memory it holds, in bytes. */
size_t prepared_weight(const struct prepared_file *file);

#endif
