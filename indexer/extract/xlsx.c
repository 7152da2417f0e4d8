/* SpreadsheetML (ECMA-376, part 1, 18). A sheet is a section, hidden ones too. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "indexer/extract/cell_value.h"
#include "indexer/extract/office.h"
#include "indexer/extract/office_parts.h"
#include "indexer/extract/office_table.h"

enum { SHEETS_MAX = 4096, STYLES_MAX = 1 << 16, FORMATS_MAX = 4096 };

struct sheet {
	char *name, *id, *part;
};

struct format_code {
	int id;
	char *code;
};

struct xlsx {
	struct office o;
	struct office_table table;
	struct sheet *sheets;
	size_t n_sheets, sheets_cap;
	struct buf shared; /* strings, one behind the other */
	size_t *ends;      /* [n_shared] where each ends */
	size_t n_shared, ends_cap;
	struct format_code *codes;
	size_t n_codes, codes_cap;
	enum cell_kind *kinds; /* [n_kinds] of the cells' styles */
	size_t n_kinds, kinds_cap;
	bool since_1904;
	char *comments_part;
};

static bool wanted(const char *name)
{
	static const char *const parts[] = { "xl/workbook.xml", "xl/_rels/", "xl/worksheets/",
		                             "xl/sharedStrings.xml", "xl/styles.xml", "xl/comments",
		                             "xl/charts/", "docProps/core.xml" };
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
		if (strncmp(name, parts[i], strlen(parts[i])) == 0)
			return true;
	return false;
}

/* --- the workbook ------------------------------------------------------------------------- */

static void read_workbook(struct xlsx *s)
{
	struct xml *x = office_part(&s->o, "xl/workbook.xml");
	enum xml_event event;
	while (x && (event = xml_next(x)) != XML_END) {
		if (event != XML_OPEN)
			continue;
		if (xml_is(x, "workbookPr")) {
			const char *value = xml_attribute(x, "date1904");
			s->since_1904 = !strcmp(value, "1") || !strcmp(value, "true");
		} else if (xml_is(x, "sheet") && s->n_sheets < SHEETS_MAX) {
			s->sheets = mem_grow(s->sheets, &s->sheets_cap, s->n_sheets + 1, sizeof *s->sheets);
			struct sheet *sheet = &s->sheets[s->n_sheets++];
			*sheet = (struct sheet){ .name = mem_strdup(xml_attribute(x, "name")) };
			sheet->id = mem_strdup(xml_attribute(x, "r:id"));
		}
	}
	office_part_end(&s->o, x);
}

static void name_sheet(void *ctx, const char *id, const char *type, const char *target)
{
	struct xlsx *s = ctx;
	(void)type;
	for (size_t i = 0; i < s->n_sheets; i++)
		if (!s->sheets[i].part && strcmp(s->sheets[i].id, id) == 0)
			s->sheets[i].part = mem_strdup(target);
}

/* Text of the runs within a string; how it is pronounced (rPh) is left out. */
static void read_string(struct xml *x, struct buf *out)
{
	int depth = xml_depth(x);
	enum xml_event event;
	while ((event = xml_next(x)) != XML_END && !(event == XML_CLOSE && xml_depth(x) == depth)) {
		if (event == XML_OPEN && xml_is(x, "rPh"))
			xml_skip(x);
		else if (event == XML_TEXT)
			buf_add_span(out, xml_text(x));
	}
}

static void read_shared(struct xlsx *s)
{
	struct xml *x = office_part(&s->o, "xl/sharedStrings.xml");
	enum xml_event event;
	s->shared = buf_new(UNPACK_MEMBER_MAX);
	while (x && (event = xml_next(x)) != XML_END) {
		if (event != XML_OPEN || !xml_is(x, "si"))
			continue;
		read_string(x, &s->shared);
		s->ends = mem_grow(s->ends, &s->ends_cap, s->n_shared + 1, sizeof *s->ends);
		s->ends[s->n_shared++] = s->shared.len;
	}
	office_part_end(&s->o, x);
}

static const char *code_of(const struct xlsx *s, int id)
{
	for (size_t i = 0; i < s->n_codes; i++)
		if (s->codes[i].id == id)
			return s->codes[i].code;
	return NULL;
}

static void read_styles(struct xlsx *s)
{
	struct xml *x = office_part(&s->o, "xl/styles.xml");
	enum xml_event event;
	bool of_cells = false;
	while (x && (event = xml_next(x)) != XML_END) {
		if (xml_is(x, "cellXfs"))
			of_cells = event == XML_OPEN;
		if (event == XML_OPEN && xml_is(x, "numFmt") && s->n_codes < FORMATS_MAX) {
			s->codes = mem_grow(s->codes, &s->codes_cap, s->n_codes + 1, sizeof *s->codes);
			struct format_code *c = &s->codes[s->n_codes++];
			c->id = atoi(xml_attribute(x, "numFmtId"));
			c->code = mem_strdup(xml_attribute(x, "formatCode"));
		} else if (event == XML_OPEN && of_cells && xml_is(x, "xf") && s->n_kinds < STYLES_MAX) {
			int id = atoi(xml_attribute(x, "numFmtId"));
			s->kinds = mem_grow(s->kinds, &s->kinds_cap, s->n_kinds + 1, sizeof *s->kinds);
			s->kinds[s->n_kinds++] = cell_kind_of(id, code_of(s, id));
		}
	}
	office_part_end(&s->o, x);
}

/* --- a sheet ------------------------------------------------------------------------------ */

struct cell {
	char type[12];
	size_t column; /* from 0 */
	size_t style;
};

