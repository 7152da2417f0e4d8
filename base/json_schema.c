#include "base/json_schema.h"

#include <stdlib.h>
#include <string.h>

#include "base/json_meets.h"
#include "base/mem.h"

/* A try's errors are cleared. */
enum { WORK_OF_A_TRY = 10 };

static int validate(struct walk *w, const cJSON *schema, const cJSON *value);

/* --- arrays ----------------------------------------------------------------------------- */

static int validate_item(struct walk *w, const cJSON *schema, const cJSON *item, size_t i)
{
	size_t here = walk_to_item(w, i);
	int rc = validate(w, schema, item);
	walk_back(w, here);
	return rc;
}

static int meet_prefix_items(struct walk *w, struct rule r, const cJSON *value)
{
	const cJSON *item = cJSON_IsArray(value) ? value->child : NULL, *schema = r.k->child;
	for (size_t i = 0; item && schema; i++, item = item->next, schema = schema->next)
		if (validate_item(w, schema, item, i) < 0)
			return -1;
	return 0;
}

static int meet_items(struct walk *w, struct rule r, const cJSON *value)
{
	const cJSON *prefix = walk_member(w, r.schema, "prefixItems"), *item;
	size_t i = 0, first = prefix ? (size_t)cJSON_GetArraySize(prefix) : 0;
	if (!cJSON_IsArray(value))
		return 0;
	cJSON_ArrayForEach(item, value) {
		if (i >= first && validate_item(w, r.k, item, i) < 0)
			return -1;
		i++;
	}
	return 0;
}

static int meet_min_items(struct walk *w, struct rule r, const cJSON *value)
{
	bool fails = cJSON_IsArray(value) && cJSON_GetArraySize(value) < r.k->valuedouble;
	return fails ? walk_fault(w, "must have at least %.0f items", r.k->valuedouble) : 0;
}

static int meet_max_items(struct walk *w, struct rule r, const cJSON *value)
{
	bool fails = cJSON_IsArray(value) && cJSON_GetArraySize(value) > r.k->valuedouble;
	return fails ? walk_fault(w, "must have at most %.0f items", r.k->valuedouble) : 0;
}

static int by_hash(const void *a, const void *b)
{
	return hash_compare(a, b);
}

static int meet_unique_items(struct walk *w, struct rule r, const cJSON *value)
{
	if (!cJSON_IsTrue(r.k) || !cJSON_IsArray(value))
		return 0;
	size_t n = 0;
	struct hash *hashes = mem_alloc((size_t)cJSON_GetArraySize(value) + 1, sizeof *hashes);
	const cJSON *item;
	cJSON_ArrayForEach(item, value)
		hashes[n++] = walk_hash(w, item);
	qsort(hashes, n, sizeof *hashes, by_hash);
	bool repeats = false;
	for (size_t i = 1; i < n; i++)
		repeats = repeats || hash_compare(&hashes[i - 1], &hashes[i]) == 0;
	free(hashes);
	return repeats ? walk_fault(w, "must not have the same item twice") : 0;
}

/* --- objects ---------------------------------------------------------------------------- */

static int validate_member(struct walk *w, const cJSON *schema, const cJSON *member)
{
	size_t here = walk_to_member(w, member->string);
	int rc = validate(w, schema, member);
	walk_back(w, here);
	return rc;
}

/* By the value's members, so that a name that comes twice is checked twice. */
static int meet_properties(struct walk *w, struct rule r, const cJSON *value)
{
	const cJSON *member = cJSON_IsObject(value) ? value->child : NULL;
	for (; member; member = member->next) {
		const cJSON *schema = walk_member(w, r.k, member->string);
		if (schema && validate_member(w, schema, member) < 0)
			return -1;
	}
	return 0;
}

static int meet_additional(struct walk *w, struct rule r, const cJSON *value)
{
	const cJSON *named = walk_member(w, r.schema, "properties");
	const cJSON *member = cJSON_IsObject(value) ? value->child : NULL;
	for (; member; member = member->next) {
		if (walk_member(w, named, member->string) || w->spent)
			continue;
		if (cJSON_IsFalse(r.k))
			return walk_fault(w, "must not have the property '%.100s'", member->string);
		if (validate_member(w, r.k, member) < 0)
			return -1;
	}
	return 0;
}

static int meet_required(struct walk *w, struct rule r, const cJSON *value)
{
	const cJSON *name;
	if (!cJSON_IsObject(value))
		return 0;
	cJSON_ArrayForEach(name, r.k)
		if (!walk_member(w, value, name->valuestring) && !w->spent)
			return walk_fault(w, "lacks the property '%.100s'", name->valuestring);
	return 0;
}

static int meet_min_properties(struct walk *w, struct rule r, const cJSON *value)
{
	bool fails = cJSON_IsObject(value) && cJSON_GetArraySize(value) < r.k->valuedouble;
	return fails ? walk_fault(w, "must have at least %.0f properties", r.k->valuedouble) : 0;
}

