#include "models/local/tokenizer/base64.h"

static int digit(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	return c == '+' ? 62 : c == '/' ? 63 : -1;
}

int base64_decode(struct span text, struct buf *out)
{
	if (text.len % 4 != 0)
		return -1;
	for (size_t at = 0; at < text.len; at += 4) {
		size_t digits = 4;
		if (at + 4 == text.len)
			while (digits > 2 && text.p[at + digits - 1] == '=')
				digits--;
		unsigned long bits = 0;
		for (size_t i = 0; i < 4; i++) {
			int d = i < digits ? digit(text.p[at + i]) : 0;
			if (d < 0)
				return -1;
			bits = bits << 6 | (unsigned long)d;
		}
		char bytes[3] = { (char)(bits >> 16), (char)(bits >> 8), (char)bits };
		if (buf_add(out, bytes, digits - 1) < 0)
			return -1;
	}
	return 0;
}
