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

struct range {
	uint32_t first, last;
};

static bool within(const struct range *ranges, size_t n, uint32_t code)
{
	for (size_t i = 0; i < n && code >= ranges[i].first; i++)
		if (code <= ranges[i].last)
			return true;
	return false;
}

/* Unicode 15: EastAsianWidth.txt (W, F), and the non-spacing marks of the scripts
 * that are most used; a mark that is missing here costs a column in a snippet. */
int text_columns(uint32_t code)
{
	static const struct range marks[] = {
		{ 0x0300, 0x036F }, { 0x0483, 0x0489 }, { 0x0591, 0x05BD }, { 0x0610, 0x061A },
		{ 0x064B, 0x065F }, { 0x0670, 0x0670 }, { 0x06D6, 0x06DC }, { 0x0900, 0x0902 },
		{ 0x093C, 0x093C }, { 0x0941, 0x0948 }, { 0x094D, 0x094D }, { 0x09BC, 0x09BC },
		{ 0x09C1, 0x09C4 }, { 0x09CD, 0x09CD }, { 0x0BC0, 0x0BC0 }, { 0x0BCD, 0x0BCD },
		{ 0x0E31, 0x0E31 }, { 0x0E34, 0x0E3A }, { 0x0E47, 0x0E4E }, { 0x0EB1, 0x0EB1 },
		{ 0x0EB4, 0x0EBC }, { 0x0EC8, 0x0ECE }, { 0x1AB0, 0x1AFF }, { 0x1DC0, 0x1DFF },
		{ 0x200B, 0x200F }, { 0x2060, 0x2064 }, { 0x20D0, 0x20F0 }, { 0x302A, 0x302D },
		{ 0x3099, 0x309A }, { 0xFE00, 0xFE0F }, { 0xFE20, 0xFE2F }, { 0x1F3FB, 0x1F3FF },
		{ 0xE0100, 0xE01EF },
	};
	static const struct range wide[] = {
		{ 0x1100, 0x115F },   { 0x231A, 0x231B },   { 0x23E9, 0x23EC },   { 0x2614, 0x2615 },
		{ 0x2648, 0x2653 },   { 0x26AA, 0x26AB },   { 0x26BD, 0x26BE },   { 0x2705, 0x2705 },
		{ 0x270A, 0x270B },   { 0x2728, 0x2728 },   { 0x274C, 0x274C },   { 0x2753, 0x2757 },
		{ 0x2B50, 0x2B50 },   { 0x2E80, 0x303E },   { 0x3041, 0x33FF },   { 0x3400, 0x4DBF },
		{ 0x4E00, 0xA4CF },   { 0xA960, 0xA97C },   { 0xAC00, 0xD7A3 },   { 0xF900, 0xFAFF },
		{ 0xFE30, 0xFE6F },   { 0xFF01, 0xFF60 },   { 0xFFE0, 0xFFE6 },   { 0x1F300, 0x1F64F },
		{ 0x1F680, 0x1F6FF }, { 0x1F7E0, 0x1F7EB }, { 0x1F900, 0x1F9FF }, { 0x1FA70, 0x1FAFF },
		{ 0x20000, 0x3FFFD },
	};
	if (code < 0x300)
		return 1;
	if (within(marks, sizeof marks / sizeof *marks, code))
		return 0;
	return within(wide, sizeof wide / sizeof *wide, code) ? 2 : 1;
}

size_t text_width(struct span text)
{
	size_t width = 0;
	for (size_t at = 0; at < text.len;) {
		uint32_t code;
		at += utf8_decode(text.p + at, text.len - at, &code);
		width += (size_t)text_columns(code);
	}
	return width;
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
