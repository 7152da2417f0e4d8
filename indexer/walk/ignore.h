/* The rules of one .gitignore file, with git's semantics (gitignore(5)). Pure;
 * a rule set may be shared by threads once it is made. */
#ifndef AKIN_INDEXER_WALK_IGNORE_H
#define AKIN_INDEXER_WALK_IGNORE_H

#include <stdbool.h>

#include "base/span.h"

/* Files beyond this are not read, and lines beyond the other are no rules: no
 * path is that long. */
#define IGNORE_MAX_BYTES (1 << 20)
#define IGNORE_MAX_LINE 4096

struct ignore;

enum ignore_verdict {
	IGNORE_UNSAID,  /* no rule speaks of it: ask the rules of the folder above */
	IGNORE_EXCLUDE,
	IGNORE_INCLUDE, /* a rule with "!" */
};

/* The rules of a file's text. NULL when there are none; ignore_free(). */
struct ignore *ignore_new(struct span text);
void ignore_free(struct ignore *rules); /* NULL is fine */

/* What the last rule that matches says of a path, which is relative to the
 * rules' folder and starts and ends with no slash. Whether a folder above it is
 * excluded is the caller's to know: git does not look below such a folder.
 * Takes at most (length of the path) x (length of the rules) steps. */
enum ignore_verdict ignore_match(const struct ignore *rules, struct span path, bool is_dir);

#endif
