/* What begins a line of an answer in Markdown. Pure. */
#ifndef AKIN_ASK_ANSWER_LINE_H
#define AKIN_ASK_ANSWER_LINE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/span.h"

enum answer_line {
	LINE_NOT_YET, /* more of it has to be seen */
	LINE_PLAIN,
	LINE_QUOTED,  /* ">" */
	LINE_ITEM,    /* of a list */
	LINE_ROW,     /* of a table */
	LINE_HEADING,
	LINE_FENCE    /* of a code block */
};

/* text begins with the line's first character that is no white space; complete: nothing
 * follows. *mark_len is the length of what is no word of the line. *item: the number of the
 * list's last item; "3." begins an item behind "2." only, and "1." always, since a sentence may
 * begin with a number. */
enum answer_line answer_line_read(struct span text, bool complete, unsigned *item, size_t *mark_len);

#endif
