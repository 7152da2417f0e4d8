#define _GNU_SOURCE
#include "models/remote/chat_json.h"

#include <stdint.h>
#include <string.h>

#include "base/buf.h"
#include "base/json.h"

/* The code of an escape \uXXXX at p; -1: it is none. */
static int32_t escaped_code(const char *p, const char *end)
{
	if (end - p < 6 || p[0] != '\\' || p[1] != 'u')
		return -1;
	int32_t code = 0;
	for (int i = 2; i < 6; i++) {
		char c = p[i];
		int digit = c >= '0' && c <= '9'   ? c - '0'
		            : c >= 'a' && c <= 'f' ? c - 'a' + 10
		            : c >= 'A' && c <= 'F' ? c - 'A' + 10
		                                   : -1;
		if (digit < 0)
			return -1;
		code = code * 16 + digit;
	}
	return code;
}

/* Adds the escape at p; returns how many bytes of the text it stands for. */
static size_t add_escape(struct buf *out, const char *p, const char *end)
{
	int32_t code = escaped_code(p, end);
	size_t len = code >= 0 ? 6 : end - p >= 2 ? 2 : 1;
	if (code >= 0xd800 && code < 0xdc00) {
		int32_t low = escaped_code(p + 6, end);
		len = low >= 0xdc00 && low < 0xe000 ? 12 : 6;
	}
	bool half = len == 6 && code >= 0xd800 && code < 0xe000;
	if (half || code == 0)
		buf_add_str(out, "\\ufffd");
	else
		buf_add(out, p, len);
	return len;
}

static void mend(struct buf *out, struct span text)
{
	const char *p = text.p, *end = text.p + text.len;
	while (p < end) {
		const char *from = p;
		while (p < end && *p != '\\' && *p != '\0')
			p++;
		buf_add(out, from, (size_t)(p - from));
		if (p == end)
			return;
		if (*p == '\\') {
			p += add_escape(out, p, end);
		} else {
			buf_add_str(out, "\xef\xbf\xbd");
			p++;
		}
	}
}

cJSON *chat_json_parse(struct span text)
{
	if (!memmem(text.p, text.len, "\\u", 2) && !memchr(text.p, 0, text.len))
		return json_parse(text, "it", NULL);
	struct buf mended = buf_new(text.len * 3);
	mend(&mended, text);
	cJSON *tree = json_parse(buf_span(&mended), "it", NULL);
	buf_free(&mended);
	return tree;
}

bool chat_json_is_error(const cJSON *tree)
{
	const cJSON *error = json_get(tree, "error");
	if (cJSON_IsObject(error) ? error->child != NULL : cJSON_IsString(error) && *error->valuestring)
		return true;
	const char *object = json_string(tree, "object");
	if (object && strcmp(object, "error") == 0)
		return true;
	bool answer = json_get(tree, "choices") || json_get(tree, "usage");
	return !answer && (json_string(tree, "message") || json_get(tree, "detail"));
}
