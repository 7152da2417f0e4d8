/* Finds the files under a root. */
#ifndef AKIN_INDEXER_WALK_WALK_H
#define AKIN_INDEXER_WALK_WALK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "indexer/skip.h"

struct walk_options {
	bool hidden;        /* take names that start with a dot (.git never) */
	bool no_ignore;     /* do not read ignore files */
	bool follow;        /* follow links to folders; each folder is entered once */
	bool secrets;       /* take files that look like secrets */
	uint64_t max_file_bytes;
};

struct walk_entry {
	const char *path; /* absolute; any bytes but NUL; valid during the visit */
	uint64_t size;
	int64_t mtime_ns;
	enum skip_reason skip; /* SKIP_NONE: to be indexed */
	bool is_dir;           /* a folder that is skipped whole, or could not be read */
};

/* Called for each file, and for each folder that is skipped whole. Return
 * non-zero to stop the walk. */
typedef int walk_visit(void *ctx, const struct walk_entry *entry);

/* Walks `root` (absolute and resolved; a folder or a single file, which is taken
 * whatever the ignore rules say, unless it looks like a secret). Names are
 * visited in byte order, so that a run is repeatable. Returns 0, or what visit
 * returned, or -1 when the root itself cannot be read. Symbolic links to files are
 * followed when they stay under the root; a loop can't hang it. */
int walk(const char *root, const struct walk_options *opt, walk_visit *visit, void *ctx,
         struct err *err);

#endif
