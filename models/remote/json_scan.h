/* JSON read in one pass and built into nothing: for replies whose numbers are
 * too many for a tree. Checks brackets, strings and separators; what is skipped
 * is checked for balance only. Pure. */
#ifndef AKIN_MODELS_REMOTE_JSON_SCAN_H
#define AKIN_MODELS_REMOTE_JSON_SCAN_H

#include <stdbool.h>

#include "base/span.h"

/* Each takes the first byte and the end, and returns what follows, or NULL when
 * the text is wrong or ends too early. */
static inline const char *json_scan_space(const char *p, const char *end) /* never NULL */
{
	/* one comparison where there is no space, as between most numbers */
	while (p < end && (unsigned char)*p <= ' ' && (*p == ' ' || *p == '\n' || *p == '\r' ||
	                                               *p == '\t'))
		p++;
	return p;
}
/* *raw is what stands between the quotes, escapes as they are. */
const char *json_scan_string(const char *p, const char *end, struct span *raw);
/* Any value; nesting is bounded to 64. */
const char *json_scan_skip(const char *p, const char *end);

/* The members of the object at p. After json_members_next() returned true, name
 * is raw and p is the value's first byte: the caller moves p behind the value,
 * or to NULL when it is wrong. After false, p is behind the object, or NULL. */
struct json_members {
	const char *p, *end;
	struct span name;
	bool started;
};

struct json_members json_members_at(const char *p, const char *end);
bool json_members_next(struct json_members *m);

#endif
