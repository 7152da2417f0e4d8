/* Checks an answer's citations against the sources: which of its sentences are supported.
 * Pure.
 *
 * The model is told (ask/prompt.h) to end each sentence with citations of this form:
 *
 *     Tenants give three months' notice [2: "three months before the end of the lease"].
 *
 * Also read: [2] "quote", "quote" [2], [1, 2: "quote"], [1: "a"; 2: "b"], full-width
 * brackets 【】, quotes of any script (straight, curly, low, guillemets, corner brackets), a
 * citation behind the full stop. A sentence without a quote that stands as a whole in the
 * source it cites is its own quote.
 *
 * A sentence is supported when every number it cites is a source, it has at least one quote,
 * every quote stands in a source that it cites, and no number that it states (digits, or the
 * number words that cite.c lists) is missing from the quotes, the sentences they stand in, the
 * source's title and heading, and the question; nor may an ordinal, a period ("monthly"), the
 * half of a day or a name take the place of the quote's. Text is compared after NFKC, case folding,
 * white space made one space, and quotes, apostrophes, dashes and ellipses made plain; an
 * ellipsis in a quote divides it into parts that stand in the source in that order, near
 * each other. A quote of a word or two that are no number supports nothing. */
#ifndef AKIN_ASK_CITE_H
#define AKIN_ASK_CITE_H

#include <stdbool.h>
#include <stddef.h>

#include "ask/sources.h"
#include "base/span.h"

enum cite_verdict {
	CITE_SUPPORTED,
	CITE_NONE,       /* it cites nothing */
	CITE_NO_QUOTE,   /* it names a source, but quotes nothing of it */
	CITE_NO_SOURCE,  /* it names a source that there is not */
	CITE_NOT_THERE,  /* a quote does not stand in what it cites */
	CITE_NUMBER,     /* it states a number that its quotes do not have */
	CITE_TOO_SHORT,  /* its quotes are too short to mean anything */
	CITE_NEGATION,   /* it says what its quote denies, or denies what it says */
	CITE_NAME        /* it puts another name in place of its quote's */
};
/* "its quote does not stand in [2]": why, as half a sentence; a constant. */
const char *cite_verdict_text(enum cite_verdict verdict);

/* A quote that was found: bytes of the source's text. */
struct cite_quote {
	size_t source; /* its number, from 1 */
	size_t start, end;
};

/* A sentence of the answer that claims something: not headings, questions, code, nor lines
 * that end in a colon. */
struct cite_claim {
	size_t start, end; /* bytes of the answer, its citations included, white space not */
	enum cite_verdict verdict;
	struct cite_quote *quotes; /* [n_quotes] */
	size_t n_quotes;
};

struct cite_check {
	struct cite_claim *claims;
	size_t n, n_supported;
	bool *cited; /* [sources->n]: source i + 1 is cited by its number */
};

/* answer and question are valid UTF-8. Free with cite_check_free. */
void cite_check(struct span answer, struct span question, const struct sources *sources,
                struct cite_check *check);
void cite_check_free(struct cite_check *check);

/* An answer as a person reads it, while it comes: quotes within citations are left out
 * ([2: "three …"] becomes [2]), and behind each unsupported sentence stands a mark. What
 * needs no looking ahead is passed on at once. */
#define CITE_MARK "[unsupported]"
struct cite_stream;
typedef void cite_show(void *ctx, struct span text);
/* question and sources live as long as the stream; sources may grow until the first byte of
 * an answer. */
struct cite_stream *cite_stream_new(struct span question, const struct sources *sources,
                                    cite_show *show, void *ctx);
void cite_stream_add(struct cite_stream *s, struct span text); /* cut anywhere */
void cite_stream_end(struct cite_stream *s); /* passes on what was held back */
void cite_stream_free(struct cite_stream *s);

#endif
