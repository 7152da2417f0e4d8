#include "base/json.h"

#include <math.h>
#include <stdlib.h>

#include "base/buf.h"

cJSON *json_parse(struct span text, const char *what, struct err *err)
{
	const char *end = NULL;
	cJSON *tree = cJSON_ParseWithLengthOpts(text.p, text.len, &end, false);
	if (!tree) {
		size_t at = end && end >= text.p ? (size_t)(end - text.p) : 0;
		err_set(err, ERR_INPUT, "%s is not valid JSON (at byte %zu)", what, at);
		return NULL;
	}
	while (end < text.p + text.len &&
	       (*end == ' ' || *end == '\n' || *end == '\r' || *end == '\t' || *end == '\0'))
		end++;
	if (end < text.p + text.len) {
		cJSON_Delete(tree);
		err_set(err, ERR_INPUT, "%s is not valid JSON (text after its end, at byte %zu)", what,
		        (size_t)(end - text.p));
		return NULL;
	}
	return tree;
}

const cJSON *json_get(const cJSON *object, const char *name)
{
	const cJSON *v = cJSON_IsObject(object) ? cJSON_GetObjectItemCaseSensitive(object, name) : NULL;
	return v && !cJSON_IsNull(v) ? v : NULL;
}

const char *json_string(const cJSON *object, const char *name)
{
	const cJSON *v = json_get(object, name);
	return cJSON_IsString(v) ? v->valuestring : NULL;
}

int64_t json_int(const cJSON *object, const char *name, int64_t low, int64_t high, int64_t otherwise)
{
	const cJSON *v = json_get(object, name);
	if (!cJSON_IsNumber(v) || v->valuedouble != floor(v->valuedouble) ||
	    v->valuedouble < (double)low || v->valuedouble > (double)high)
		return otherwise;
	return (int64_t)v->valuedouble;
}

bool json_bool(const cJSON *object, const char *name, bool otherwise)
{
	const cJSON *v = json_get(object, name);
	return cJSON_IsBool(v) ? cJSON_IsTrue(v) : otherwise;
}

cJSON *json_text(struct span text)
{
	struct buf b = buf_new(text.len * 3 + 1);
	buf_add_text(&b, text);
	cJSON *string = cJSON_CreateString(buf_span(&b).p);
	buf_free(&b);
	return string;
}

void json_add_text(cJSON *object, const char *name, struct span text)
{
	cJSON_AddItemToObject(object, name, json_text(text));
}
