/* A cohort of general questions, about things that a folder has hardly an answer to: what a
 * question is compared with to see whether the index answers it, as speaker verification
 * compares a voice with a cohort of strangers. A model puts questions near to questions of
 * their kind; what is answered here is nearer still to a passage.
 *
 * Only the questions in the languages of the index serve, since a question in a foreign
 * language is nearer to any question of its own than to a passage of another. */
#ifndef AKIN_QUERY_COHORT_H
#define AKIN_QUERY_COHORT_H

#include <stddef.h>

#include "base/span.h"

#define COHORT_MAX 256
#define COHORT_NEAREST 5

/* The questions in the language (ISO 639-1): their number, texts[COHORT_MAX] constants. 0:
 * there are none. */
size_t cohort_questions(const char *language, struct span *texts);

/* The mean of the COHORT_NEAREST highest cosines of question[dim] with cohort[n, dim], unit
 * vectors all; of fewer where n is less, 0 where it is 0. */
double cohort_nearness(const float *cohort, size_t n, size_t dim, const float *question);

#endif