/* "BC12" is column 54. */
static size_t column_of(const char *reference, size_t else_column)
{
	size_t column = 0, n = 0;
	while (n < 3 && reference[n] >= 'A' && reference[n] <= 'Z')
		column = column * 26 + (size_t)(reference[n++] - 'A' + 1);
	return n > 0 ? column - 1 : else_column;
}

static void add_value(struct xlsx *s, const struct cell *c, struct span value)
{
	char number[32];
	if (!strcmp(c->type, "s")) {
		size_t i = strtoul(value.len ? value.p : "", NULL, 10);
		if (i >= s->n_shared)
			return;
		size_t start = i ? s->ends[i - 1] : 0;
		value = (struct span){ buf_span(&s->shared).p + start, s->ends[i] - start };
	} else if (!strcmp(c->type, "b")) {
		value = span_of(value.len && value.p[0] == '1' ? "TRUE" : "FALSE");
	} else if (!c->type[0] || !strcmp(c->type, "n")) {
		char *end = NULL;
		double x = strtod(value.len ? value.p : "", &end);
		if (value.len && end && *end == '\0') {
			cell_value(x, c->style < s->n_kinds ? s->kinds[c->style] : CELL_NUMBER, s->since_1904,
			           number);
			value = span_of(number);
		}
	}
	derive_add(&s->o.d, value);
}

static void read_cell(struct xlsx *s, struct xml *x, size_t *next_column)
{
	struct cell c = { .column = column_of(xml_attribute(x, "r"), *next_column) };
	strncpy(c.type, xml_attribute(x, "t"), sizeof c.type - 1);
	c.style = strtoul(xml_attribute(x, "s"), NULL, 10);
	struct buf value = buf_new(1 << 20);
	int depth = xml_depth(x);
	enum xml_event event;
	while ((event = xml_next(x)) != XML_END && !(event == XML_CLOSE && xml_depth(x) == depth)) {
		if (event != XML_OPEN)
			continue;
		if (xml_is(x, "v") || xml_is(x, "is"))
			read_string(x, &value);
		else
			xml_skip(x);
	}
	if (value.len > 0) {
		size_t gap = c.column > *next_column ? c.column - *next_column : 0;
		office_table_cell(&s->table, &s->o.d, gap);
		add_value(s, &c, buf_span(&value));
		*next_column = c.column + 1;
	}
	buf_free(&value);
}

static void note_comments(void *ctx, const char *id, const char *type, const char *target)
{
	struct xlsx *s = ctx;
	(void)id;
	if (!strcmp(type, "comments") && !s->comments_part)
		s->comments_part = mem_strdup(target);
}

static void read_comments(struct xlsx *s, const char *sheet)
{
	struct derive *d = &s->o.d;
	office_relations(&s->o, sheet, note_comments, s);
	struct xml *x = s->comments_part ? office_part(&s->o, s->comments_part) : NULL;
	enum xml_event event;
	while (x && (event = xml_next(x)) != XML_END) {
		if (event == XML_OPEN && xml_is(x, "comment")) {
			derive_add(d, span_of("Comment on "));
			derive_add(d, span_of(xml_attribute(x, "ref")));
			derive_add(d, span_of(": "));
		} else if (event == XML_OPEN && xml_is(x, "text")) {
			struct buf text = buf_new(1 << 20);
			read_string(x, &text);
			derive_add_lines(d, buf_span(&text));
			buf_free(&text);
			derive_end(d, BLOCK_PARAGRAPH, 0, (struct span){ 0 });
		}
	}
	office_part_end(&s->o, x);
	free(s->comments_part);
	s->comments_part = NULL;
}

static void read_sheet(struct xlsx *s, const struct sheet *sheet)
{
	struct derive *d = &s->o.d;
	struct xml *x = office_part(&s->o, sheet->part);
	size_t column = 0;
	enum xml_event event;
	derive_add(d, span_of(sheet->name));
	derive_end(d, BLOCK_HEADING, 1, (struct span){ 0 });
	office_table_open(&s->table, d);
	while (x && (event = xml_next(x)) != XML_END) {
		if (event == XML_OPEN && xml_is(x, "row"))
			column = 0;
		else if (event == XML_OPEN && xml_is(x, "c"))
			read_cell(s, x, &column);
		else if (event == XML_CLOSE && xml_is(x, "row"))
			office_table_row_end(&s->table, d);
	}
	office_part_end(&s->o, x);
	office_table_close(&s->table, d);
	read_comments(s, sheet->part);
}

static void release(struct xlsx *s)
{
	for (size_t i = 0; i < s->n_sheets; i++) {
		free(s->sheets[i].name);
		free(s->sheets[i].id);
		free(s->sheets[i].part);
	}
	for (size_t i = 0; i < s->n_codes; i++)
		free(s->codes[i].code);
	free(s->sheets);
	free(s->codes);
	free(s->kinds);
	free(s->ends);
	buf_free(&s->shared);
}

enum skip_reason xlsx_read(struct span path, struct span bytes, struct document *doc, const char **why)
{
	(void)path;
	struct xlsx s = { 0 };
	enum skip_reason reason = office_open(&s.o, bytes, wanted, "xl/workbook.xml", why);
	if (reason)
		return reason;
	office_core_properties(&s.o);
	read_workbook(&s);
	office_relations(&s.o, "xl/workbook.xml", name_sheet, &s);
	read_shared(&s);
	read_styles(&s);
	for (size_t i = 0; i < s.n_sheets; i++)
		if (s.sheets[i].part)
			read_sheet(&s, &s.sheets[i]);
	release(&s);
	return office_close(&s.o, doc);
}
