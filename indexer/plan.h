/* What is to be done: walks folders and compares what is there with what the
 * index holds (size and time of change; the content is compared later, by whoever
 * reads it). Runs on a thread of its own with a connection of its own. */
#ifndef AKIN_INDEXER_PLAN_H
#define AKIN_INDEXER_PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/queue.h"
#include "indexer/prepare.h"
#include "indexer/tally.h"
#include "indexer/walk/walk.h"

/* A folder or file to walk. */
struct plan_target {
	char *path; /* absolute, resolved; owned by whoever made the target */
	struct walk_options walk;
	bool complete; /* set: the walk came to its end, so what it did not see is gone */
};

struct plan {
	/* given */
	const char *db_path;
	struct plan_target *targets;
	size_t n_targets;
	struct hash recipe;
	struct queue *work; /* of struct planned_file *; closed when the plan is done */
	struct tally *tally;
	/* found; to be read when plan_run has returned */
	uint8_t *seen;      /* a bit per document id */
	size_t seen_bytes;
	char **unreadable;  /* folders that could not be read: nothing below them is gone */
	size_t n_unreadable, unreadable_cap;
	struct err err;     /* code ERR_NONE: all went well; else, a target could not be walked */
	/* while it runs */
	struct store *store;
	char *own; /* the index's own file, resolved; NULL: unknown */
	const struct plan_target *at;
	uint64_t n_met; /* entries of it, those that are skipped too */
};

void *plan_run(void *plan); /* a thread's main function; returns NULL */
void plan_release(struct plan *plan);

/* Whether the path is the folder or lies in it. Pure. */
bool plan_is_below(const char *path, const char *folder);

/* Whether the document was met by the walk, or stands where the walk could not
 * look. Documents that are neither are gone. */
bool plan_has_seen(const struct plan *plan, int64_t doc_id, const char *path);

#endif
