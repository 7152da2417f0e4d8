/* Rich Text Format 1.9.1 (Microsoft, 2008): text, tables, who wrote it. Pure. */
#ifndef AKIN_INDEXER_EXTRACT_RTF_H
#define AKIN_INDEXER_EXTRACT_RTF_H

#include "indexer/extract/extract.h"

/* As packed.h wants its readers. */
enum skip_reason rtf_read(struct span path, struct span bytes, struct document *doc, const char **why);

#endif
