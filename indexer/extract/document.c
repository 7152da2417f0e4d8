#include "indexer/extract/extract.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
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
	free(doc->page_starts);
	free(doc->author);
	free(doc->text_by);
	free(doc->date);
	*doc = (struct document){ 0 };
}

void document_source_range(const struct document *doc, size_t start, size_t end,
                           size_t *source_start, size_t *source_end)
{
	run_map_range(doc->runs, doc->n_runs, start, end, source_start, source_end);
}

/* How many of the ascending starts are at or before an offset. */
static size_t starts_before(const size_t *starts, size_t n, size_t offset)
{
	size_t low = 0, high = n;
	while (high > low) {
		size_t mid = low + (high - low) / 2;
		if (starts[mid] <= offset)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

size_t document_line(const struct document *doc, size_t source_offset)
{
	size_t line = starts_before(doc->line_starts, doc->n_lines, source_offset);
	return line > 0 ? line : 1;
}

size_t document_page(const struct document *doc, size_t text_offset)
{
	return starts_before(doc->page_starts, doc->n_pages, text_offset);
}

void document_number_lines(struct document *doc)
{
	size_t n = 1, at = 0;
	for (const char *p = doc->text; (p = strchr(p, '\n')) != NULL; p++)
		n++;
	doc->line_starts = mem_alloc(n, sizeof *doc->line_starts);
	doc->line_starts[0] = 0;
	for (doc->n_lines = 1; doc->n_lines < n; doc->n_lines++) {
		at = (size_t)(strchr(doc->text + at, '\n') - doc->text) + 1;
		doc->line_starts[doc->n_lines] = at;
	}
}
