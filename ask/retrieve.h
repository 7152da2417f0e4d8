/* From a question to the sources that the model is given. */
#ifndef AKIN_ASK_RETRIEVE_H
#define AKIN_ASK_RETRIEVE_H

#include "ask/ask.h"

/* The budget that a's model allows: a->budget, else ASK_BUDGET, at most half of its context. */
size_t retrieve_budget(const struct ask *a);

/* Searches for the question, packs what it finds into r->budget tokens, and adds that to the
 * sources of c, whose c->given are its numbers then, ascending. r->nothing_found when there is
 * nothing. */
int retrieve(const struct ask *a, struct conversation *c, struct span question,
             struct ask_result *r, struct err *err);

/* The same with the passages of a->document, from its beginning. */
int retrieve_document(const struct ask *a, struct conversation *c, struct ask_result *r,
                      struct err *err);

#endif
