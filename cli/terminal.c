#define _XOPEN_SOURCE 700
#define _DEFAULT_SOURCE
#include "cli/terminal.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/utf8.h"

static bool is_set(const char *variable)
{
	const char *value = getenv(variable);
	return value && *value;
}

static bool wants_color(bool tty, enum color_mode mode)
{
	if (mode != COLOR_AUTO)
		return mode == COLOR_ALWAYS;
	if (is_set("NO_COLOR"))
		return false;
	if (is_set("CLICOLOR_FORCE") && strcmp(getenv("CLICOLOR_FORCE"), "0") != 0)
		return true;
	const char *term = getenv("TERM");
	return tty && term && *term && strcmp(term, "dumb") != 0;
}

static size_t columns(int fd)
{
	struct winsize size;
	if (ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col >= 20)
		return size.ws_col;
	return 80;
}

void terminal_init(struct terminal *t, FILE *file, enum color_mode mode)
{
	int fd = fileno(file);
	bool tty = fd >= 0 && isatty(fd);
	*t = (struct terminal){
		.file = file,
		.tty = tty,
		.color = wants_color(tty, mode),
		.width = tty ? columns(fd) : 80,
	};
}

const char *terminal_style(const struct terminal *t, enum style style)
{
	/* ECMA-48 SGR */
	static const char *const sequences[] = {
		[STYLE_PLAIN] = "\x1b[0m",   [STYLE_PATH] = "\x1b[35m", [STYLE_LINE] = "\x1b[32m",
		[STYLE_HEADING] = "\x1b[1m", [STYLE_DIM] = "\x1b[2m",   [STYLE_MARK] = "\x1b[1;4m",
		[STYLE_ERROR] = "\x1b[31m",
	};
	return t->color ? sequences[style] : "";
}

static bool is_control(uint32_t code)
{
	return code < 0x20 || (code >= 0x7F && code < 0xA0);
}

static bool deceives(uint32_t code)
{
	return (code >= 0x202A && code <= 0x202E) || (code >= 0x2066 && code <= 0x2069) ||
	       (code >= 0xE0000 && code <= 0xE007F) || code == 0xFEFF;
}

static void add_code(struct buf *out, uint32_t code)
{
	char bytes[4];
	size_t len = utf8_encode(code, bytes);
	buf_add(out, bytes, len);
}

void text_harmless(struct buf *out, struct span text)
{
	for (size_t at = 0; at < text.len;) {
		uint32_t code;
		at += utf8_decode(text.p + at, text.len - at, &code);
		if (code == '\t' || code == '\n' || code == '\r' || code == 0x2028 || code == 0x2029)
			code = ' ';
		else if (is_control(code) || deceives(code))
			code = UTF8_REPLACEMENT;
		add_code(out, code);
	}
}

void text_path(struct buf *out, struct span path)
{
	for (size_t at = 0; at < path.len;) {
		uint32_t code;
		size_t len = utf8_decode(path.p + at, path.len - at, &code);
		bool broken = len == 1 && (unsigned char)path.p[at] >= 0x80;
		if (code == '\n' || code == '\t') {
			buf_add_str(out, code == '\n' ? "\\n" : "\\t");
		} else if (broken || is_control(code) || deceives(code) || code == 0x2028 || code == 0x2029) {
			for (size_t i = 0; i < len; i++)
				buf_printf(out, "\\x%02x", (unsigned char)path.p[at + i]);
		} else {
			buf_add(out, path.p + at, len);
		}
		at += len;
	}
}

void text_file_url(struct buf *out, const char *host, const char *path, size_t line)
{
	static const char unreserved[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/";
	buf_printf(out, "file://%s", host);
	for (; *path; path++)
		if (strchr(unreserved, *path))
			buf_add_byte(out, *path);
		else
			buf_printf(out, "%%%02X", (unsigned char)*path);
	if (line)
		buf_printf(out, "#%zu", line);
}

void terminal_link(const struct terminal *t, struct buf *out, const char *path, size_t line,
                   struct span label)
{
	if (!t->color || !t->tty) {
		buf_add_span(out, label);
		return;
	}
	char host[256] = "";
	if (gethostname(host, sizeof host - 1) < 0 || strspn(host, "abcdefghijklmnopqrstuvwxyz"
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._") != strlen(host))
		host[0] = '\0';
	buf_add_str(out, "\x1b]8;;");
	text_file_url(out, host, path, line);
	buf_add_str(out, "\x1b\\");
	buf_add_span(out, label);
	buf_add_str(out, "\x1b]8;;\x1b\\");
}
