/* The marks of punctuation by what they do, in the scripts that answers are written in. Pure. */
#ifndef AKIN_ASK_MARKS_H
#define AKIN_ASK_MARKS_H

#include <stdbool.h>
#include <stdint.h>

bool mark_opens_quote(uint32_t code);
bool mark_closes_quote(uint32_t open, uint32_t code); /* what was opened by `open` */
bool mark_is_comma(uint32_t code);
bool mark_is_semicolon(uint32_t code);
bool mark_is_colon(uint32_t code);
bool mark_is_short_dash(uint32_t code); /* as between two numbers */

/* What may end a sentence; and what may stand behind it and still belongs to the sentence. */
bool mark_is_stop(uint32_t code);
bool mark_is_closing(uint32_t code);

#endif
