/* A name that a claim puts in another's place. Pure. */
#ifndef AKIN_ASK_NAME_CHANGE_H
#define AKIN_ASK_NAME_CHANGE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/span.h"

/* Whether in the same place the claim has one name and the quoted sentence another, that of the
 * claim standing in none of the known texts, that of the sentence not in the claim. The same
 * place is behind the same preposition or title (in, from, by, Mr, Frau, chez), beside the same
 * other name ("Konrad Pfleger", "Konrad Steiner"), or, in a language that writes nouns small,
 * behind the same word or before it. Names are words with a capital. Abbreviations are passed
 * over. */
bool name_is_replaced(struct span claim, struct span sentence, const struct span *known, size_t n_known);

#endif
