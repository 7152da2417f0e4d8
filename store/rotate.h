/* A random rotation that costs n log n: three rounds of random signs, a Hadamard transform of
 * blocks of a power of two, and a reflection that mixes the blocks (Ailon and Chazelle 2009,
 * doi:10.1137/060673096, mix with signs and Hadamard once; three rounds are near enough to
 * uniform, Andoni et al. 2015, arXiv:1509.02897). The same on every machine. */
#ifndef AKIN_STORE_ROTATE_H
#define AKIN_STORE_ROTATE_H

#include <stddef.h>
#include <stdint.h>

/* dim, and zeros behind it up to 1, 3, 5 or 7 times a power of two, at least 64: by no more
 * than a quarter, and nothing for the usual ones. */
size_t rotate_padded(size_t dim);

struct rotation;
/* Never NULL; threads may share it. Free with rotation_free. */
struct rotation *rotation_new(size_t padded, uint64_t seed);
void rotation_free(struct rotation *r);

/* x[padded], aligned to 16 bytes, in place; makes it rotation_gain() times as long. */
void rotate(const struct rotation *r, float *x);
double rotation_gain(const struct rotation *r);

#endif
