/* The first line is a path, the rest are the rules. */
#include <stddef.h>
#include <stdint.h>

#include "indexer/walk/ignore.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span all = { (const char *)data, size };
	const char *nl = size ? memchr(all.p, '\n', all.len) : NULL;
	if (!nl || nl == all.p)
		return 0;
	struct span path = { all.p, (size_t)(nl - all.p) };
	struct ignore *rules = ignore_new((struct span){ nl + 1, all.len - path.len - 1 });
	ignore_match(rules, path, true);
	ignore_match(rules, path, false);
	ignore_free(rules);
	return 0;
}
