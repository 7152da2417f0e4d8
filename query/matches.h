/* Which words of a question stand in a passage, for those who want to know why it was
 * found. */
#ifndef AKIN_QUERY_MATCHES_H
#define AKIN_QUERY_MATCHES_H

#include <stddef.h>

#include "base/span.h"

/* The question's words, as it has them, of which the texts (a passage, its headings) have a
 * form that counts: the word, its stem, the identifier, the pair of characters. *words is
 * the caller's to free, each of its strings too. languages[n_languages] as in slots_of. */
size_t matches_find(struct span question, const struct span *texts, size_t n_texts,
                    const char *const *languages, size_t n_languages, char ***words);

#endif
