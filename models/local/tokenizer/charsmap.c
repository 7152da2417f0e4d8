#include "models/local/tokenizer/charsmap.h"

/* The layout of darts-clone's units: bits 0..7 and 31 are the label (31 marks
 * a value), bit 8 says that a key ends, bits 10..30 are the distance (xor) to
 * the children, times 256 when bit 9 is set. */
static uint32_t distance(uint32_t unit)
{
	return (unit >> 10) << ((unit & 0x200) >> 6);
}

static bool replacement_at(const struct charsmap *map, uint32_t offset, struct span *replacement)
{
	if (offset >= map->pool_len)
		return false;
	const char *p = map->pool + offset;
	const char *end = memchr(p, 0, map->pool_len - offset);
	*replacement = (struct span){ p, end ? (size_t)(end - p) : map->pool_len - offset };
	return true;
}

bool charsmap_find(const struct charsmap *map, struct span text, struct span *replacement)
{
	if (map->n_units == 0)
		return false;
	uint32_t at = distance(map->units[0]);
	for (size_t i = 0; i < text.len; i++) {
		unsigned char c = (unsigned char)text.p[i];
		at ^= c;
		if (c == 0 || at >= map->n_units)
			return false;
		uint32_t unit = map->units[at];
		if ((unit & 0x800000FF) != c)
			return false;
		at ^= distance(unit);
		if (unit & 0x100 && at < map->n_units)
			return replacement_at(map, map->units[at] & 0x7FFFFFFF, replacement);
	}
	return false;
}
