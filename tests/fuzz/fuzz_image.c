/* Any bytes as an image: what is taken for one has pixels, and one of eight ways up. */
#include <stdlib.h>

#include "models/image.h"
#include "models/image_scale.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct image image;
	struct err err = { 0 };
	if (image_look((struct span){ (const char *)data, size }, "it", &image, &err) == 0) {
		if (!image.mime || !image.width || !image.height)
			abort();
	} else if (err.code != ERR_INPUT) {
		abort();
	}
	int orientation = image_orientation((struct span){ (const char *)data, size });
	if (orientation < 1 || orientation > 8)
		abort();
	return 0;
}
