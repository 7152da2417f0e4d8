#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/file.h"
#include "base/json.h"
#include "base/json_schema.h"
#include "base/mem.h"
#include "base/pattern.h"

#define CASES "tests/cases/json_schema/"

/* Each file is a list of {"about", "schema", "tests": [{"value", "error"}]}: error is absent
 * where the value is valid, "…" stands for what is not looked at at its end. A schema that is
 * none has its own "error", and no tests. */

static size_t n_cases;

static void assert_error(const char *about, const cJSON *wanted, int rc, const struct err *err)
{
	const char *text = cJSON_GetStringValue(wanted);
	size_t len = text ? strlen(text) : 0;
	bool open = len >= 3 && strcmp(text + len - 3, "…") == 0;
	n_cases++;
	if (!text && rc < 0)
		fail_msg("%s: '%s', and is valid", about, err->text);
	if (text && rc == 0)
		fail_msg("%s: valid, and not '%s'", about, text);
	if (text && (open ? strncmp(text, err->text, len - 3) : strcmp(text, err->text)) != 0)
		fail_msg("%s: '%s', and not '%s'", about, err->text, text);
	if (rc < 0)
		assert_int_equal(err->code, ERR_INPUT);
}

static void run_case(const cJSON *one)
{
	const char *about = json_string(one, "about");
	const cJSON *schema = cJSON_GetObjectItem(one, "schema"), *test;
	struct err err = { 0 };
	int rc = json_schema_check(schema, &err);
	assert_error(about, json_get(one, "error"), rc, &err);
	cJSON_ArrayForEach(test, json_get(one, "tests")) {
		const cJSON *value = cJSON_GetObjectItem(test, "value");
		err = (struct err){ 0 };
		rc = json_schema_validate(schema, value, &err);
		char *text = cJSON_PrintUnformatted(value);
		char name[200];
		snprintf(name, sizeof name, "%s, %s", about, text);
		assert_error(name, json_get(test, "error"), rc, &err);
		free(text);
	}
}

static void cases_are_judged_right(void **state)
{
	(void)state;
	DIR *dir = opendir(CASES);
	assert_non_null(dir);
	for (struct dirent *e; (e = readdir(dir));) {
		char path[300];
		struct err err = { 0 };
		struct buf text = buf_new(1 << 20);
		if (e->d_name[0] == '.')
			continue;
		snprintf(path, sizeof path, CASES "%s", e->d_name);
		assert_int_equal(file_read(path, &text, NULL, &err), 0);
		cJSON *list = json_parse(buf_span(&text), path, &err);
		if (!list)
			fail_msg("%s", err.text);
		const cJSON *one;
		cJSON_ArrayForEach(one, list)
			run_case(one);
		cJSON_Delete(list);
		buf_free(&text);
	}
	closedir(dir);
	assert_true(n_cases > 150);
}

/* Text with n times `middle` within. */
static char *repeat(const char *start, const char *middle, size_t n, const char *end)
{
	struct buf b = buf_new((size_t)64 << 20);
	buf_add_str(&b, start);
	while (n--)
		buf_add_str(&b, middle);
	buf_add_str(&b, end);
	return buf_take(&b, NULL);
}

static void judge(const char *schema_text, const char *value_text, const char *wanted)
{
	struct err err = { 0 };
	cJSON *schema = json_parse(span_of(schema_text), "schema", &err);
	cJSON *value = json_parse(span_of(value_text), "value", &err);
	if (!schema || !value)
		fail_msg("%s", err.text);
	int rc = json_schema_check(schema, &err);
	if (rc == 0)
		rc = json_schema_validate(schema, value, &err);
	if (wanted ? rc == 0 || !strstr(err.text, wanted) : rc < 0)
		fail_msg("%.60s: '%s', and not '%s'", schema_text, err.text, wanted ? wanted : "valid");
	cJSON_Delete(schema);
	cJSON_Delete(value);
}

