/* The sources' texts, where quotes are looked up. A source is prepared when it is first cited;
 * all look-ups together read a bounded number of bytes, beyond which nothing is found. */
#ifndef AKIN_ASK_SOURCE_TEXTS_H
#define AKIN_ASK_SOURCE_TEXTS_H

#include <stdbool.h>
#include <stddef.h>

#include "ask/plain_text.h"
#include "ask/sources.h"
#include "base/span.h"

struct source_texts;
/* sources may grow while this lives; a source does not change. */
struct source_texts *source_texts_new(const struct sources *sources);
void source_texts_free(struct source_texts *t);

/* Bytes of a source's text. */
struct quote_place {
	size_t source; /* its number */
	size_t start, end;
};

/* Where the quote stands in the source, as ask/plain_text.h compares: as whole words and whole
 * numbers; an ellipsis divides it into parts that follow one another, near each other. */
bool source_texts_find(struct source_texts *t, size_t number, struct span quote, struct quote_place *place);

/* The sentences that the place touches, at most SENTENCE_MAX_BYTES to either side of it. */
#define SENTENCE_MAX_BYTES 1000
struct span source_texts_sentence(struct source_texts *t, const struct quote_place *place);

#endif
