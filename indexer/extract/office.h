/* Office documents, which are XML in a zip archive: Word, Excel and PowerPoint (ECMA-376),
 * OpenDocument (ISO 26300), EPUB 2 and 3. As packed.h wants its readers: pure, in a child.
 * Paragraphs, headings, list items, tables row by row, notes and comments in their order;
 * slides are pages. Left out: what tracked changes have deleted, macros, pictures, styles. */
#ifndef AKIN_INDEXER_EXTRACT_OFFICE_H
#define AKIN_INDEXER_EXTRACT_OFFICE_H

#include "indexer/extract/extract.h"

/* Loads the libraries, before walls are raised. */
void office_load(void);

enum skip_reason docx_read(struct span path, struct span bytes, struct document *doc, const char **why);
enum skip_reason xlsx_read(struct span path, struct span bytes, struct document *doc, const char **why);
enum skip_reason pptx_read(struct span path, struct span bytes, struct document *doc, const char **why);
/* Text, workbooks and slides alike. */
enum skip_reason odf_read(struct span path, struct span bytes, struct document *doc, const char **why);
enum skip_reason epub_read(struct span path, struct span bytes, struct document *doc, const char **why);

#endif
