/* A set of folders, by device and inode. */
#ifndef AKIN_INDEXER_WALK_DIR_SET_H
#define AKIN_INDEXER_WALK_DIR_SET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct dir_id {
	uint64_t dev, ino;
	bool used;
};

/* Starts as {0}. */
struct dir_set {
	struct dir_id *slots;
	size_t n, n_slots; /* a power of two, or 0 */
};

/* False when the folder is in the set already. */
bool dir_set_add(struct dir_set *set, uint64_t dev, uint64_t ino);
void dir_set_free(struct dir_set *set);

#endif
