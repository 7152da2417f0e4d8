/* Pictures for models that see: read from a file, looked at by their content, and written as
 * the data URL that a chat message carries. What a file's name says does not count. */
#ifndef AKIN_MODELS_IMAGE_H
#define AKIN_MODELS_IMAGE_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/span.h"

/* A request's body may have 2 MB at OVHcloud; base64 makes four bytes of three, and 130 KB are
 * left for what is asked. */
#define IMAGE_MAX_BYTES 1400000
#define IMAGES_MAX_URLS (IMAGE_MAX_BYTES / 3 * 4 + 64) /* of all URLs of a request together */

struct image {
	const char *mime; /* "image/png", …; a constant */
	uint32_t width, height; /* pixels, as the header says; not 0 */
};

/* What the bytes are: PNG, JPEG, WebP or GIF. Pure. ERR_INPUT with `name` in it: none of these,
 * a header that breaks off or makes no sense, an image without pixels. */
int image_look(struct span bytes, const char *name, struct image *image, struct err *err);

/* The file as "data:image/jpeg;base64,…"; free() it. ERR_IO, ERR_INPUT as image_look, ERR_LIMIT
 * when it has more than IMAGE_MAX_BYTES. *url is NULL on failure. */
int image_data_url(const char *path, char **url, struct err *err);

#endif
