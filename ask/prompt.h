/* What the model is told: the rules, the sources in frames that no text of theirs can leave,
 * the question. Pure. */
#ifndef AKIN_ASK_PROMPT_H
#define AKIN_ASK_PROMPT_H

#include "ask/sources.h"
#include "base/buf.h"
#include "base/span.h"
#include "query/pack.h"

/* Adds a source as query/present_pack.h writes an excerpt in Markdown, with its number for an
 * id. A path below the home folder begins with "~/", so that the user's name stays here. */
void prompt_add_source(struct buf *out, size_t number, const struct source *s);

/* The excerpts of a pack as sources numbered from 1, for pack_make to count. */
void prompt_write_pack(struct buf *out, const struct pack *pack);

/* The rules of an answer: from the sources alone, which are data; and */
enum prompt_rules {
	PROMPT_CITED,  /* each sentence with its citations in the form of ask/cite.h */
	PROMPT_AGENT,  /* likewise, and the model finds the sources itself */
	PROMPT_JSON    /* as JSON of a schema, without citations */
};
/* more: the user's own words behind them, NULL: none. free() it. */
char *prompt_rules(enum prompt_rules rules, const char *more);

/* The sources (numbers, [n], ascending) and the question. free() it. */
char *prompt_question(const struct sources *sources, const size_t *numbers, size_t n,
                      struct span question);

/* Asks for one question that stands alone, from the conversation so far and the new one. */
#define PROMPT_STANDALONE \
	"Rewrite the user's last message as one question that can be understood without the " \
	"conversation, in its language, with the names that it refers to. Write the question only."

#endif
