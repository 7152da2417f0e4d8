#include "ask/user_tools.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/json.h"
#include "base/json_schema.h"
#include "base/mem.h"
#include "base/process.h"
#include "models/remote/providers.h"

enum { MAX_FILE = 4 << 20, MAX_NAME = 64, MAX_TIMEOUT_S = 600 };

/* --- reading ---------------------------------------------------------------------------- */

static bool is_name(const char *name)
{
	static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";
	size_t len = strspn(name, allowed);
	return len > 0 && len <= MAX_NAME && !name[len];
}

static bool is_one_of(const char *name, const char *const *list)
{
	while (*list && strcmp(*list, name) != 0)
		list++;
	return *list != NULL;
}

/* A name that is misspelt would be passed over in silence. */
static int check_members(const cJSON *object, const char *const *known, const char *what, struct err *err)
{
	const cJSON *member;
	cJSON_ArrayForEach(member, object)
		if (!is_one_of(member->string, known))
			return err_set(err, ERR_INPUT, "%s has '%.80s', which is not known; there are name, "
			               "description, parameters, command, timeout_s", what, member->string);
	return 0;
}

static int read_command(struct user_tool *t, const cJSON *command, struct err *err)
{
	const cJSON *word;
	t->command = mem_zalloc((size_t)cJSON_GetArraySize(command) + 1, sizeof *t->command);
	cJSON_ArrayForEach(word, command) {
		if (!cJSON_IsArray(command) || !cJSON_IsString(word))
			return err_set(err, ERR_INPUT, "its command must be a list of strings: the program, and "
			               "an argument each");
		t->command[t->n_command++] = mem_strdup(word->valuestring);
	}
	if (!t->n_command || !t->command[0][0])
		return err_set(err, ERR_INPUT, "it has no command; write \"command\": [\"program\", \"argument\"]");
	return 0;
}

static int read_parameters(struct user_tool *t, const cJSON *parameters, struct err *err)
{
	t->schema = parameters ? cJSON_Duplicate(parameters, true)
	                       : cJSON_Parse("{\"type\": \"object\", \"properties\": {}}");
	if (json_schema_check(t->schema, err) < 0)
		return err_wrap(err, "its parameters are no schema that can be checked");
	const char *type = json_string(t->schema, "type");
	if (!type || strcmp(type, "object") != 0)
		return err_set(err, ERR_INPUT, "its parameters must be a schema of \"type\": \"object\"");
	t->parameters = cJSON_PrintUnformatted(t->schema);
	return t->parameters ? 0 : err_set(err, ERR_INPUT, "its parameters cannot be written");
}

static int read_timeout(struct user_tool *t, const cJSON *timeout, struct err *err)
{
	t->timeout_s = USER_TOOL_TIMEOUT_S;
	if (!timeout)
		return 0;
	if (!cJSON_IsNumber(timeout) || !(timeout->valuedouble >= 1 && timeout->valuedouble <= MAX_TIMEOUT_S))
		return err_set(err, ERR_INPUT, "its timeout_s must be a number from 1 to %d", MAX_TIMEOUT_S);
	t->timeout_s = (int)timeout->valuedouble;
	return 0;
}

static int read_name(struct user_tool *t, const struct user_tools *tools, const cJSON *function,
                     struct err *err)
{
	static const char *const taken[] = { "search", "read", "list", NULL };
	const char *name = json_string(function, "name"), *description = json_string(function, "description");
	if (!name || !is_name(name))
		return err_set(err, ERR_INPUT, "it needs a name of letters, digits, _ and -, %d at most", MAX_NAME);
	t->name = mem_strdup(name);
	t->description = mem_strdup(description ? description : "");
	if (is_one_of(name, taken))
		return err_set(err, ERR_INPUT, "search, read and list are the index's own; give it another name");
	for (size_t i = 0; i + 1 < tools->n; i++)
		if (strcmp(tools->items[i].name, name) == 0)
			return err_set(err, ERR_INPUT, "there are two of that name");
	return 0;
}

