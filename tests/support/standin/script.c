#define _GNU_SOURCE
#include "tests/support/standin/chat.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/json.h"
#include "base/mem.h"

static const char greeting[] = "{\"content\": \"Hello! I am the stand-in.\"}";

static const char *const known[] = {
	"content", "reasoning", "reasoning_field", "tool_calls", "finish", "piece_bytes", "first_ms",
	"delay_ms", "usage", "eol", "comments", "done", "error_after", "error", "plain", "status",
	"body", "content_type", "retry_after", "raw", "write_bytes", "cut_at",
};

/* A misspelt field would test nothing. */
static bool is_known(const char *name)
{
	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (strcmp(known[i], name) == 0)
			return true;
	return false;
}

static int add_line(struct script *script, struct span text)
{
	struct err err = { 0 };
	cJSON *line = json_parse(text, "a line of the chat script", &err);
	script->lines = mem_grow(script->lines, &script->cap, script->n + 1, sizeof *script->lines);
	script->lines[script->n] = line;
	script->n += line != NULL;
	if (!cJSON_IsObject(line)) {
		fprintf(stderr, "standin: line %zu of the chat script: %s\n", script->n + !line,
		        line ? "no object" : err.text);
		return -1;
	}
	for (const cJSON *field = line->child; field; field = field->next)
		if (!is_known(field->string)) {
			fprintf(stderr, "standin: no such field of a chat script: '%s'\n", field->string);
			return -1;
		}
	return 0;
}

static int add_lines(struct script *script, struct span text)
{
	for (size_t at = 0; at < text.len;) {
		const char *end = memchr(text.p + at, '\n', text.len - at);
		size_t len = end ? (size_t)(end - text.p) - at : text.len - at;
		if (len > 0 && add_line(script, (struct span){ text.p + at, len }) < 0)
			return -1;
		at += len + 1;
	}
	if (script->n > 0)
		return 0;
	fprintf(stderr, "standin: the chat script is empty\n");
	return -1;
}

int script_read(struct script *script, const char *path)
{
	*script = (struct script){ .given = path != NULL };
	pthread_mutex_init(&script->lock, NULL);
	if (!path)
		return add_lines(script, span_of(greeting));
	struct err err = { 0 };
	struct buf text = buf_new((size_t)256 << 20);
	int rc = file_read(path, &text, NULL, &err);
	if (rc < 0)
		fprintf(stderr, "standin: %s\n", err.text);
	else
		rc = add_lines(script, buf_span(&text));
	buf_free(&text);
	return rc;
}

const cJSON *script_next(struct script *script)
{
	pthread_mutex_lock(&script->lock);
	const cJSON *line = script->lines[script->next];
	if (script->next + 1 < script->n)
		script->next++;
	pthread_mutex_unlock(&script->lock);
	return line;
}

void script_free(struct script *script)
{
	for (size_t i = 0; i < script->n; i++)
		cJSON_Delete(script->lines[i]);
	free(script->lines);
}
