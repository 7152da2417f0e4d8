/* Search results for programs: JSON, the same for the command line and servers. */
#ifndef AKIN_QUERY_PRESENT_H
#define AKIN_QUERY_PRESENT_H

#include <cjson/cJSON.h>
#include <stdbool.h>

#include "query/search.h"

#define PRESENT_SCHEMA 2 /* changes when a field changes its meaning or goes */

/* "dense", "lexical". */
const char *search_mode_name(enum search_mode mode);

/* The source line of the first evidence, where the passage's lines are the source's;
 * else the passage's first line. */
size_t hit_line(const struct hit *hit);

/* One hit. full: the whole passage in "text". "evidence" is a list, empty where nothing
 * stands out, of {"start", "end", "line", "page", "text"}: start and end are bytes of the
 * source, and null unless the source still holds the passage as it is (but for white space),
 * which is looked up in the file; where "position_in" is "text", they are of the text that is
 * made from the file, as are the hit's lines and bytes. page is the passage's. "scores" has dense, lexical,
 * fused; "also" the paths of passages that say the same; "matched" is there when the
 * search was to explain. The caller deletes the tree. */
cJSON *present_hit(const struct hit *hit, bool full);

/* The whole result: {"schema", "query", "mode", "model", "timings", "candidates",
 * "folded", "best_score", "least_score", "explain", "hits": [...]}; explain only when the
 * search was to explain. */
cJSON *present_hits(const struct hits *hits, struct span question, enum search_mode mode,
                    const char *model, bool full);

#endif
