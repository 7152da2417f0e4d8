/* Getters over cJSON that check type and range. They borrow: what they return
 * is valid until the tree is deleted. */
#ifndef AKIN_BASE_JSON_H
#define AKIN_BASE_JSON_H

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/span.h"

/* Parses one JSON value that must fill the text; nesting is bounded by cJSON
 * (1000). NULL with err (ERR_INPUT) naming `what` and the byte. The caller
 * deletes it with cJSON_Delete. */
cJSON *json_parse(struct span text, const char *what, struct err *err);

const cJSON *json_get(const cJSON *object, const char *name); /* NULL: none, null, or no object */
const char *json_string(const cJSON *object, const char *name); /* NULL: none, or no string */
/* The whole number at name; `otherwise` when there is none, or it is no whole
 * number within [low, high]. */
int64_t json_int(const cJSON *object, const char *name, int64_t low, int64_t high,
                 int64_t otherwise);
bool json_bool(const cJSON *object, const char *name, bool otherwise);

/* A string of text that may hold any bytes: what is no UTF-8 becomes U+FFFD. */
cJSON *json_text(struct span text);
void json_add_text(cJSON *object, const char *name, struct span text);

#endif