static int meet_max_properties(struct walk *w, struct rule r, const cJSON *value)
{
	bool fails = cJSON_IsObject(value) && cJSON_GetArraySize(value) > r.k->valuedouble;
	return fails ? walk_fault(w, "must have at most %.0f properties", r.k->valuedouble) : 0;
}

/* --- schemas put together ----------------------------------------------------------------- */

/* A fault is no fault yet; what is spent is. */
static int try(struct walk *w, const cJSON *schema, const cJSON *value, struct err *why)
{
	struct err *err = w->err;
	w->err = why;
	int rc = walk_work(w, WORK_OF_A_TRY) < 0 ? -1 : validate(w, schema, value);
	w->err = err;
	if (w->spent)
		*err = *why;
	return rc;
}

static int meet_any_of(struct walk *w, struct rule r, const cJSON *value)
{
	struct err first = { 0 }, why = { 0 };
	const cJSON *schema;
	cJSON_ArrayForEach(schema, r.k) {
		bool is_first = schema == r.k->child;
		if (try(w, schema, value, is_first ? &first : &why) == 0)
			return 0;
		if (w->spent)
			return -1;
	}
	return walk_fault(w, "meets none of %d alternatives; the first: %s", cJSON_GetArraySize(r.k), first.text);
}

static int meet_one_of(struct walk *w, struct rule r, const cJSON *value)
{
	struct err why = { 0 };
	const cJSON *schema;
	size_t n = 0;
	cJSON_ArrayForEach(schema, r.k) {
		n += try(w, schema, value, &why) == 0;
		if (w->spent)
			return -1;
	}
	return n == 1 ? 0 : walk_fault(w, "must meet one of %d alternatives, and meets %zu",
	                               cJSON_GetArraySize(r.k), n);
}

static int meet_all_of(struct walk *w, struct rule r, const cJSON *value)
{
	const cJSON *schema;
	cJSON_ArrayForEach(schema, r.k)
		if (validate(w, schema, value) < 0)
			return -1;
	return 0;
}

static int meet_not(struct walk *w, struct rule r, const cJSON *value)
{
	struct err why = { 0 };
	int rc = try(w, r.k, value, &why);
	return rc == 0 ? walk_fault(w, "must not be what 'not' describes") : w->spent ? -1 : 0;
}

static int meet_ref(struct walk *w, struct rule r, const cJSON *value)
{
	return validate(w, walk_refer(w, r.k->valuestring), value);
}

/* --- */

static const struct keyword {
	const char *name;
	int (*meet)(struct walk *w, struct rule r, const cJSON *value);
} keywords[] = {
	{ "type", meet_type }, { "enum", meet_enum }, { "const", meet_const },
	{ "minimum", meet_minimum }, { "maximum", meet_maximum },
	{ "exclusiveMinimum", meet_exclusive_minimum }, { "exclusiveMaximum", meet_exclusive_maximum },
	{ "multipleOf", meet_multiple }, { "minLength", meet_min_length }, { "maxLength", meet_max_length },
	{ "pattern", meet_pattern }, { "prefixItems", meet_prefix_items }, { "items", meet_items },
	{ "minItems", meet_min_items }, { "maxItems", meet_max_items }, { "uniqueItems", meet_unique_items },
	{ "properties", meet_properties }, { "additionalProperties", meet_additional },
	{ "required", meet_required }, { "minProperties", meet_min_properties },
	{ "maxProperties", meet_max_properties }, { "anyOf", meet_any_of }, { "oneOf", meet_one_of },
	{ "allOf", meet_all_of }, { "not", meet_not }, { "$ref", meet_ref },
};

static int validate_keyword(struct walk *w, struct rule r, const cJSON *value)
{
	for (size_t i = 0; i < sizeof keywords / sizeof *keywords; i++)
		if (strcmp(keywords[i].name, r.k->string) == 0)
			return walk_work(w, 1) < 0 ? -1 : keywords[i].meet(w, r, value);
	return 0;
}

/* schema is NULL where the bound for work was met in looking for it. */
static int validate(struct walk *w, const cJSON *schema, const cJSON *value)
{
	if (cJSON_IsFalse(schema))
		return walk_fault(w, "must not be there");
	int rc = walk_down(w);
	for (const cJSON *k = cJSON_IsObject(schema) ? schema->child : NULL; k && rc == 0; k = k->next)
		rc = validate_keyword(w, (struct rule){ schema, k }, value);
	walk_up(w);
	return w->spent ? -1 : rc;
}

int json_schema_validate(const cJSON *schema, const cJSON *value, struct err *err)
{
	struct err why = { 0 };
	struct walk w;
	walk_start(&w, schema, &why);
	int rc = validate(&w, schema, value);
	walk_end(&w);
	return rc < 0 ? err_set(err, why.code, "%s", why.text) : 0;
}