/* entry is the function, or what OpenAI's form puts around it. */
static int read_entry(struct user_tool *t, const struct user_tools *tools, const cJSON *entry,
                      struct err *err)
{
	static const char *const plain[] = { "name", "description", "parameters", "strict", "command",
		                             "timeout_s", "type", NULL };
	static const char *const around[] = { "type", "function", "command", "timeout_s", NULL };
	static const char *const within[] = { "name", "description", "parameters", "strict", NULL };
	const cJSON *function = json_get(entry, "function");
	const char *type = json_string(entry, "type");
	if (!cJSON_IsObject(entry) || (function && !cJSON_IsObject(function)))
		return err_set(err, ERR_INPUT, "it must be an object");
	if (read_name(t, tools, function ? function : entry, err) < 0 ||
	    check_members(entry, function ? around : plain, "it", err) < 0 ||
	    (function && check_members(function, within, "its function", err) < 0))
		return -1;
	if (type && strcmp(type, "function") != 0)
		return err_set(err, ERR_INPUT, "its type must be \"function\"");
	if (read_parameters(t, json_get(function ? function : entry, "parameters"), err) < 0)
		return -1;
	return read_timeout(t, json_get(entry, "timeout_s"), err) < 0
	               ? -1 : read_command(t, json_get(entry, "command"), err);
}

int user_tools_parse(struct span text, const char *where, struct user_tools *tools, struct err *err)
{
	*tools = (struct user_tools){ 0 };
	char quoted[512];
	snprintf(quoted, sizeof quoted, "'%s'", where);
	cJSON *list = json_parse(text, quoted, err);
	const cJSON *entry;
	int rc = list ? 0 : -1, n = cJSON_GetArraySize(list);
	if (list && (!cJSON_IsArray(list) || n == 0))
		rc = err_set(err, ERR_INPUT, "'%s' must be a list of functions: [{\"name\": …}]", where);
	else if (n > USER_TOOLS_MAX)
		rc = err_set(err, ERR_LIMIT, "'%s' has more than %d functions", where, USER_TOOLS_MAX);
	if (rc == 0)
		tools->items = mem_zalloc((size_t)n, sizeof *tools->items);
	for (entry = rc == 0 ? list->child : NULL; entry && rc == 0; entry = entry->next) {
		struct user_tool *t = &tools->items[tools->n++];
		rc = read_entry(t, tools, entry, err);
		if (rc < 0 && t->name)
			err_wrap(err, "function '%s' in '%s'", t->name, where);
		else if (rc < 0)
			err_wrap(err, "function %zu in '%s'", tools->n, where);
	}
	cJSON_Delete(list);
	return rc;
}

int user_tools_read(const char *path, struct user_tools *tools, struct err *err)
{
	struct buf text = buf_new(MAX_FILE);
	*tools = (struct user_tools){ 0 };
	int rc = file_read(path, &text, NULL, err);
	if (rc == 0)
		rc = user_tools_parse(buf_span(&text), path, tools, err);
	buf_free(&text);
	return rc;
}

void user_tools_free(struct user_tools *tools)
{
	for (size_t i = 0; i < tools->n; i++) {
		struct user_tool *t = &tools->items[i];
		for (size_t k = 0; k < t->n_command; k++)
			free(t->command[k]);
		free(t->command);
		free(t->name);
		free(t->description);
		free(t->parameters);
		cJSON_Delete(t->schema);
	}
	free(tools->items);
	*tools = (struct user_tools){ 0 };
}

const struct user_tool *user_tools_find(const struct user_tools *tools, const char *name)
{
	for (size_t i = 0; i < tools->n; i++)
		if (strcmp(tools->items[i].name, name) == 0)
			return &tools->items[i];
	return NULL;
}

/* --- running ---------------------------------------------------------------------------- */

int user_tool_run(const struct user_tool *tool, struct span arguments, bool (*stopped)(void *ctx),
                  void *ctx, struct buf *out, struct err *err)
{
	struct process_options opt = {
		.argv = (const char *const *)tool->command, .input = arguments,
		.timeout_ms = tool->timeout_s * 1000, .unset = provider_key_variables(),
		.stopped = stopped, .ctx = ctx,
	};
	struct buf said = buf_new(USER_TOOL_MAX_OUTPUT);
	int rc = process_run(&opt, &said, err);
	if (rc == 0 && buf_add_text(out, buf_span(&said)) < 0)
		rc = err_set(err, ERR_LIMIT, "'%s' wrote more than there is room for", tool->command[0]);
	buf_free(&said);
	return rc;
}
