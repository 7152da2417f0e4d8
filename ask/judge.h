/* Whether a claim is supported by what it cites: the rules of ask/cite.h. */
#ifndef AKIN_ASK_JUDGE_H
#define AKIN_ASK_JUDGE_H

#include <stddef.h>

#include "ask/cite.h"
#include "ask/claims.h"
#include "ask/sources.h"
#include "base/span.h"

struct judge;
/* question and sources live as long as the judge; sources may grow until the first claim. */
struct judge *judge_new(struct span question, const struct sources *sources);
void judge_free(struct judge *j);

/* Fills out; its quotes, those that were found, are the caller's to free. false: it claims
 * nothing (ask/no_claim.h). */
bool judge_claim(struct judge *j, const struct claim *claim, struct cite_claim *out);

#endif
