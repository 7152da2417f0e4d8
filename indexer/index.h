/* Brings an index up to date with folders and files.
 *
 *   plan       one thread walks the roots and compares with what is stored
 *   prepare    threads read, extract and chunk what is new or changed
 *   conduct    the caller's thread embeds in batches and writes
 *
 * joined by bounded queues, so that memory does not grow with the folder while
 * disk, processors and network are busy at once. A text that the index holds a
 * vector for is never embedded again. What arrives is committed at once: a run
 * that ends early, however it ends, is completed by the next one. */
#ifndef AKIN_INDEXER_INDEX_H
#define AKIN_INDEXER_INDEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "indexer/skip.h"
#include "indexer/walk/walk.h"
#include "models/chat.h"
#include "models/embedder.h"
#include "store/store.h"

/* How a run is going; also its final account. */
struct index_progress {
	uint64_t files_found;     /* so far; to be indexed or unchanged */
	bool all_found;           /* the walk is over: files_found and bytes_to_do are final */
	uint64_t files_unchanged; /* of those found */
	uint64_t files_new, files_changed, files_moved, files_touched; /* done */
	uint64_t files_removed;   /* from the index */
	uint64_t files_partial;   /* done, but some of their texts could not be embedded */
	uint64_t files_skipped[N_SKIP_REASONS];
	uint64_t folders_skipped; /* whole */
	uint64_t bytes_to_do, bytes_done; /* of new and changed files */
	uint64_t chunks;          /* of new and changed files */
	uint64_t chunks_embedded, chunks_reused, chunks_failed;
	uint64_t tokens_embedded; /* as the model or its server counted them */
	uint64_t requests;        /* of a dry run: batches that would be sent */
	/* of new and changed files; a dry run: that would be described, about */
	uint64_t images_described, images_known;
	uint64_t images_prompt_tokens, images_completion_tokens;
	double seconds;
	/* while it runs */
	double seconds_left;        /* by what is known so far; < 0: not yet */
	double requests_per_minute; /* the rate limit that holds the run back; 0: none does */
	bool rate_learned;          /* from the server's refusals: nobody told it */
	double pause_seconds;       /* until anything leaves again, as the server refuses; 0: none */
};

#define VISION_REQUESTS_MAX 8 /* at once */

struct index_options {
	const char *const *paths; /* absolute and resolved; each becomes a root unless it lies in one */
	size_t n_paths;           /* 0: every root that the index knows */
	struct walk_options walk; /* for paths that are new roots; known roots keep theirs */
	size_t threads;           /* that prepare; 0: one a core */
	size_t max_chunk_tokens;  /* never exceeded; 0: the default for the model. Another number
	                           * than the last run's makes all chunks anew */
	uint64_t max_tokens;      /* that may be embedded; 0: any number. ERR_LIMIT when they are
	                           * used up: what was embedded is kept */
	struct chat *const *vision; /* [n_vision] of one model, which describes images, each a request at
	                             * a time; borrowed */
	size_t n_vision;          /* 0: images without a kept description are skipped */
	const char *ocr;          /* tesseract's languages, "eng+deu": images are read by it where no model
	                           * describes them; NULL: they are not */
	bool dry_run;             /* nothing is embedded and nothing written (the store may be a
	                           * reader): the report tells what would be */

	/* All may be NULL. They are called on the caller's thread, but for `skipped`,
	 * which is called on any, one call at a time. */
	void *ctx;
	bool (*interrupted)(void *ctx);  /* asked often; true ends the run cleanly */
	void (*progress)(void *ctx, const struct index_progress *p); /* about 10 times a second */
	void (*skipped)(void *ctx, const char *path, enum skip_reason reason, const char *why);
};

/* Needs a store opened for writing. Takes the embedder over and closes it. -1 with
 * err when the run could not be completed; *report tells in either case what was
 * done. ERR_INTERRUPTED when interrupted() said so. */
int index_run(struct store *store, struct embedder *embedder, const struct index_options *opt,
              struct index_progress *report, struct err *err);

#endif
