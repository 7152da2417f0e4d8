/* Tables within a derived document: a row a block, " | " between its cells, the first of
 * more than one cell being the header of those behind it. */
#ifndef AKIN_INDEXER_EXTRACT_OFFICE_TABLE_H
#define AKIN_INDEXER_EXTRACT_OFFICE_TABLE_H

#include "indexer/extract/derive.h"

struct office_table {
	int depth;      /* tables within cells are text of the outermost's cell; 0: in none */
	size_t n_cells; /* of the row that is open */
	size_t n_rows;
	bool paragraph; /* one has ended in this cell: a line ends before what comes next */
	bool has_header;
};
void office_table_open(struct office_table *t, struct derive *d);
void office_table_close(struct office_table *t, struct derive *d);
/* Empty cells before it are marked, so that a column stays a column: at most 32. */
void office_table_cell(struct office_table *t, struct derive *d, size_t n_empty_before);
void office_table_row_end(struct office_table *t, struct derive *d);
/* Before text of a paragraph within a cell, and behind it. */
void office_table_text(struct office_table *t, struct derive *d);
void office_table_paragraph_end(struct office_table *t);

#endif
