/* A derived document as bytes, from a child process to its parent. Pure. Numbers are the
 * machine's own: both ends are the same program. */
#ifndef AKIN_INDEXER_EXTRACT_DOCUMENT_WIRE_H
#define AKIN_INDEXER_EXTRACT_DOCUMENT_WIRE_H

#include "base/buf.h"
#include "indexer/extract/extract.h"

/* Adds what a reader gave: the document of SKIP_NONE, else reason and why (may be NULL). */
void document_wire_write(enum skip_reason reason, const char *why, const struct document *doc,
                         struct buf *out);

/* Takes nothing on trust: -1 when it is not whole, or a document that breaks what extract.h
 * says (document_fault). On 0, *reason is what the reader gave; SKIP_NONE: *doc is filled, but
 * for its format; else it is {0} and why says more (may be empty). */
int document_wire_read(struct span wire, enum skip_reason *reason, char why[EXTRACT_WHY],
                       struct document *doc);

#endif
