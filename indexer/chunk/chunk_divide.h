/* The division of a row of atoms into even parts. Pure; internal to chunk.c. */
#ifndef AKIN_INDEXER_CHUNK_CHUNK_DIVIDE_H
#define AKIN_INDEXER_CHUNK_CHUNK_DIVIDE_H

#include <stddef.h>

#include "indexer/chunk/chunk_atoms.h"

struct divide_limits {
	size_t max_tokens;    /* lead and atoms of a part: never exceeded, but by a single atom */
	size_t target_tokens; /* the even length is at most this */
	size_t whole_tokens;  /* up to here everything is one part */
};

/* The division of atoms[n] into consecutive parts with the least sum, over the
 * parts, of
 *   ((tokens - even) / even)^2 + the cost of the cut before the part,
 * where even is the length of the parts if all were alike; for a dozen parts or
 * more it is fixed, and an edit moves only the cuts near it. Writes the index
 * behind each part to *ends (free it) and returns their number, 0 for n = 0.
 * Time n times the atoms that max_tokens holds. */
size_t divide_evenly(const struct atom *atoms, size_t n, const struct divide_limits *limits,
                     size_t **ends);

#endif
