#include "query/frame.h"

#include <stdbool.h>
#include <stdint.h>

#include "base/utf8.h"

static bool is_unsafe(uint32_t code)
{
	return code < 0x20 || (code >= 0x7F && code < 0xA0) || code == 0x2028 || code == 0x2029 ||
	       (code >= 0x202A && code <= 0x202E) || (code >= 0x2066 && code <= 0x2069);
}

void frame_line(struct buf *out, struct span text)
{
	for (size_t at = 0; at < text.len;) {
		uint32_t code;
		char bytes[4];
		at += utf8_decode(text.p + at, text.len - at, &code);
		buf_add(out, bytes, utf8_encode(is_unsafe(code) ? UTF8_REPLACEMENT : code, bytes));
	}
}

static size_t longest_run(struct span text, char c)
{
	size_t longest = 0, run = 0;
	for (size_t i = 0; i < text.len; i++) {
		run = text.p[i] == c ? run + 1 : 0;
		longest = run > longest ? run : longest;
	}
	return longest;
}

static void add_fence(struct buf *out, size_t n)
{
	while (n--)
		buf_add_byte(out, '`');
	buf_add_byte(out, '\n');
}

void frame_block(struct buf *out, struct span text)
{
	size_t run = longest_run(text, '`'), fence = run < 3 ? 3 : run + 1;
	add_fence(out, fence);
	buf_add_span(out, text);
	if (text.len && text.p[text.len - 1] != '\n')
		buf_add_byte(out, '\n');
	add_fence(out, fence);
}
