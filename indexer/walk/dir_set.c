#include "indexer/walk/dir_set.h"

#include <stdlib.h>

#include "base/mem.h"

static struct dir_id *slot_of(const struct dir_set *set, uint64_t dev, uint64_t ino)
{
	uint64_t h = (ino ^ dev << 32) * 0x9E3779B97F4A7C15u;
	size_t at = (size_t)(h >> 32) & (set->n_slots - 1);
	while (set->slots[at].used && (set->slots[at].dev != dev || set->slots[at].ino != ino))
		at = (at + 1) & (set->n_slots - 1);
	return &set->slots[at];
}

static void grow(struct dir_set *set)
{
	struct dir_set bigger = { .n = set->n, .n_slots = set->n_slots ? set->n_slots * 2 : 64 };
	bigger.slots = mem_zalloc(bigger.n_slots, sizeof *bigger.slots);
	for (size_t i = 0; i < set->n_slots; i++) {
		if (set->slots[i].used)
			*slot_of(&bigger, set->slots[i].dev, set->slots[i].ino) = set->slots[i];
	}
	free(set->slots);
	*set = bigger;
}

bool dir_set_add(struct dir_set *set, uint64_t dev, uint64_t ino)
{
	if (set->n * 2 >= set->n_slots)
		grow(set);
	struct dir_id *slot = slot_of(set, dev, ino);
	if (slot->used)
		return false;
	*slot = (struct dir_id){ dev, ino, true };
	set->n++;
	return true;
}

void dir_set_free(struct dir_set *set)
{
	free(set->slots);
	*set = (struct dir_set){ 0 };
}
