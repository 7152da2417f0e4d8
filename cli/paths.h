/* Paths as people type and read them, and as the index keeps them. */
#ifndef AKIN_CLI_PATHS_H
#define AKIN_CLI_PATHS_H

#include <stdbool.h>

#include "base/buf.h"
#include "store/store.h"

/* The absolute path that the index would keep for what was typed: links resolved
 * as far as the path exists; what is gone is taken by its name. free() it. Never
 * NULL. */
char *path_absolute(const char *typed);

/* `path` as it reads from the folder cwd (absolute): relative when it is below it,
 * else as it is. A pointer into path. Pure. */
const char *path_from(const char *path, const char *cwd);

/* path is `root` or below it. Pure. */
bool path_is_within(const char *path, const char *root);

/* How a judgement or a run names a document. */
enum docid_kind {
	DOCID_PATH,     /* the absolute path */
	DOCID_RELATIVE, /* relative to the root it was indexed under (the innermost) */
	DOCID_STEM      /* the file's name without folder and last extension */
};
extern const char *const docid_kind_names[]; /* ends with NULL */

/* Adds the name of the document at path. Pure. */
void docid_add(struct buf *out, enum docid_kind kind, const char *path,
               const struct store_roots *roots);

#endif
