/* Makes a picture smaller. What decodes it is libgd, which is loaded for that: hostile bytes are
 * given to it only in a process with walls around it (models/image_fit.h). */
#ifndef AKIN_MODELS_IMAGE_SCALE_H
#define AKIN_MODELS_IMAGE_SCALE_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/span.h"

/* Opens the library, so that later nothing needs to be opened any more. ERR_IO when there is
 * none on this machine. */
int image_scale_load(struct err *err);

/* Adds the picture to out as a JPEG, upright, of max_pixels pixels and max_bytes bytes at most;
 * never enlarged, and white where it is transparent. Of an animation the first image. ERR_LIMIT
 * for more pixels than are decoded (50 million, 25 where a pixel takes more memory), which the
 * header tells; ERR_INPUT when it cannot be decoded. */
int image_scale(struct span bytes, uint64_t max_pixels, size_t max_bytes, struct buf *out,
                struct err *err);

/* The EXIF orientation of a JPEG, 1 to 8; 1 where there is none. Pure. */
int image_orientation(struct span bytes);

#endif
