/* Which words of a document can be a question for it. Pure; threads may share.
 *
 * A word is what stands between white space, without punctuation at its ends. Text of
 * a script that puts no spaces between words (Chinese, Japanese, Thai, Lao, Khmer,
 * Burmese) is divided where a line may be: into words for the last four, into
 * characters for the first two. */
#ifndef AKIN_QUERY_WORDING_H
#define AKIN_QUERY_WORDING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/span.h"

struct wording {
	struct span *words; /* [n], within the text; owned */
	size_t n;
	bool unspaced;      /* most of it is of a script without spaces */
};
/* text is valid UTF-8. Holds at most 100,000 words: the rest is left out. */
struct wording wording_of(struct span text);
void wording_free(struct wording *w);

/* Tells words apart but for the case of ASCII letters. */
uint64_t wording_key(struct span text);

/* A heading that says what stands below it: 2 to 12 words (unspaced: 4 to 24
 * characters) with two of at least three letters, and none of the headings that many
 * documents have ("See also"). */
bool wording_heading_fits(struct span heading);

/* A sentence of prose: 8 to 40 words (unspaced: 12 to 80 characters), on one line, of
 * letters for the greatest part, no address. */
bool wording_sentence_fits(struct span sentence);

/* Adds the words, a space between those of a spaced script, in their order, without what
 * a question reads as its own signs: words with a colon or a double quote within. */
void wording_join(const struct wording *w, struct buf *out);

/* What is left of a sentence when it is remembered roughly: the rarest fifth of its words
 * (frequency[i]: in how many passages words[i] is; of equal ones the last) and the
 * commonest two fifths go. Losing more of the rare ones costs dense search more than
 * lexical, which makes such questions less like a person's (XQuAD-de, `akin eval --auto`,
 * nDCG@10 of dense search: 0.94 so, 0.75 without the rarest two fifths alone; 0.95 on the
 * set's own questions).
 * Of an unspaced text the second half is kept. */
void wording_shorten(struct wording *w, const uint32_t *frequency);

#endif
