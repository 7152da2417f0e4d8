#include "cli/filter.h"

#include <stdlib.h>

#include "base/clock.h"
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

int filter_flags_read(const struct filter_flags *flags, struct search_filter *filter, struct err *err)
{
	int64_t now = clock_unix_ns();
	for (unsigned field = 0; field < N_FILTER_FIELDS; field++) {
		const struct option_list *list = &flags->values[field];
		for (size_t i = 0; i < list->n; i++) {
			bool is_not = list->items[i][0] == '!';
			struct span value = span_of(list->items[i] + is_not);
			if (search_filter_add(filter, (enum filter_field)field, is_not, value, now, err) < 0)
				return -1;
		}
	}
	return 0;
}
