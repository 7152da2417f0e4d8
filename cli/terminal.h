/* What stands between the program's output and a person's terminal. */
#ifndef AKIN_CLI_TERMINAL_H
#define AKIN_CLI_TERMINAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/buf.h"
#include "base/span.h"

enum color_mode { COLOR_AUTO, COLOR_ALWAYS, COLOR_NEVER };

struct terminal {
	FILE *file;
	bool tty;
	bool color;   /* styles and links are written */
	size_t width; /* columns; 80 when it is no terminal */
};

/* COLOR_AUTO: colours on a terminal whose $TERM is not "dumb", unless $NO_COLOR is
 * set and not empty; $CLICOLOR_FORCE (not empty, not 0) turns them on elsewhere. */
void terminal_init(struct terminal *t, FILE *file, enum color_mode mode);

enum style { STYLE_PLAIN, STYLE_PATH, STYLE_LINE, STYLE_HEADING, STYLE_DIM, STYLE_MARK, STYLE_ERROR };

/* The sequence that begins a style; "" when the terminal has no colours.
 * STYLE_PLAIN ends all. A constant. */
const char *terminal_style(const struct terminal *t, enum style style);

/* Adds text that may come from anywhere, made harmless: control characters and
 * bytes that are no UTF-8 become U+FFFD, as do the characters that turn the
 * direction of what follows (U+202A-202E, U+2066-2069) or hide (U+E0000-E007F);
 * tabs and line ends become one space. Pure. */
void text_harmless(struct buf *out, struct span text);

/* The same for a path or an identifier, where no byte may be lost: control
 * characters and bytes that are no UTF-8 are written as \n, \t or \x1b, and a
 * backslash as it is. Pure. */
void text_path(struct buf *out, struct span path);

/* Adds `label` (printed as it is) as an OSC 8 link to file://HOST/PATH#LINE where the
 * terminal has colours; else the label alone. */
void terminal_link(const struct terminal *t, struct buf *out, const char *path, size_t line,
                   struct span label);

/* file://HOST/PATH, percent-encoded (RFC 3986), "#LINE" when line is not 0. Pure. */
void text_file_url(struct buf *out, const char *host, const char *path, size_t line);

#endif
