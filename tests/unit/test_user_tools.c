#define _POSIX_C_SOURCE 200809L
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "ask/user_tools.h"
#include "base/json.h"
#include "base/mem.h"

#define COMMAND ", \"command\": [\"true\"]"

static void refused(const char *text, const char *wanted)
{
	struct user_tools tools;
	struct err err = { 0 };
	assert_int_equal(user_tools_parse(span_of(text), "t.json", &tools, &err), -1);
	assert_int_equal(err.code, ERR_INPUT);
	if (strcmp(err.text, wanted) != 0)
		fail_msg("%s: '%s', and not '%s'", text, err.text, wanted);
	user_tools_free(&tools);
}

/* The one tool of a text. */
static struct user_tools parse(const char *text)
{
	struct user_tools tools;
	struct err err = { 0 };
	if (user_tools_parse(span_of(text), "t.json", &tools, &err) < 0)
		fail_msg("%s", err.text);
	return tools;
}

static void the_example_is_read(void **state)
{
	(void)state;
	struct user_tools tools;
	struct err err = { 0 };
	assert_int_equal(user_tools_read("data/examples/weather.json", &tools, &err), 0);
	assert_int_equal(tools.n, 1);
	const struct user_tool *t = user_tools_find(&tools, "get_current_weather");
	assert_non_null(t);
	assert_null(user_tools_find(&tools, "get_current"));
	assert_string_equal(t->description, "Get the current weather in a given location");
	assert_string_equal(t->command[0], "sh");
	assert_null(t->command[t->n_command]);
	assert_int_equal(t->timeout_s, USER_TOOL_TIMEOUT_S);
	assert_non_null(strstr(t->parameters, "\"enum\":[\"celsius\",\"fahrenheit\"]"));
	struct buf out = buf_new(1000);
	struct span arguments = span_of("{\"location\": \"Paris\", \"unit\": \"celsius\"}");
	assert_int_equal(user_tool_run(t, arguments, NULL, NULL, &out, &err), 0);
	cJSON *answer = json_parse(buf_span(&out), "the answer", &err);
	assert_string_equal(json_string(answer, "location"), "Paris");
	assert_string_equal(json_string(answer, "temperature"), "22");
	cJSON_Delete(answer);
	buf_free(&out);
	user_tools_free(&tools);
}

static void both_forms_are_read(void **state)
{
	(void)state;
	struct user_tools tools = parse("[{\"type\": \"function\", \"function\": {\"name\": \"a-B_1\", "
	                                "\"description\": \"d\", \"strict\": true, \"parameters\": {\"type\": "
	                                "\"object\"}}, \"timeout_s\": 600" COMMAND "}, "
	                                "{\"name\": \"b\"" COMMAND "}]");
	assert_int_equal(tools.n, 2);
	assert_string_equal(tools.items[0].name, "a-B_1");
	assert_int_equal(tools.items[0].timeout_s, 600);
	assert_string_equal(tools.items[1].description, "");
	assert_string_equal(tools.items[1].parameters, "{\"type\":\"object\",\"properties\":{}}");
	user_tools_free(&tools);
}

static void what_is_wrong_is_named(void **state)
{
	(void)state;
	refused("[", "'t.json' is not valid JSON (at byte 0)");
	refused("{}", "'t.json' must be a list of functions: [{\"name\": …}]");
	refused("[]", "'t.json' must be a list of functions: [{\"name\": …}]");
	refused("[1]", "function 1 in 't.json': it must be an object");
	refused("[{\"name\": \"a\"" COMMAND "}, {\"description\": \"x\"}]",
	        "function 2 in 't.json': it needs a name of letters, digits, _ and -, 64 at most");
	refused("[{\"name\": \"a b\"}]",
	        "function 1 in 't.json': it needs a name of letters, digits, _ and -, 64 at most");
	refused("[{\"name\": \"read\"" COMMAND "}]",
	        "function 'read' in 't.json': search, read and list are "
	        "the index's own; give it another name");
	refused("[{\"name\": \"a\"" COMMAND "}, {\"name\": \"a\"" COMMAND "}]",
	        "function 'a' in 't.json': there are two of that name");
	refused("[{\"name\": \"a\"}]", "function 'a' in 't.json': it has no command; write \"command\": "
	        "[\"program\", \"argument\"]");
	refused("[{\"name\": \"a\", \"command\": []}]",
	        "function 'a' in 't.json': it has no command; write "
	        "\"command\": [\"program\", \"argument\"]");
	refused("[{\"name\": \"a\", \"command\": \"rm -rf x\"}]",
	        "function 'a' in 't.json': it has no command; "
	        "write \"command\": [\"program\", \"argument\"]");
	refused("[{\"name\": \"a\", \"command\": {\"x\": \"true\"}}]",
	        "function 'a' in 't.json': its command must "
	        "be a list of strings: the program, and an argument each");
	refused("[{\"name\": \"a\", \"command\": [\"x\", 1]}]",
	        "function 'a' in 't.json': its command must be a "
	        "list of strings: the program, and an argument each");
	refused("[{\"name\": \"a\", \"parameters\": {\"type\": \"object\", \"properties\": "
	        "{\"x\": {\"type\": "
	        "\"text\"}}}" COMMAND "}]", "function 'a' in 't.json': its parameters are no schema that can be "
	        "checked: /properties/x/type: must be string, number, integer, object, array, boolean or null");
	refused("[{\"name\": \"a\", \"parameters\": {\"type\": \"string\"}" COMMAND "}]",
	        "function 'a' in 't.json': its parameters must be a schema of \"type\": \"object\"");
	refused("[{\"name\": \"a\", \"timeout\": 5" COMMAND "}]",
	        "function 'a' in 't.json': it has 'timeout', "
	        "which is not known; there are name, description, parameters, command, timeout_s");
	refused("[{\"name\": \"a\", \"timeout_s\": 601" COMMAND "}]",
	        "function 'a' in 't.json': its timeout_s must be a number from 1 to 600");
	refused("[{\"name\": \"a\", \"timeout_s\": 0.5" COMMAND "}]",
	        "function 'a' in 't.json': its timeout_s must be a number from 1 to 600");
	refused("[{\"name\": \"a\", \"type\": \"web_search\"" COMMAND "}]",
	        "function 'a' in 't.json': its type must be \"function\"");
	struct user_tools tools;
	struct err err = { 0 };
	assert_int_equal(user_tools_read("/tmp/no such file.json", &tools, &err), -1);
	assert_int_equal(err.code, ERR_IO);
	user_tools_free(&tools);
}

