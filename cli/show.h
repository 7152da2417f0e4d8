/* Search results for people. */
#ifndef AKIN_CLI_SHOW_H
#define AKIN_CLI_SHOW_H

#include "cli/terminal.h"
#include "query/search.h"

struct shown {
	const struct hit *hit;
	bool full;    /* the whole passage with its own lines, and not its snippet */
	int decimals; /* of the score */
};

/* Adds what a person reads of one hit: "path:line  score  heading", then the snippet or
 * passage, wrapped to the terminal's width, the evidence marked. cwd: paths below it are
 * shown from it. */
void show_hit(const struct terminal *t, struct buf *out, const struct shown *shown, const char *cwd);

/* Adds text in lines of at most t->width columns, indented; the marks (bytes of it) in
 * the style of a mark. Text is one line of harmless UTF-8. */
void show_wrapped(const struct terminal *t, struct buf *out, struct span text,
                  const struct evidence *marks, size_t indent);

#endif
