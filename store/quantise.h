/* One bit a dimension: codes from which a search estimates the score of a million vectors
 * while it reads a sixteenth of what they take, and knows how far the estimate may be off.
 * RaBitQ (Gao and Long 2024, doi:10.1145/3654970): a vector's code is the signs of its
 * coordinates after a random rotation, with a factor that makes the estimate unbiased.
 *
 * The score is the cosine that ranking uses: (u . (v - m)) / |v - m| for a question u and a
 * centre m that is taken from the vectors (none: u . v / |v|).
 *
 * Deviates from the paper: codes lie in groups of 64 rows, the same byte of each together, so
 * that a shuffle looks up the sums of four dimensions in 16 to 64 rows at once (André, Kermarrec
 * and Le Scouarnec 2015, doi:10.14778/2856318.2856324); the question is therefore rounded to
 * whole numbers whose sums of four fill 7 bits, finer than 4 bits for each; by the nearest, not
 * by chance. One factor is kept, since the bound follows from it.
 *
 * Every kind of processor gives the same bits. Threads may share what is const. */
#ifndef AKIN_STORE_QUANTISE_H
#define AKIN_STORE_QUANTISE_H

#include <stddef.h>
#include <stdint.h>

#define QUANTISE_GROUP_ROWS 64

/* Bytes of a group of rows: 64 codes of padded / 8 bytes (store/rotate.h), then 64 factors,
 * float32; 8,448 at 1,024 dimensions. All zeros is a group without rows. No alignment. */
size_t quantise_group_bytes(size_t dim);

struct quantiser;
/* centre[dim] is copied; NULL: none. Never NULL. Free with quantiser_free. */
struct quantiser *quantiser_new(size_t dim, uint64_t seed, const float *centre);
void quantiser_free(struct quantiser *q);

/* Puts the code of vector[dim] into a row of a group. A vector that is the centre, or not
 * finite, has the factor 0 and the estimate 0. Codes that are to be made again from what is
 * stored are made from what is stored, rounded as it is there. */
void quantise_put(const struct quantiser *q, const float *vector, size_t row, void *group);

struct quantised_question;
/* Of question[dim], unit length. Never NULL. Free with quantised_question_free. */
struct quantised_question *quantise_question(const struct quantiser *q, const float *question);
void quantised_question_free(struct quantised_question *u);

/* estimates[n_questions, n_groups * 64] of the scores; groups lie one behind the other. Each
 * group is read once for all questions. All questions are of one quantiser. Damaged groups
 * give any estimates, NaN among them, and no other harm. */
void quantise_scan(const struct quantised_question *const *questions, size_t n_questions,
                   const void *groups, size_t n_groups, float *estimates);

/* A row's factor, 1 / (sum of |x| of its rotated unit vector). */
float quantise_factor(const void *group, size_t dim, size_t row);

/* How far a row's estimate may lie from its score, if that is `score`: the paper's bound with
 * what rounding the question adds (e, the part that it lost),
 *   QUANTISE_CONFIDENCE * sqrt((1 - score^2) * ((1 + e^2) / t^2 - 1) / (padded - 1))
 * where t = 1 / (factor * sqrt(padded)) is the cosine of vector and code, about 0.8. The paper's
 * theorem has the score in it and drops it for a bound that holds for any; a search wants to
 * know what may reach the score of its k-th, so score is that one's.
 * A vector without factor may be anywhere: 2. */
float quantise_error(const struct quantised_question *u, float factor, float score);

/* Deviations of the estimate that are allowed for (the paper's epsilon 0, there 1.9). The error
 * is nearly normal, for which 0.270 % lie further off than 3: measured 0.276 and 0.267 % of
 * made-up vectors of 1,024 numbers in clusters and without any, 0.259 % of the embedded model's
 * vectors of SciFact (tests/bench/bench_scan.c). A hit is missed only if it is so far off in one
 * direction from where the k-th begins: 0.13 % of those at that edge, and 0.003 % of those that
 * are better by one deviation (0.02 at 1,024 numbers). */
#define QUANTISE_CONFIDENCE 3.0

#endif
