/* Pictures as a request may hold them: those that are too large are made smaller, in a process
 * of its own that can open, write and reach nothing. */
#ifndef AKIN_MODELS_IMAGE_FIT_H
#define AKIN_MODELS_IMAGE_FIT_H

#include "base/buf.h"
#include "models/image.h"

/* Vision models look at no more than about 1,540 by 1,540 pixels (Pixtral, Mistral Small). */
#define IMAGE_MAX_PIXELS (1540 * 1540)
#define IMAGE_MAX_FILE (64 << 20) /* bytes */

/* The picture in `bytes` as it is to be sent: as it is, or, where it has more than
 * IMAGE_MAX_PIXELS or max_bytes or lies on its side, made smaller and upright, in `room`, which it
 * borrows. *image is that of the result. `name` is for errors. ERR_INPUT, ERR_IO, ERR_LIMIT: it
 * cannot be made small enough, or there is no libgd. Threads may call it; each call may take
 * 200 MB outside of this process.
 *
 * The child is this program again: any that links the archive, since it is a constructor that
 * sees "--scale-child" in the arguments and never comes to main(). */
int image_fit(const char *name, struct span bytes, size_t max_bytes, struct buf *room,
              struct span *fitting, struct image *image, struct err *err);

/* The file, made to fit, as a data URL; free() it. ERR_IO, ERR_LIMIT when it has more than
 * IMAGE_MAX_FILE bytes, and as image_fit. *url is NULL on failure. */
int image_file_url(const char *path, size_t max_bytes, char **url, struct err *err);

#endif
