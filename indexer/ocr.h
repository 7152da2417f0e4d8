/* Text recognised in images by tesseract, the program, where it is installed. It runs within
 * walls (base/walls.h), once an image. */
#ifndef AKIN_INDEXER_OCR_H
#define AKIN_INDEXER_OCR_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/span.h"
#include "models/image.h"

#define OCR_PREFIX "tesseract/" /* and the languages: whose words they are */

/* Whether tesseract is here with all of these languages ("eng", "eng+deu"). ERR_USAGE says
 * which package is missing. */
int ocr_check(const char *languages, struct err *err);

/* Adds what it reads in the image to out, which may be nothing. ERR_INPUT, ERR_LIMIT: it cannot
 * read it, or takes too long; ERR_IO; ERR_INTERRUPTED where stopped (NULL: never) says so. Threads
 * may call it. */
int ocr_read(const char *languages, struct span bytes, const struct image *image,
             bool (*stopped)(void *ctx), void *ctx, struct buf *out, struct err *err);

#endif
