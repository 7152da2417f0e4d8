/* Reading what may be hostile in a child process, within walls (base/walls.h). */
#ifndef AKIN_INDEXER_EXTRACT_SANDBOX_H
#define AKIN_INDEXER_EXTRACT_SANDBOX_H

#include "base/process.h"
#include "indexer/extract/packed.h"

enum {
	SANDBOX_MEMORY = 200 << 20,  /* bytes, over what the program itself takes */
	SANDBOX_OUTPUT = 32 << 20,   /* bytes that come out of it at most */
};

/* As extract(), by format->read, which is not NULL. A crash is SKIP_MALFORMED; too much time,
 * memory or output, SKIP_TOO_LARGE.
 *
 * The child is this program again: any that links the archive, since it is a constructor that
 * sees "--extract-child" in the arguments and never comes to main(). */
enum skip_reason sandbox_read(const struct packed_format *format, struct span path,
                              struct span bytes, struct document *doc, char why[EXTRACT_WHY]);

/* Processor time that n bytes may take; the clock on the wall has three times that. */
unsigned sandbox_seconds(size_t n);

/* What a child's end means that was not good: the reason, and in plain words why. */
enum skip_reason sandbox_judge(const struct process_end *end, const struct err *err, unsigned cpu_s,
                               char why[EXTRACT_WHY]);

#endif
