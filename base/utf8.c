#include "base/utf8.h"

/* The ranges of Unicode 15.0, table 3-7. */
size_t utf8_decode(const char *p, size_t n, uint32_t *code)
{
	const unsigned char *s = (const unsigned char *)p;
	*code = UTF8_REPLACEMENT;
	if (s[0] < 0x80) {
		*code = s[0];
		return 1;
	}
	size_t len = s[0] >= 0xF0 ? 4 : s[0] >= 0xE0 ? 3 : 2;
	if (s[0] < 0xC2 || s[0] > 0xF4 || n < len)
		return 1;
	unsigned char low = s[0] == 0xE0 ? 0xA0 : s[0] == 0xF0 ? 0x90 : 0x80;
	unsigned char high = s[0] == 0xED ? 0x9F : s[0] == 0xF4 ? 0x8F : 0xBF;
	if (s[1] < low || s[1] > high)
		return 1;
	uint32_t value = s[0] & (0x7Fu >> len);
	value = value << 6 | (s[1] & 0x3Fu);
	for (size_t i = 2; i < len; i++) {
		if ((s[i] & 0xC0) != 0x80)
			return 1;
		value = value << 6 | (s[i] & 0x3Fu);
	}
	*code = value;
	return len;
}

size_t utf8_encode(uint32_t code, char *out)
{
	if (code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF))
		code = UTF8_REPLACEMENT;
	if (code < 0x80) {
		out[0] = (char)code;
		return 1;
	}
	size_t len = code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
	for (size_t i = len - 1; i > 0; i--, code >>= 6)
		out[i] = (char)(0x80 | (code & 0x3F));
	out[0] = (char)((0xF00 >> len & 0xF0) | code);
	return len;
}

size_t utf8_valid_len(const char *p, size_t n)
{
	size_t at = 0;
	while (at < n) {
		if ((unsigned char)p[at] < 0x80) {
			at++;
			continue;
		}
		uint32_t code;
		size_t len = utf8_decode(p + at, n - at, &code);
		if (len == 1)
			return at;
		at += len;
	}
	return n;
}

size_t utf8_floor(const char *p, size_t n, size_t at)
{
	if (at > n)
		at = n;
	for (size_t back = 1; back <= 3 && back <= at; back++) {
		unsigned char c = (unsigned char)p[at - back];
		if (c < 0x80)
			break;
		if (c >= 0xC0) {
			size_t len = c >= 0xF0 ? 4 : c >= 0xE0 ? 3 : 2;
			return len > back ? at - back : at;
		}
	}
	return at;
}
