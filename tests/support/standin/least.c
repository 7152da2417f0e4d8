#include "tests/support/standin/chat.h"

#include <string.h>

#include "base/json.h"

enum { MAX_DEPTH = 16 };

static cJSON *least(const cJSON *schema, int depth);

static cJSON *least_object(const cJSON *schema, int depth)
{
	cJSON *value = cJSON_CreateObject();
	const cJSON *required = json_get(schema, "required");
	for (const cJSON *name = required ? required->child : NULL; name; name = name->next)
		if (cJSON_IsString(name))
			cJSON_AddItemToObject(value, name->valuestring,
			                      least(json_get(json_get(schema, "properties"), name->valuestring),
			                            depth + 1));
	return value;
}

static cJSON *least(const cJSON *schema, int depth)
{
	const cJSON *choice = json_get(schema, "const"), *list = json_get(schema, "enum");
	if (!choice && cJSON_IsArray(list))
		choice = list->child;
	if (choice)
		return cJSON_Duplicate(choice, true);
	const char *type = json_string(schema, "type");
	if (!type || depth > MAX_DEPTH)
		return cJSON_CreateNull();
	if (strcmp(type, "object") == 0)
		return least_object(schema, depth);
	if (strcmp(type, "array") == 0)
		return cJSON_CreateArray();
	if (strcmp(type, "string") == 0)
		return cJSON_CreateString("a text");
	if (strcmp(type, "boolean") == 0)
		return cJSON_CreateFalse();
	if (strcmp(type, "null") == 0)
		return cJSON_CreateNull();
	return cJSON_CreateNumber((double)json_int(schema, "minimum", INT32_MIN, INT32_MAX, 0));
}

char *least_of(const cJSON *request)
{
	const cJSON *format = json_get(json_get(request, "response_format"), "json_schema");
	const cJSON *schema = json_get(format, "schema");
	if (!schema)
		return NULL;
	cJSON *value = least(schema, 0);
	char *text = cJSON_PrintUnformatted(value);
	cJSON_Delete(value);
	return text;
}
