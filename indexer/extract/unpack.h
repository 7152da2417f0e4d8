/* The members of a zip archive that a document is packed in, through libarchive. */
#ifndef AKIN_INDEXER_EXTRACT_UNPACK_H
#define AKIN_INDEXER_EXTRACT_UNPACK_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/span.h"
#include "indexer/skip.h"

enum {
	UNPACK_MEMBER_MAX = 64 << 20, /* bytes that one member unpacks to at most */
	UNPACK_MAX = 96 << 20,        /* and all that are wanted */
	UNPACK_ENTRIES_MAX = 65536    /* members of any name */
};

struct member {
	char *name; /* as in the archive, without a leading "/" or "./" */
	char *data;
	size_t len;
};
struct members {
	struct member *items; /* in the archive's order */
	size_t n, cap;
	struct member **by_name;
};
void members_free(struct members *m);

/* The bytes of the member, of the first by that name; p NULL: there is none. Borrowed. */
struct span members_find(const struct members *m, const char *name);

/* Loads libarchive, once; false where it is not installed. Before walls are raised. */
bool unpack_load(void);

/* The members whose names are wanted, in the archive's order.
 * On anything but SKIP_NONE *out is {0} and *why says more (a constant). */
enum skip_reason unpack(struct span zip, bool (*wanted)(const char *name), struct members *out,
                        const char **why);

/* Unpacks what gzip, bzip2, xz, zstd or lz4 packed, up to out's maximum; more than that is
 * SKIP_TOO_LARGE. On anything but SKIP_NONE *why says more (a constant). */
enum skip_reason unpack_stream(struct span packed, struct buf *out, const char **why);

#endif
