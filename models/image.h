/* Pictures for models that see: looked at by their content, and written as the data URL that a
 * chat message carries. What a file's name says does not count. */
#ifndef AKIN_MODELS_IMAGE_H
#define AKIN_MODELS_IMAGE_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/span.h"

/* A request's body may have 2 MB at OVHcloud; base64 makes four bytes of three, and 130 KB are
 * left for what is asked. All pictures of a request together. */
#define IMAGE_MAX_BYTES 1400000

struct image {
	const char *mime; /* "image/png", …; a constant */
	uint32_t width, height; /* pixels, as the header says; not 0 */
};

/* What the bytes are: PNG, JPEG, WebP or GIF. Pure. ERR_INPUT with `name` in it: none of these,
 * a header that breaks off or makes no sense, an image without pixels. */
int image_look(struct span bytes, const char *name, struct image *image, struct err *err);

/* "data:image/jpeg;base64,…"; free() it. */
char *image_url(struct span bytes, const char *mime);

#endif
