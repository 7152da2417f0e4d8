/* Text that gzip, bzip2, xz, zstd or lz4 packed. */
#ifndef AKIN_INDEXER_EXTRACT_COMPRESSED_H
#define AKIN_INDEXER_EXTRACT_COMPRESSED_H

#include "indexer/extract/extract.h"

enum { COMPRESSED_TEXT_MAX = 24 << 20 }; /* bytes that it unpacks to at most */

/* As in packed.h. What is packed is read as a file of its name without ".gz" would be, if it is
 * text; its lines are those of that text. On SKIP_NONE *why is that text's format. */
enum skip_reason compressed_read(struct span path, struct span bytes, struct document *doc,
                                 const char **why);
void compressed_load(void);

#endif
