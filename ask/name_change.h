/* A name that a claim puts in another's place. Pure. */
#ifndef AKIN_ASK_NAME_CHANGE_H
#define AKIN_ASK_NAME_CHANGE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/span.h"

/* Whether behind the same preposition or title (in, from, by, Mr, Frau, chez) the claim has one
 * name and the quoted sentence another, that of the claim standing in none of the known texts,
 * that of the sentence not in the claim. Names are words with a capital; German, which writes
 * all its nouns so, is judged behind titles only. Abbreviations are passed over. */
bool name_is_replaced(struct span claim, struct span sentence, const struct span *known, size_t n_known);

#endif
