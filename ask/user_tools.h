/* The user's own functions, from a file:
 *
 *   [{"name": "get_current_weather", "description": "…", "parameters": {JSON Schema},
 *     "command": ["python3", "weather.py"], "timeout_s": 10}]
 *
 * or in OpenAI's form, {"type": "function", "function": {name, description, parameters},
 * "command": …}. The command is an argument vector: no shell. It gets the arguments as JSON on
 * its standard input, and answers on its standard output. Relative paths of its arguments are
 * the caller's working directory's. Without parameters it takes none; any other member is an
 * error, but for "strict". */
#ifndef AKIN_ASK_USER_TOOLS_H
#define AKIN_ASK_USER_TOOLS_H

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/span.h"

#define USER_TOOLS_MAX 64
#define USER_TOOL_MAX_OUTPUT (64 << 10)
#define USER_TOOL_TIMEOUT_S 30 /* and 600 at most */

struct user_tool {
	char *name;        /* [A-Za-z0-9_-]{1,64} */
	char *description;
	char *parameters;  /* as text */
	cJSON *schema;     /* the same, parsed; passed json_schema_check */
	char **command;    /* [n_command], and NULL; at least one */
	size_t n_command;
	int timeout_s;
};
struct user_tools {
	struct user_tool *items;
	size_t n;
};

/* ERR_INPUT with the tool and what is wrong: no JSON, a name twice, or one of the index's own
 * (search, read, list), parameters that are no schema of an object, no command; ERR_IO; ERR_LIMIT
 * where there are too many. `where` is for errors: the file. Free in each case. */
int user_tools_read(const char *path, struct user_tools *tools, struct err *err);
int user_tools_parse(struct span text, const char *where, struct user_tools *tools, struct err *err);
void user_tools_free(struct user_tools *tools);
const struct user_tool *user_tools_find(const struct user_tools *tools, const char *name); /* NULL */

/* Runs one with arguments that are valid by its schema, and adds what it says to out; what of it
 * is no UTF-8 becomes U+FFFD. Keys of endpoints are not in its environment. -1 with ERR_INPUT
 * (also when it fails), ERR_LIMIT, ERR_INTERRUPTED, ERR_IO: base/process.h. */
int user_tool_run(const struct user_tool *tool, struct span arguments, bool (*stopped)(void *ctx),
                  void *ctx, struct buf *out, struct err *err);

#endif
