/* An answer for people: the text as it comes, then its sources, then how much of it they
 * support. */
#ifndef AKIN_CLI_ANSWER_H
#define AKIN_CLI_ANSWER_H

#include "ask/ask.h"
#include "cli/command.h"

/* Text as it comes, made harmless, and flushed: ctx is the struct cli. Line ends stay. */
void answer_show(void *ctx, struct span text);
void answer_show_reasoning(void *ctx, struct span text); /* on stderr */
void answer_note(void *ctx, const char *line);           /* "akin: LINE" on stderr */

/* The whole text of an answer that was held back, as it would have streamed. */
void answer_show_checked(struct cli *cli, const struct conversation *c, const struct ask_result *r);

/* Behind the text: the sources that it cites, each "[N] path:line  heading" and what is quoted
 * of it (where it cites none, the first of those that it was given); the footer. */
void answer_print_end(struct cli *cli, const struct conversation *c, const struct ask_result *r);
void answer_print_sources(struct cli *cli, const struct conversation *c, const struct ask_result *r);

/* What it cost, on stderr: tokens, price where it is known. */
void answer_say_usage(struct cli *cli, const struct chat *chat, const struct ask_result *r);

/* Why there is no answer: nothing found. */
void answer_say_nothing(struct cli *cli, const struct ask_result *r);

/* The sentences without support, a line each, on stderr. */
void answer_say_unsupported(struct cli *cli, const struct ask_result *r);

#endif
