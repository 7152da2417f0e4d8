/* json_schema_check: whether each keyword of a schema is one that is checked, and is well made. */
#include <math.h>
#include <string.h>

#include "base/json_schema.h"
#include "base/json_walk.h"
#include "base/pattern.h"

static int read_schema(struct walk *w, const cJSON *schema);

static int read_any(struct walk *w, const cJSON *k)
{
	(void)w;
	(void)k;
	return 0;
}

static int read_bool(struct walk *w, const cJSON *k)
{
	return cJSON_IsBool(k) ? 0 : walk_fault(w, "must be true or false");
}

static int read_text(struct walk *w, const cJSON *k)
{
	return cJSON_IsString(k) ? 0 : walk_fault(w, "must be a string");
}

static int read_number(struct walk *w, const cJSON *k)
{
	return cJSON_IsNumber(k) && isfinite(k->valuedouble) ? 0 : walk_fault(w, "must be a number");
}

static int read_divisor(struct walk *w, const cJSON *k)
{
	if (read_number(w, k) < 0)
		return -1;
	return k->valuedouble > 0 ? 0 : walk_fault(w, "must be more than 0");
}

static int read_count(struct walk *w, const cJSON *k)
{
	bool whole = cJSON_IsNumber(k) && k->valuedouble >= 0 && k->valuedouble == floor(k->valuedouble);
	return whole ? 0 : walk_fault(w, "must be a whole number, 0 or more");
}

static int read_list(struct walk *w, const cJSON *k)
{
	return cJSON_IsArray(k) && k->child ? 0 : walk_fault(w, "must be a list that is not empty");
}

static int read_names(struct walk *w, const cJSON *k)
{
	const cJSON *name;
	if (!cJSON_IsArray(k))
		return walk_fault(w, "must be a list of names");
	cJSON_ArrayForEach(name, k)
		if (!cJSON_IsString(name))
			return walk_fault(w, "must be a list of names");
	return 0;
}

static int read_type(struct walk *w, const cJSON *type)
{
	static const char *const types[] = { "string", "number", "integer", "object", "array", "boolean",
		                             "null" };
	for (size_t i = 0; cJSON_IsString(type) && i < sizeof types / sizeof *types; i++)
		if (strcmp(types[i], type->valuestring) == 0)
			return 0;
	return walk_fault(w, "must be string, number, integer, object, array, boolean or null");
}

static int read_types(struct walk *w, const cJSON *k)
{
	const cJSON *type;
	if (!cJSON_IsArray(k))
		return read_type(w, k);
	cJSON_ArrayForEach(type, k)
		if (read_type(w, type) < 0)
			return -1;
	return read_list(w, k);
}

static int read_pattern(struct walk *w, const cJSON *k)
{
	struct err why = { 0 };
	if (read_text(w, k) < 0)
		return -1;
	if (pattern_check(span_of(k->valuestring), &why) < 0)
		return walk_fault(w, "%s", why.text);
	return walk_work(w, 200);
}

static int read_items(struct walk *w, const cJSON *k)
{
	if (cJSON_IsArray(k))
		return walk_fault(w, "must be one schema; for a list of them, write prefixItems");
	return read_schema(w, k);
}

static int read_schemas(struct walk *w, const cJSON *k)
{
	size_t i = 0;
	const cJSON *schema;
	cJSON_ArrayForEach(schema, k) {
		size_t here = walk_to_item(w, i++);
		if (read_schema(w, schema) < 0)
			return -1;
		walk_back(w, here);
	}
	return read_list(w, k);
}

static int read_named_schemas(struct walk *w, const cJSON *k)
{
	const cJSON *schema;
	if (!cJSON_IsObject(k))
		return walk_fault(w, "must be an object of schemas");
	cJSON_ArrayForEach(schema, k) {
		size_t here = walk_to_member(w, schema->string);
		if (read_schema(w, schema) < 0)
			return -1;
		walk_back(w, here);
	}
	return 0;
}

/* A chain of references that comes to no end is found here; one through allOf and the like,
 * when a value is validated. */
static int read_ref(struct walk *w, const cJSON *k)
{
	for (int hops = 0; k; hops++) {
		if (hops > 16)
			return walk_fault(w, "refers to itself");
		if (read_text(w, k) < 0)
			return -1;
		const cJSON *target = walk_refer(w, k->valuestring);
		if (!target)
			return walk_fault(w, "'%.100s' is not in the schema; a reference is #, #/$defs/NAME or "
			                  "#/definitions/NAME", k->valuestring);
		k = walk_member(w, target, "$ref");
	}
	return 0;
}

static const struct keyword {
	const char *name;
	int (*read)(struct walk *w, const cJSON *k);
} keywords[] = {
	{ "type", read_types }, { "properties", read_named_schemas }, { "required", read_names },
	{ "additionalProperties", read_schema }, { "items", read_items }, { "prefixItems", read_schemas },
	{ "minItems", read_count }, { "maxItems", read_count }, { "uniqueItems", read_bool },
	{ "enum", read_list }, { "const", read_any }, { "minimum", read_number },
	{ "maximum", read_number }, { "exclusiveMinimum", read_number },
	{ "exclusiveMaximum", read_number }, { "multipleOf", read_divisor }, { "minLength", read_count },
	{ "maxLength", read_count }, { "pattern", read_pattern }, { "minProperties", read_count },
	{ "maxProperties", read_count }, { "anyOf", read_schemas }, { "oneOf", read_schemas },
	{ "allOf", read_schemas }, { "not", read_schema }, { "$ref", read_ref },
	{ "$defs", read_named_schemas }, { "definitions", read_named_schemas },
	/* annotations */
	{ "title", read_any }, { "description", read_any }, { "default", read_any },
	{ "examples", read_any }, { "format", read_any }, { "$schema", read_any }, { "$id", read_any },
	{ "$comment", read_any }, { "deprecated", read_any }, { "readOnly", read_any },
	{ "writeOnly", read_any }, { "name", read_any },
};

static int read_keyword(struct walk *w, const cJSON *k)
{
	size_t here = walk_to_member(w, k->string);
	int rc = 1;
	for (size_t i = 0; rc > 0 && i < sizeof keywords / sizeof *keywords; i++)
		if (strcmp(keywords[i].name, k->string) == 0)
			rc = keywords[i].read(w, k);
	if (rc > 0)
		rc = walk_fault(w, "is a keyword that cannot be checked; leave it out");
	walk_back(w, here);
	return rc;
}

static int read_schema(struct walk *w, const cJSON *schema)
{
	if (cJSON_IsBool(schema))
		return 0;
	if (!cJSON_IsObject(schema))
		return walk_fault(w, "must be a schema: an object, true or false");
	int rc = walk_down(w);
	for (const cJSON *k = schema->child; k && rc == 0; k = k->next)
		rc = read_keyword(w, k);
	walk_up(w);
	return rc;
}

int json_schema_check(const cJSON *schema, struct err *err)
{
	struct err why = { 0 };
	struct walk w;
	walk_start(&w, schema, &why);
	int rc = read_schema(&w, schema);
	if (rc == 0 && w.spent)
		rc = -1;
	walk_end(&w);
	return rc < 0 ? err_set(err, why.code, "%s", why.text) : 0;
}
