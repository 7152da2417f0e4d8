#include "cli/filter.h"

#include <stdlib.h>

#include "base/mem.h"
#include "cli/documents.h"
#include "cli/paths.h"

int path_filter_make(struct path_filter *f, struct store *store, char **typed, size_t n,
                     struct err *err)
{
	*f = (struct path_filter){ .paths = mem_zalloc(n, sizeof *f->paths) };
	for (size_t i = 0; i < n; i++) {
		char *path = path_absolute(typed[i]);
		f->paths[f->n++] = path;
		int found = documents_any(store, path, err);
		if (found < 0)
			return -1;
		if (!found)
			return err_set(err, ERR_INPUT, "nothing in the index is at '%s' or below; "
			               "to add it: akin index PATH", path);
	}
	return 0;
}

void path_filter_free(struct path_filter *f)
{
	for (size_t i = 0; i < f->n; i++)
		free(f->paths[i]);
	free(f->paths);
	*f = (struct path_filter){ 0 };
}

struct store_filter path_filter_of(const struct path_filter *f)
{
	return (struct store_filter){ .paths = (const char *const *)f->paths, .n_paths = f->n };
}
