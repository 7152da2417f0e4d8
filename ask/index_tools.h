/* The index's own functions, a file each: what they do with arguments that are valid by their
 * parameters. For ask/tools.c alone. */
#ifndef AKIN_ASK_INDEX_TOOLS_H
#define AKIN_ASK_INDEX_TOOLS_H

#include <cjson/cJSON.h>
#include <stdbool.h>

#include "ask/tools.h"

#define SEARCH_TOOL_K 6       /* passages, where the model does not say; 20 at most */
#define READ_TOOL_COUNT 80    /* lines, likewise; 400 at most */
#define LIST_TOOL_MAX 200     /* documents that are named */

/* Each adds what the model is told to out, and what people are told, without the function's
 * name, to said. -1 with an error that is the call's (ERR_USAGE, ERR_INPUT, ERR_LIMIT), or that
 * of what failed. */
typedef int index_tool(const struct tools *t, const cJSON *arguments, struct buf *out,
                       struct buf *said, struct err *err);
index_tool tool_search, tool_read, tool_list;

/* Adds the source, which it takes, to the sources, and to out with its number, if there is room
 * for it. */
bool tool_add_source(const struct tools *t, struct source *s, struct buf *out);

#endif
