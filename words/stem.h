/* Snowball's stemmers by language (libstemmer). A struct stemmers belongs to one
 * thread; a stemmer is opened when it is first asked for. */
#ifndef AKIN_WORDS_STEM_H
#define AKIN_WORDS_STEM_H

#include "base/span.h"

#define STEM_LANGUAGES 28

/* The place of a language (ISO 639-1) among those with a stemmer, from 1; 0: it has none. */
unsigned stem_language(const char *language);

struct stemmers {
	struct sb_stemmer *of[STEM_LANGUAGES];
};
void stemmers_close(struct stemmers *s);

/* The stem of word, which is case folded, with its diacritics: valid until the next call.
 * The word itself where there is nothing to take off. language: from stem_language, not 0. */
struct span stem_word(struct stemmers *s, unsigned language, struct span word);

#endif
