/* An answer divided, while it comes, into what is shown and what is claimed. However the text
 * is cut into pieces, the same comes out.
 *
 * A claim is a sentence (base/sentence.h), an item's sentence, or a row of a table, with its
 * citations: those within it, and those behind it up to the next text. Scripts without full
 * stops (Thai) end a sentence behind its citations. Not claims: headings, a table's first row,
 * code in fences. */
#ifndef AKIN_ASK_CLAIMS_H
#define AKIN_ASK_CLAIMS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/span.h"

#define CLAIM_MAX_BYTES ((size_t)32 << 10) /* a longer one ends there */

/* What it cites: a group's quotes are of that group's numbers. */
struct claim_group {
	size_t first_number, n_numbers; /* of struct claim's numbers */
	size_t first_quote, n_quotes;   /* of its quotes */
	size_t said_at;                 /* where in `said` the citation stood */
};

struct claim {
	size_t start, end;    /* bytes of the answer, citations included */
	struct span said;     /* the same without its citations */
	const size_t *numbers;
	const struct span *quotes;
	const struct claim_group *groups;
	size_t n_groups;
};

/* What is found, in the order of the answer. All is borrowed for the call. */
struct claims_visit {
	void (*text)(void *ctx, struct span text);
	void (*citation)(void *ctx, const size_t *numbers, size_t n); /* in place of its text */
	void (*claim)(void *ctx, const struct claim *claim);          /* it ends here */
};

struct claims;
struct claims *claims_new(const struct claims_visit *visit, void *ctx);
void claims_free(struct claims *c);

/* The next piece of the answer, and its end. Of valid UTF-8, which a piece may cut anywhere.
 * At most a citation and some white space are held back. */
void claims_add(struct claims *c, struct span text);
void claims_end(struct claims *c);

#endif
