/* A document whose text a model or a program made of an image. Pure. */
#ifndef AKIN_INDEXER_EXTRACT_DESCRIBED_H
#define AKIN_INDEXER_EXTRACT_DESCRIBED_H

#include "base/buf.h"
#include "indexer/extract/extract.h"

#define DESCRIBED_RECOGNISED "Text recognised in the image" /* a heading */
#define DESCRIBED_MAX (32 << 10) /* bytes of a text; what is longer is cut */

/* A model's words, fit to be kept: valid UTF-8 of at most DESCRIBED_MAX bytes, without control
 * bytes but line ends, nor white space at either end. */
void described_clean(struct span words, struct buf *out);

/* The words (cleaned) below a heading, in paragraphs. The title is the file's name; whatever
 * markup the words have is none. text_by is copied. */
void described_document(struct span path, const char *heading, struct span words, const char *text_by,
                        struct document *doc);

/* The words of a PDF's pages, which begin at starts[n] (taken over), as its document: paragraphs,
 * without a heading. */
void described_pages(struct span path, struct span words, size_t *starts, size_t n, const char *text_by,
                     struct document *doc);

#endif
