/* Bytes of the code pages that Windows has used, as UTF-8, through ICU. */
#ifndef AKIN_INDEXER_EXTRACT_CODE_PAGE_H
#define AKIN_INDEXER_EXTRACT_CODE_PAGE_H

#include "base/buf.h"

/* Adds the bytes, which are of a Windows code page (1252, 932, 10000, 65001, ...), as UTF-8; of a
 * page that is not known, as those of 1252. What makes no sense becomes U+FFFD. */
void code_page_add(struct buf *out, int code_page, struct span bytes);

/* The code page of a character set's number in a font table of RTF; 0: not known. */
int code_page_of_charset(int charset);

#endif
