#include "base/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"

struct buf buf_new(size_t max)
{
	return (struct buf){ .max = max };
}

void buf_free(struct buf *b)
{
	free(b->p);
	*b = buf_new(b->max);
}

void buf_clear(struct buf *b)
{
	b->len = 0;
	b->overflow = false;
	if (b->p)
		b->p[0] = '\0';
}

int buf_reserve(struct buf *b, size_t more)
{
	if (more > b->max || b->len > b->max - more) {
		b->overflow = true;
		return -1;
	}
	size_t need = b->len + more + 1;
	if (need > b->cap) {
		size_t cap = b->cap + b->cap / 2 + 32;
		b->cap = cap > need ? cap : need;
		b->p = mem_realloc(b->p, b->cap, 1);
		b->p[b->len] = '\0';
	}
	return 0;
}

int buf_add(struct buf *b, const void *p, size_t len)
{
	if (buf_reserve(b, len) < 0)
		return -1;
	if (len)
		memcpy(b->p + b->len, p, len);
	b->len += len;
	b->p[b->len] = '\0';
	return 0;
}

int buf_add_str(struct buf *b, const char *s)
{
	return buf_add(b, s, strlen(s));
}

int buf_add_span(struct buf *b, struct span s)
{
	return buf_add(b, s.p, s.len);
}

int buf_add_byte(struct buf *b, char c)
{
	return buf_add(b, &c, 1);
}

int buf_add_text(struct buf *b, struct span s)
{
	size_t before = b->len;
	while (s.len > 0) {
		size_t valid = utf8_valid_len(s.p, s.len);
		const char *nul = memchr(s.p, '\0', valid);
		size_t n = nul ? (size_t)(nul - s.p) : valid;
		bool bad = n < s.len;
		if (buf_add(b, s.p, n) < 0 || (bad && buf_add_str(b, "\xef\xbf\xbd") < 0)) {
			b->len = before;
			if (b->p)
				b->p[before] = '\0';
			return -1;
		}
		s = (struct span){ s.p + n + bad, s.len - n - bad };
	}
	return 0;
}

int buf_printf(struct buf *b, const char *fmt, ...)
{
	va_list ap, again;
	va_start(ap, fmt);
	va_copy(again, ap);
	int need = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	int rc = -1;
	if (need >= 0 && buf_reserve(b, (size_t)need) == 0) {
		vsnprintf(b->p + b->len, (size_t)need + 1, fmt, again);
		b->len += (size_t)need;
		rc = 0;
	}
	va_end(again);
	return rc;
}

char *buf_take(struct buf *b, size_t *len)
{
	char *p = b->p ? b->p : mem_strndup("", 0);
	if (len)
		*len = b->len;
	*b = buf_new(b->max);
	return p;
}
