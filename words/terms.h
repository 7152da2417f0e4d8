/* The terms of a text, as the full text keeps them and as a question looks for
 * them, in every script.
 *
 * A word gives one TERM_WORD, which opens a position, and beside it, at the same
 * position, forms that carry a mark as their first byte. A marked form is kept only
 * where it differs from the word, so a question looks for a form both with and
 * without its mark: TERMS_QUERY gives both.
 *
 *   TERM_WORD   NFKC, case folded, diacritics folded (Latin, Greek, Cyrillic, Arabic,
 *               Hebrew; elsewhere marks are part of the word)
 *   TERM_EXACT  \x02 and the word with its diacritics
 *   TERM_STEM   \x01 and the Snowball stem of the exact form, diacritics folded
 *   TERM_WHOLE  \x03 and an identifier, version, path, address as one: at the position
 *               of its first part. Its parts are ordinary words: parseHTTPDate and
 *               parse_http_date are parse, http, date and \x03parsehttpdate; v1.2.3 is
 *               v1, 2, 3 and \x03v1.2.3
 *   TERM_GRAM   \x04 and two neighbouring characters of a Chinese or Japanese run, or
 *               two syllables of a Korean word: found however the run was divided
 *
 * Chinese, Japanese, Thai, Lao, Khmer and Burmese are divided by ICU's dictionaries. */
#ifndef AKIN_WORDS_TERMS_H
#define AKIN_WORDS_TERMS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/span.h"

/* The longest term, its mark not counted. A longer word is cut at a character; an
 * identifier that is longer as a whole has only parts. */
#define TERM_MAX_BYTES 64

#define TERM_MARK_STEM '\x01'
#define TERM_MARK_EXACT '\x02'
#define TERM_MARK_WHOLE '\x03'
#define TERM_MARK_GRAM '\x04'

enum term_kind { TERM_WORD, TERM_EXACT, TERM_STEM, TERM_WHOLE, TERM_GRAM };

struct term {
	struct span text; /* UTF-8, its mark first; valid during the call */
	enum term_kind kind;
	size_t start, end; /* bytes of the source text; no word starts before the one before it */
	bool colocated;    /* at the position of the term before; never the first of a text */
};

enum terms_use {
	TERMS_INDEX, /* the forms that a document keeps */
	TERMS_QUERY  /* the forms to look for: as well each stem, whole and gram without its
	              * mark, the stem of a word that is its own stem, and a plain word as a
	              * whole ("maxfilesize" finds max_file_size) */
};

/* State that is used again from text to text: one a thread. Making one costs next to
 * nothing; dictionaries and stemmers are opened when a text first needs them. */
struct terms;
struct terms *terms_new(void);
void terms_free(struct terms *t); /* NULL is fine */

/* Non-zero ends the walk. */
typedef int term_visit(void *ctx, const struct term *term);

/* Calls visit for the terms of text, in order; returns 0, or what visit returned.
 * text may hold any bytes: what is no UTF-8 stands between words. language is an
 * ISO 639-1 code, as language_detect gives it; "" or one without a stemmer: no stems. */
int terms_each(struct terms *t, struct span text, const char *language, enum terms_use use,
               term_visit *visit, void *ctx);

#endif
