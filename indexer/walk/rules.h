/* Which ignore files speak of a path: those of its folder and of the folders
 * above, up to the top of the repository. */
#ifndef AKIN_INDEXER_WALK_RULES_H
#define AKIN_INDEXER_WALK_RULES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/span.h"

/* A list from the deepest folder up; later files stand before earlier ones. */
struct rules;

/* What a folder may have rules in, as bits. */
enum rules_source {
	RULES_EXCLUDE = 1, /* .git/info/exclude */
	RULES_GIT = 2,     /* .gitignore */
	RULES_AKIN = 4     /* .akinignore */
};

/* The bit of a name that stands in a folder (".git", ".gitignore", ".akinignore"),
 * else 0: most folders have none, and are spared three looks in vain. */
unsigned rules_source_of(const char *name);

/* The rules that hold below `up` (NULL: none) and those of the folder `dir`
 * (absolute), of the sources that are asked for and there. */
struct rules *rules_enter(struct rules *up, const char *dir, unsigned sources);

/* Leaves the folder that rules_enter() entered last; frees down to `up`. */
void rules_leave(struct rules *rules, const struct rules *up);

/* The rules from the top of the repository that encloses `root` down to the
 * folder above `root`; NULL when none does. */
struct rules *rules_above(const char *root);

/* Whether an absolute path that stands below all the rules' folders is ignored. */
bool rules_ignore(const struct rules *rules, struct span path, bool is_dir);

#endif
