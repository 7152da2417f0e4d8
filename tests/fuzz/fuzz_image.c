/* Any bytes as an image: what is taken for one has pixels. */
#include <stdlib.h>

#include "models/image.h"

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
	return 0;
}
