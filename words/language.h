/* The language that a text is written in, by its script and by the small words that
 * every text of a language is full of (the, und, dans, och …).
 *
 * Own lists, because libexttextcat, measured on the texts that this was tried with, took
 * 17 to 47 ms to open and 0.8 ms a text (a whole chunk costs a tenth of that to index),
 * and called 39 % of short English abstracts unknown or Scots. */
#ifndef AKIN_WORDS_LANGUAGE_H
#define AKIN_WORDS_LANGUAGE_H

#include "base/span.h"

/* The ISO 639-1 code of the language of text, by its first 8 KB; "" when it does not
 * show: fewer than 20 letters, lists of names, code without comments, a language that is
 * not known here. Norwegian is "no", either form. A constant; threads may call at once. */
const char *language_detect(struct span text);

#endif
