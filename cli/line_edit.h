/* Lines that a person types: with editing and a history on a terminal (libedit, loaded when
 * it is first needed, since only `akin chat` wants it), else as they come. */
#ifndef AKIN_CLI_LINE_EDIT_H
#define AKIN_CLI_LINE_EDIT_H

#include <stdbool.h>

#include "base/err.h"

struct line_edit;

/* tty: both ends are a terminal. history: the file that lines are kept in (mode 0600, 1,000
 * lines), NULL: nowhere. *plain is set when there should be editing and libedit is not
 * there. */
struct line_edit *line_edit_open(bool tty, const char *history, bool *plain);
/* Saves the history. NULL is fine. */
void line_edit_close(struct line_edit *e);

/* One line without its end, the caller's to free; NULL at the end of the input, or when a
 * signal came. The prompt is written on a terminal only. */
char *line_edit_read(struct line_edit *e, const char *prompt);

#endif