static void there_are_not_too_many(void **state)
{
	(void)state;
	struct buf text = buf_new(1 << 20);
	struct user_tools tools;
	struct err err = { 0 };
	for (int i = 0; i <= USER_TOOLS_MAX; i++)
		buf_printf(&text, "%s{\"name\": \"f%d\"" COMMAND "}", i ? "," : "[", i);
	buf_add_str(&text, "]");
	assert_int_equal(user_tools_parse(buf_span(&text), "t.json", &tools, &err), -1);
	assert_int_equal(err.code, ERR_LIMIT);
	buf_free(&text);
}

/* Runs the one tool of a text. */
static int run(const char *text, const char *arguments, struct buf *out, struct err *err)
{
	struct user_tools tools = parse(text);
	*out = buf_new(USER_TOOL_MAX_OUTPUT);
	*err = (struct err){ 0 };
	int rc = user_tool_run(&tools.items[0], span_of(arguments), NULL, NULL, out, err);
	user_tools_free(&tools);
	return rc;
}

/* The arguments are data: on the standard input, and never on a command line. */
static void arguments_are_never_run(void **state)
{
	(void)state;
	struct buf out;
	struct err err;
	const char *hostile = "{\"a\": \"$(touch /tmp/akin_owned); `id` ; rm -rf /\"}";
	assert_int_equal(run("[{\"name\": \"a\", \"command\": [\"cat\"]}]", hostile, &out, &err), 0);
	assert_string_equal(buf_span(&out).p, hostile);
	buf_free(&out);
	/* nor are those of the command a shell's */
	assert_int_equal(run("[{\"name\": \"a\", \"command\": [\"echo\", \"$HOME; id\", \"*\"]}]",
	                 "{}", &out,
	                     &err), 0);
	assert_string_equal(buf_span(&out).p, "$HOME; id *\n");
	buf_free(&out);
}

static void it_gets_no_key(void **state)
{
	(void)state;
	struct buf out;
	struct err err;
	setenv("OVHCLOUD_API_KEY", "secret-1", 1);
	setenv("LITELLM_PROXY_API_KEY", "secret-2", 1);
	setenv("AKIN_API_KEY_FILE", "secret-3", 1);
	setenv("AKIN_TEST_OTHER", "seen", 1);
	assert_int_equal(run("[{\"name\": \"a\", \"command\": [\"env\"]}]", "{}", &out, &err), 0);
	assert_null(strstr(out.p, "secret"));
	assert_non_null(strstr(out.p, "AKIN_TEST_OTHER=seen"));
	buf_free(&out);
	unsetenv("OVHCLOUD_API_KEY");
	unsetenv("LITELLM_PROXY_API_KEY");
	unsetenv("AKIN_API_KEY_FILE");
}

static void its_faults_are_told(void **state)
{
	(void)state;
	struct buf out;
	struct err err;
	assert_int_equal(run("[{\"name\": \"a\", \"command\": [\"sh\", \"-c\", \"echo no such "
	                 "city >&2; exit 2\"]}]",
	                     "{}", &out, &err), -1);
	assert_int_equal(err.code, ERR_INPUT);
	assert_string_equal(err.text, "'sh' ended with status 2: no such city");
	buf_free(&out);
	assert_int_equal(run("[{\"name\": \"a\", \"command\": [\"/nowhere/it\"]}]", "{}", &out, &err), -1);
	assert_int_equal(err.code, ERR_INPUT);
	buf_free(&out);
	assert_int_equal(run("[{\"name\": \"a\", \"command\": [\"head\", \"-c\", \"70000\", "
	                 "\"/dev/zero\"]}]",
	                     "{}", &out, &err), -1);
	assert_int_equal(err.code, ERR_LIMIT);
	buf_free(&out);
	assert_int_equal(run("[{\"name\": \"a\", \"command\": [\"sleep\", \"1000\"], "
	                 "\"timeout_s\": 1}]", "{}",
	                     &out, &err), -1);
	assert_int_equal(err.code, ERR_LIMIT);
	buf_free(&out);
	assert_int_equal(run("[{\"name\": \"a\", \"command\": [\"printf\", \"a\\\\377b\"]}]", "{}",
	                 &out, &err), 0);
	assert_string_equal(out.p, "a\xEF\xBF\xBD" "b");
	buf_free(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_example_is_read),
		cmocka_unit_test(both_forms_are_read),
		cmocka_unit_test(what_is_wrong_is_named),
		cmocka_unit_test(there_are_not_too_many),
		cmocka_unit_test(arguments_are_never_run),
		cmocka_unit_test(it_gets_no_key),
		cmocka_unit_test(its_faults_are_told),
	};
	return cmocka_run_group_tests_name("user_tools", tests, NULL, NULL);
}
