#include "indexer/extract/extract.h"

#include <stdlib.h>

#include "indexer/extract/run_map.h"

void document_free(struct document *doc)
{
	free(doc->text);
	free(doc->title);
	for (size_t i = 0; i < doc->n_blocks; i++)
		free(doc->blocks[i].name);
	free(doc->blocks);
	free(doc->runs);
	free(doc->line_starts);
	*doc = (struct document){ 0 };
}

void document_source_range(const struct document *doc, size_t start, size_t end,
                           size_t *source_start, size_t *source_end)
{
	run_map_range(doc->runs, doc->n_runs, start, end, source_start, source_end);
}

size_t document_line(const struct document *doc, size_t source_offset)
{
	size_t low = 0, high = doc->n_lines;
	while (high > low) {
		size_t mid = low + (high - low) / 2;
		if (doc->line_starts[mid] <= source_offset)
			low = mid + 1;
		else
			high = mid;
	}
	return low > 0 ? low : 1;
}
