#include "indexer/extract/office_table.h"

enum { EMPTY_CELLS_MAX = 32 };

static const struct span no_name = { 0 };

void office_table_open(struct office_table *t, struct derive *d)
{
	if (t->depth++ > 0)
		return;
	derive_end(d, BLOCK_PARAGRAPH, 0, no_name);
	t->n_cells = 0;
	t->paragraph = t->has_header = false;
}

void office_table_close(struct office_table *t, struct derive *d)
{
	if (t->depth == 0 || --t->depth > 0)
		return;
	office_table_row_end(t, d);
	derive_table_end(d);
}

void office_table_cell(struct office_table *t, struct derive *d, size_t n_empty_before)
{
	if (t->depth > 1) {
		t->paragraph = true;
		return;
	}
	for (size_t i = 0; i < n_empty_before && i < EMPTY_CELLS_MAX; i++)
		if (t->n_cells++ > 0)
			derive_cell(d);
	if (t->n_cells++ > 0)
		derive_cell(d);
	t->paragraph = false;
}

void office_table_row_end(struct office_table *t, struct derive *d)
{
	if (t->depth > 1) {
		t->paragraph = true;
		return;
	}
	/* a row of one cell above the columns' names is a caption */
	bool is_header = !t->has_header && t->n_cells > 1 && !derive_is_empty(d);
	t->has_header = t->has_header || is_header;
	derive_end(d, BLOCK_ROW, is_header, is_header ? derive_open(d) : (struct span){ 0 });
	t->n_cells = 0;
	t->paragraph = false;
}

void office_table_text(struct office_table *t, struct derive *d)
{
	if (t->depth > 0 && t->paragraph)
		derive_line_break(d);
	t->paragraph = false;
}

void office_table_paragraph_end(struct office_table *t)
{
	t->paragraph = true;
}
