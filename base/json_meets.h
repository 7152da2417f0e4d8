/* The keywords of a schema that look at a value as a whole: its type, what it equals, numbers,
 * strings. For base/json_schema.c alone. */
#ifndef AKIN_BASE_JSON_MEETS_H
#define AKIN_BASE_JSON_MEETS_H

#include "base/json_walk.h"

/* A keyword k of a schema. */
struct rule {
	const cJSON *schema, *k;
};

/* 0 when the value meets the rule, or is of a type that the rule is not about; else -1 with a
 * fault. */
int meet_type(struct walk *w, struct rule r, const cJSON *value);
int meet_enum(struct walk *w, struct rule r, const cJSON *value);
int meet_const(struct walk *w, struct rule r, const cJSON *value);
int meet_minimum(struct walk *w, struct rule r, const cJSON *value);
int meet_maximum(struct walk *w, struct rule r, const cJSON *value);
int meet_exclusive_minimum(struct walk *w, struct rule r, const cJSON *value);
int meet_exclusive_maximum(struct walk *w, struct rule r, const cJSON *value);
int meet_multiple(struct walk *w, struct rule r, const cJSON *value);
int meet_min_length(struct walk *w, struct rule r, const cJSON *value);
int meet_max_length(struct walk *w, struct rule r, const cJSON *value);
int meet_pattern(struct walk *w, struct rule r, const cJSON *value);

#endif
