/* Pages of a PDF as images, by poppler's programs within walls (base/walls.h). */
#ifndef AKIN_INDEXER_SCAN_H
#define AKIN_INDEXER_SCAN_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/span.h"

enum {
	SCAN_PAGES_MAX = 2000,     /* of a PDF that are looked at */
	SCAN_PAGE_MAX = 64 << 20   /* bytes of an image of one */
};

/* How many pages it has. ERR_INPUT, ERR_LIMIT: none, or more than SCAN_PAGES_MAX. */
int scan_count(struct span pdf, size_t *n, struct err *err);

/* Adds an image of a page (from 1) to out: for a model a JPEG of 150 dots an inch, for tesseract a
 * grey PNG of 200. ERR_INPUT, ERR_LIMIT. Threads may call it. */
int scan_page(struct span pdf, size_t page, bool for_model, struct buf *out, struct err *err);

#endif
