/* Validates JSON against a JSON Schema: the documented subset that structured output needs.
 *
 * Checked: type (string or list), properties, required, additionalProperties (boolean or
 * schema), items, prefixItems, minItems, maxItems, uniqueItems, enum, const, minimum, maximum,
 * exclusiveMinimum, exclusiveMaximum, multipleOf, minLength, maxLength (in characters),
 * pattern (base/pattern.h), minProperties, maxProperties, anyOf, oneOf, allOf,
 * not, $ref to "#", "#/$defs/NAME" and "#/definitions/NAME", boolean schemas. Annotations
 * (title, description, default, examples, format, $schema, $id, $comment, deprecated,
 * readOnly, writeOnly, name) are passed over. Any other keyword is an error when the schema is
 * read, so that nothing is silently left unchecked. Pure. Depth and work are bounded: a schema
 * and a value that would take more are faulty. */
#ifndef AKIN_BASE_JSON_SCHEMA_H
#define AKIN_BASE_JSON_SCHEMA_H

#include <cjson/cJSON.h>

#include "base/err.h"

/* Whether the schema is one that can be checked: -1 with ERR_INPUT that names the place, as a
 * JSON pointer, and what is wrong there. */
int json_schema_check(const cJSON *schema, struct err *err);

/* Whether value is valid: -1 with ERR_INPUT, the first violation's place and words, such as
 * "/products/2: must be a string, and is a number". The schema has passed json_schema_check. */
int json_schema_validate(const cJSON *schema, const cJSON *value, struct err *err);

#endif
