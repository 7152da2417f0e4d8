#include "indexer/chunk/chunk_atoms.h"

#include <stdlib.h>

#include "base/boundaries.h"
#include "base/utf8.h"

void atoms_free(struct atoms *a)
{
	free(a->items);
	free(a->sections);
	buf_free(&a->names);
	*a = (struct atoms){ 0 };
}

uint32_t section_common(const struct atoms *a, uint32_t one, uint32_t other)
{
	while (one != other) {
		if (one == SECTION_NONE || other == SECTION_NONE)
			return SECTION_NONE;
		if (a->sections[one].depth >= a->sections[other].depth)
			one = a->sections[one].parent;
		else
			other = a->sections[other].parent;
	}
	return one;
}

char *section_path(const struct atoms *a, uint32_t section)
{
	if (section == SECTION_NONE)
		return NULL;
	uint32_t line[SECTION_DEPTH_MAX], all = a->sections[section].tokens;
	size_t n = 0;
	for (uint32_t s = section; s != SECTION_NONE; s = a->sections[s].parent)
		line[n++] = s;
	struct buf path = buf_new(SECTION_DEPTH_MAX * (NAME_BYTES_MAX + 3));
	while (n-- > 0) {
		const struct section *s = &a->sections[line[n]];
		uint32_t above = s->parent == SECTION_NONE ? 0 : a->sections[s->parent].tokens;
		if (s->name_len == 0 || all - above > a->path_limit)
			continue;
		if (path.len)
			buf_add_str(&path, " > ");
		buf_add(&path, a->names.p + s->name, s->name_len);
	}
	if (path.len == 0)
		return NULL;
	return buf_take(&path, NULL);
}

size_t tokens_prefix(const struct chunk_options *opt, struct span text, size_t limit)
{
	size_t most = limit * TOKEN_BYTES_MAX;
	size_t high = text.len < most ? text.len : utf8_floor(text.p, text.len, most);
	if (opt->count_tokens(opt->ctx, (struct span){ text.p, high }) <= limit)
		return high;
	size_t *ends, n = boundary_ends(BOUNDARY_GRAPHEME, (struct span){ text.p, high }, &ends);
	size_t low = 0; /* graphemes that fit; n do not */
	while (n - low > 1) {
		size_t mid = low + (n - low) / 2;
		if (opt->count_tokens(opt->ctx, (struct span){ text.p, ends[mid - 1] }) <= limit)
			low = mid;
		else
			n = mid;
	}
	size_t len = low ? ends[low - 1] : 0;
	free(ends);
	return len;
}
