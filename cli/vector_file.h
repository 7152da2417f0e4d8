/* A question's vector that a user gives: a file of float32, little-endian, or a JSON array. */
#ifndef AKIN_CLI_VECTOR_FILE_H
#define AKIN_CLI_VECTOR_FILE_H

#include <stddef.h>

#include "base/err.h"

/* *vector[dim], scaled to unit length, the caller's to free. "-": the standard input.
 * ERR_IO; ERR_INPUT: another number of numbers than dim, one that is not finite, nothing
 * but zeros. */
int vector_file_read(const char *path, size_t dim, float **vector, struct err *err);

#endif
