/* The JSON of chat replies where it is not as it should be. Pure. */
#ifndef AKIN_MODELS_REMOTE_CHAT_JSON_H
#define AKIN_MODELS_REMOTE_CHAT_JSON_H

#include <cjson/cJSON.h>
#include <stdbool.h>

#include "base/span.h"

/* Parses; escapes of half a surrogate pair, which come of characters cut in two, and NUL, which
 * would end a string, count as U+FFFD. NULL: no JSON. The caller deletes it. */
cJSON *chat_json_parse(struct span text);

/* Whether it is an error in the place of an answer: {"error": …}, {"object":"error", …}, or a
 * message or detail without choices and usage. */
bool chat_json_is_error(const cJSON *tree);

#endif
