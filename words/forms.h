/* The forms of one word, with a table of those that were asked for lately: a text says
 * most of its words again and again, and a stem costs more than a look. One thread. */
#ifndef AKIN_WORDS_FORMS_H
#define AKIN_WORDS_FORMS_H

#include "base/span.h"
#include "words/stem.h"

/* Valid until the next call. An empty word: there is nothing in it to look for. */
struct word_forms {
	struct span word;
	struct span exact; /* with its mark; empty: it is the word */
	struct span stem;  /* with its mark, even where it is the word; empty: no stemmer, or a
	                    * word that is not stemmed (with digits, shorter than 3 bytes, cut) */
};

struct forms;
struct forms *forms_new(void); /* allocates little; the table comes with the first word */
void forms_free(struct forms *f); /* NULL is fine */

/* source: a word of letters, digits and marks in UTF-8. language: from stem_language. */
struct word_forms forms_of(struct forms *f, struct span source, unsigned language);

#endif
