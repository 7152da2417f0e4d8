/* Shell patterns as git reads them (wildmatch), in time that is at most the
 * product of the lengths: a set of states walks the text once. Pure. */
#ifndef AKIN_BASE_GLOB_H
#define AKIN_BASE_GLOB_H

#include <stdbool.h>
#include <stddef.h>

#include "base/span.h"

struct glob;

/* Patterns longer than GLOB_MAX match nothing. */
#define GLOB_MAX 4096

/* "?", "*", "[...]" match no slash; with `path`, "**" alone between slashes
 * matches any number of folders. NULL for a pattern that can match nothing (an
 * open bracket, a backslash at the end). glob_free(). */
struct glob *glob_new(struct span pattern, bool path);
void glob_free(struct glob *g); /* NULL is fine */
bool glob_match(const struct glob *g, struct span text);

#endif
