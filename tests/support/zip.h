/* Zip archives for tests, good ones and bombs. */
#ifndef AKIN_TESTS_SUPPORT_ZIP_H
#define AKIN_TESTS_SUPPORT_ZIP_H

#include "base/buf.h"

struct zip {
	struct buf bytes;
	struct buf directory;
	size_t n;
};
struct zip zip_new(void);
/* Deflates data, `repeat` times one behind the other, as a member. */
void zip_add(struct zip *z, const char *name, struct span data, size_t repeat);
/* Ends it; free() the bytes. */
struct span zip_finish(struct zip *z);

#endif
