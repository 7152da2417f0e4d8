#include "base/err.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/utf8.h"

/* Messages carry file names and server replies: neither may move the cursor. */
static void make_printable(char *text)
{
	for (unsigned char *p = (unsigned char *)text; *p; p++)
		if (*p < 0x20 || *p == 0x7f)
			*p = '?';
	size_t len = strlen(text);
	text[utf8_floor(text, len, len)] = '\0';
}

int err_set(struct err *err, enum err_code code, const char *fmt, ...)
{
	if (!err)
		return -1;
	/* fmt's arguments may point into err->text */
	char line[sizeof err->text];
	va_list ap;
	va_start(ap, fmt);
	vsnprintf(line, sizeof line, fmt, ap);
	va_end(ap);
	make_printable(line);
	memcpy(err->text, line, sizeof line);
	err->code = code;
	return -1;
}

int err_wrap(struct err *err, const char *fmt, ...)
{
	if (!err)
		return -1;
	char before[512];
	va_list ap;
	va_start(ap, fmt);
	vsnprintf(before, sizeof before, fmt, ap);
	va_end(ap);
	return err_set(err, err->code, "%s: %s", before, err->text);
}
