/* Any bytes as a schema and, behind a NUL, a value: what is checked is validated without harm and
 * in bounded time, and says the same twice. */
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/json_schema.h"
#include "base/utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool truth)
{
	if (!truth)
		abort();
}

static int judge(const cJSON *schema, const cJSON *value)
{
	struct err err = { 0 };
	int rc = json_schema_validate(schema, value, &err);
	must(rc == 0 || (err.code == ERR_INPUT && err.text[0]));
	return rc;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *nul = size ? memchr(data, '\0', size) : NULL;
	if (!nul)
		return 0;
	struct span first = { (const char *)data, (size_t)(nul - data) };
	struct span second = { (const char *)nul + 1, size - first.len - 1 };
	struct err err = { 0 };
	cJSON *schema = json_parse(first, "schema", NULL), *value = json_parse(second, "value", NULL);
	if (schema && value && json_schema_check(schema, &err) == 0) {
		cJSON *copy = cJSON_Duplicate(value, true), *constant = cJSON_CreateObject();
		must(judge(schema, value) == judge(schema, copy));
		/* a value is itself */
		cJSON_AddItemToObject(constant, "const", copy);
		must(judge(constant, value) == 0);
		cJSON_Delete(constant);
	} else if (schema && value) {
		must(err.code == ERR_INPUT && err.text[0]);
	}
	cJSON_Delete(schema);
	cJSON_Delete(value);
	return 0;
}