/* Each would take hours, or all memory, if what it describes were done. */
static void hostile_schemas_end(void **state)
{
	(void)state;
	judge("{\"anyOf\": [{\"$ref\": \"#\"}, {\"$ref\": \"#\"}]}", "1", "nested too deeply");
	judge("{\"allOf\": [{\"$ref\": \"#\"}]}", "1", "nested too deeply");
	judge("{\"not\": {\"$ref\": \"#\"}}", "1", "nested too deeply");
	judge("{\"$ref\": \"#\"}", "1", "refers to itself");
	judge("{\"$ref\": \"#/$defs/a\", \"$defs\": {\"a\": {\"$ref\": \"#/$defs/b\"}, \"b\": {\"$ref\": "
	      "\"#/$defs/a\"}}}", "1", "refers to itself");
	/* twice the work at each of thirty levels */
	struct buf b = buf_new(1 << 16);
	buf_add_str(&b, "{\"$ref\": \"#/$defs/n0\", \"$defs\": {");
	for (int i = 0; i < 30; i++)
		buf_printf(&b, "\"n%d\": {\"oneOf\": [{\"$ref\": \"#/$defs/n%d\"}, {\"$ref\": \"#/$defs/n%d\"}]},",
		           i, i + 1, i + 1);
	buf_add_str(&b, "\"n30\": {\"type\": \"string\"}}}");
	judge(buf_span(&b).p, "1", "too much work");
	buf_free(&b);
	char *deep = repeat("", "{\"not\":", 900, "true"), *closed = repeat(deep, "}", 900, "");
	judge(closed, "1", "nested too deeply");
	free(deep);
	free(closed);
}

static void hostile_values_end(void **state)
{
	(void)state;
	/* as many names as members */
	struct buf schema = buf_new(1 << 20), value = buf_new(1 << 20);
	buf_add_str(&schema, "{\"properties\": {");
	buf_add_str(&value, "{");
	for (int i = 0; i < 20000; i++) {
		buf_printf(&schema, "%s\"%d\": true", i ? "," : "", i);
		buf_printf(&value, "%s\"%d\": 1", i ? "," : "", i);
	}
	buf_add_str(&schema, "}}");
	buf_add_str(&value, "}");
	judge(buf_span(&schema).p, buf_span(&value).p, "too much work");
	buf_free(&schema);
	buf_free(&value);
	/* many items are no fault: they are sorted */
	char *items = repeat("[", "{\"a\": [1]},", 100000, "{\"a\": 0}]");
	judge("{\"uniqueItems\": true}", items, "the same item twice");
	judge("{\"items\": {\"type\": \"object\", \"required\": [\"a\"]}}", items, NULL);
	free(items);
	char *nested = repeat("", "[", 900, ""), *closed = repeat(nested, "]", 900, "");
	judge("{\"items\": {\"$ref\": \"#\"}}", closed, "nested too deeply");
	judge("{\"const\": [[1]]}", closed, "must be [[1]]");
	free(nested);
	free(closed);
}

static void hostile_patterns_end(void **state)
{
	(void)state;
	char *text = repeat("\"", "a", 16000, "!\"");
	judge("{\"pattern\": \"^(a+)+$\"}", text, "takes too long");
	judge("{\"pattern\": \"(a|a)*b\"}", text, "takes too long");
	judge("{\"pattern\": \"((((a{1,250}){1,250}){1,250}){1,250})$\"}", text, "takes too long");
	judge("{\"not\": {\"pattern\": \"^(a+)+$\"}}", text, "takes too long");
	judge("{\"pattern\": \"^a*!$\"}", text, NULL);
	free(text);
	text = repeat("\"", "a", PATTERN_MAX_TEXT + 1, "\"");
	judge("{\"pattern\": \"a\"}", text, "too long for a pattern");
	free(text);
	text = repeat("{\"pattern\": \"", "a", PATTERN_MAX + 1, "\"}");
	judge(text, "1", "/pattern: the pattern is longer than");
	free(text);
	text = repeat("{\"pattern\": \"", "(", 1000, "\"}");
	judge(text, "1", "is no regular expression");
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(cases_are_judged_right),
		cmocka_unit_test(hostile_schemas_end),
		cmocka_unit_test(hostile_values_end),
		cmocka_unit_test(hostile_patterns_end),
	};
	return cmocka_run_group_tests_name("json_schema", tests, NULL, NULL);
}
