/* Where parts of a passage stand in the bytes of its file, which a program that opens the
 * file wants to know. */
#ifndef AKIN_QUERY_IN_SOURCE_H
#define AKIN_QUERY_IN_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/span.h"

/* A passage as an index has it: bytes [byte_start, byte_end) of the file at path. */
struct in_source_passage {
	const char *path;
	uint64_t byte_start, byte_end;
	uint32_t line_start; /* 1-based */
	struct span text;
};

/* start and end: bytes of the passage's text, replaced by those of the file; line is that of
 * the start. */
struct in_source_range {
	uint64_t start, end;
	uint64_t line;
};

/* Looks the passage up in the file: true, and ranges[n] are the file's, when it holds the
 * passage as it is but for white space; false, and they are as they were, when the file is not
 * there, has changed, or is in an encoding or a markup in which the text does not stand as it
 * is. */
bool in_source(const struct in_source_passage *passage, struct in_source_range *ranges, size_t n);

#endif
