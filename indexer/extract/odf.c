/* OpenDocument (ISO/IEC 26300): text, workbooks, slides. A slide is a page. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "indexer/extract/line.h"
#include "indexer/extract/office.h"
#include "indexer/extract/office_parts.h"
#include "indexer/extract/office_table.h"

enum { REPEAT_MAX = 32, HEADING_LEVEL_MAX = 9 };

struct odf {
	struct office o;
	struct office_table table;
	struct buf notes;    /* of the paragraph that is open: they follow it; a line each */
	int level;           /* of the heading that is open; 0: none */
	int list_level;
	int depth_of_title;  /* the frame that holds a slide's title; 0: none */
	size_t empty_cells;  /* in front of the next */
	bool is_workbook, in_notes, first_note;
	bool in_margin; /* the head or foot of pages, where a number alone is the page's */
};

static bool wanted(const char *name)
{
	return !strcmp(name, "content.xml") || !strcmp(name, "meta.xml") || !strcmp(name, "styles.xml") ||
	       !strcmp(name, "META-INF/manifest.xml");
}

static bool is_encrypted(struct office *o)
{
	struct xml *x = office_part(o, "META-INF/manifest.xml");
	bool found = false;
	enum xml_event event;
	while (x && !found && (event = xml_next(x)) != XML_END)
		found = event == XML_OPEN && xml_is(x, "encryption-data");
	xml_close(x);
	return found;
}

static void read_meta(struct office *o)
{
	struct xml *x = office_part(o, "meta.xml");
	enum xml_event event;
	while (x && (event = xml_next(x)) != XML_END)
		if (event == XML_OPEN)
			office_property(o, x);
	xml_close(x);
}

/* --- paragraphs --------------------------------------------------------------------------- */

static void end_paragraph(struct odf *f)
{
	struct derive *d = &f->o.d;
	struct span none = { 0 };
	if (f->in_margin && f->table.depth == 0 && !derive_has_word(d))
		derive_drop(d);
	if (f->table.depth > 0)
		office_table_paragraph_end(&f->table);
	else if (f->level > 0 || f->depth_of_title > 0)
		derive_end(d, BLOCK_HEADING, f->level > 0 ? f->level : 1, none);
	else if (f->list_level > 0)
		derive_end(d, BLOCK_LIST_ITEM, f->list_level, none);
	else
		derive_end(d, BLOCK_PARAGRAPH, 0, none);
	f->level = 0;
	if (f->table.depth > 0 || f->notes.len == 0)
		return;
	for (size_t at = 0; at < f->notes.len;) {
		const char *p = f->notes.p + at, *end = memchr(p, '\n', f->notes.len - at);
		derive_add(d, (struct span){ p, (size_t)(end - p) });
		derive_end(d, BLOCK_PARAGRAPH, 0, none);
		at += (size_t)(end - p) + 1;
	}
	buf_clear(&f->notes);
}

static void add(struct odf *f, struct span text)
{
	if (f->in_notes && f->first_note)
		derive_add(&f->o.d, span_of("Notes: "));
	f->first_note = false;
	office_table_text(&f->table, &f->o.d);
	derive_add(&f->o.d, text);
}

/* A footnote or a comment: its paragraphs, without its number, author and date. */
static void keep_note(struct odf *f, struct xml *x)
{
	int depth = xml_depth(x);
	size_t before = f->notes.len;
	enum xml_event event;
	while ((event = xml_next(x)) != XML_END && !(event == XML_CLOSE && xml_depth(x) == depth)) {
		if (event == XML_OPEN && (xml_is(x, "note-citation") || xml_is(x, "creator") ||
		                          xml_is(x, "date") || xml_is(x, "date-string")))
			xml_skip(x);
		else if (event == XML_TEXT)
			buf_add_span(&f->notes, xml_text(x));
		else if (event == XML_CLOSE && xml_is(x, "p"))
			buf_add_byte(&f->notes, ' ');
	}
	for (size_t i = before; i < f->notes.len; i++)
		f->notes.p[i] = f->notes.p[i] == '\n' ? ' ' : f->notes.p[i];
	if (f->notes.len > before && buf_add_byte(&f->notes, '\n') < 0)
		f->notes.len = before;
}

/* --- elements ----------------------------------------------------------------------------- */

static size_t repeated(struct xml *x, const char *attribute)
{
	size_t n = strtoul(xml_attribute(x, attribute), NULL, 10);
	return n < 1 ? 1 : n;
}

static void open_cell(struct odf *f, struct xml *x)
{
	if (!xml_is(x, "covered-table-cell"))
		office_table_cell(&f->table, &f->o.d, f->empty_cells);
	f->empty_cells = 0;
}

/* A cell that is repeated is empty, for nearly all. */
static void read_workbook_cell(struct odf *f, struct xml *x)
{
	size_t n = repeated(x, "number-columns-repeated");
	struct buf text = buf_new(1 << 20);
	int depth = xml_depth(x);
	enum xml_event event;
	while ((event = xml_next(x)) != XML_END && !(event == XML_CLOSE && xml_depth(x) == depth)) {
		if (event == XML_OPEN && xml_is(x, "annotation"))
			keep_note(f, x);
		else if (event == XML_TEXT)
			buf_add_span(&text, xml_text(x));
		else if (event == XML_OPEN && (xml_is(x, "p") || xml_is(x, "s") || xml_is(x, "line-break")))
			buf_add_byte(&text, ' ');
	}
	bool empty = span_trim(buf_span(&text)).len == 0;
	for (size_t i = 0; !empty && i < n && i < REPEAT_MAX; i++) {
		office_table_cell(&f->table, &f->o.d, f->empty_cells);
		f->empty_cells = 0;
		derive_add(&f->o.d, buf_span(&text));
	}
	f->empty_cells += empty ? (n < REPEAT_MAX ? n : REPEAT_MAX) : 0;
	buf_free(&text);
}

static bool open_text(struct odf *f, struct xml *x)
{
	struct derive *d = &f->o.d;
	if (xml_is(x, "h")) {
		int level = atoi(xml_attribute(x, "outline-level"));
		f->level = level < 1 ? 1 : level > HEADING_LEVEL_MAX ? HEADING_LEVEL_MAX : level;
	} else if (xml_is(x, "s") || xml_is(x, "tab")) {
		derive_add(d, span_of(" "));
	} else if (xml_is(x, "line-break")) {
		derive_line_break(d);
	} else if (xml_is(x, "note") || xml_is(x, "annotation")) {
		keep_note(f, x);
	} else if (xml_is(x, "tracked-changes") || xml_is(x, "table-of-content") || xml_is(x, "ruby-text") ||
	           xml_is(x, "page-number") || xml_is(x, "settings") || xml_is(x, "event-listeners") ||
	           xml_is(x, "forms") || xml_is(x, "shapes")) {
		xml_skip(x);
	} else if (xml_is(x, "list")) {
		f->list_level += f->list_level < 15;
	} else {
		return false;
	}
	return true;
}

static void open_element(struct odf *f, struct xml *x)
{
	struct derive *d = &f->o.d;
	if (open_text(f, x))
		return;
	if (xml_is(x, "table")) {
		if (f->is_workbook && f->table.depth == 0) {
			derive_add(d, span_of(xml_attribute(x, "table:name")));
			derive_end(d, BLOCK_HEADING, 1, (struct span){ 0 });
		}
		office_table_open(&f->table, d);
	} else if (xml_is(x, "table-cell") || xml_is(x, "covered-table-cell")) {
		if (f->is_workbook)
			read_workbook_cell(f, x);
		else
			open_cell(f, x);
	} else if (xml_is(x, "page")) {
		derive_page(d);
	} else if (xml_is(x, "notes")) {
		f->in_notes = f->first_note = true;
	} else if (xml_is(x, "frame")) {
		const char *class = xml_attribute(x, "presentation:class");
		if (!strcmp(class, "title"))
			f->depth_of_title = xml_depth(x);
		else if (!strcmp(class, "page-number") || !strcmp(class, "date-time"))
			xml_skip(x);
	}
}

static void close_element(struct odf *f, struct xml *x)
{
	struct derive *d = &f->o.d;
	if (xml_is(x, "p") || xml_is(x, "h")) {
		end_paragraph(f);
	} else if (xml_is(x, "list")) {
		f->list_level -= f->list_level > 0;
	} else if (xml_is(x, "table-row")) {
		office_table_row_end(&f->table, d);
		f->empty_cells = 0;
	} else if (xml_is(x, "table")) {
		office_table_close(&f->table, d);
		if (f->table.depth == 0)
			end_paragraph(f); /* its cells' notes */
	} else if (xml_is(x, "notes")) {
		f->in_notes = f->first_note = false;
	} else if (xml_is(x, "frame") && xml_depth(x) == f->depth_of_title) {
		f->depth_of_title = 0;
	}
}

static void read_element(struct odf *f, struct xml *x, enum xml_event event)
{
	if (event == XML_OPEN)
		open_element(f, x);
	else if (event == XML_CLOSE)
		close_element(f, x);
	else if (event == XML_TEXT && span_trim(xml_text(x)).len > 0)
		add(f, xml_text(x));
	else if (event == XML_TEXT)
		derive_add(&f->o.d, span_of(" "));
}

static void read_content(struct odf *f)
{
	struct xml *x = office_part(&f->o, "content.xml");
	bool in_body = false;
	enum xml_event event;
	while (x && (event = xml_next(x)) != XML_END) {
		if (event == XML_OPEN && xml_is(x, "body"))
			in_body = true;
		else if (event == XML_OPEN && xml_is(x, "spreadsheet"))
			f->is_workbook = true;
		else if (in_body)
			read_element(f, x, event);
	}
	office_part_end(&f->o, x);
	while (f->table.depth > 0)
		office_table_close(&f->table, &f->o.d);
	end_paragraph(f);
}

/* What stands at the head and foot of each page, once. */
static void read_page_styles(struct odf *f)
{
	struct xml *x = office_part(&f->o, "styles.xml");
	bool in_style = false;
	f->in_margin = true;
	enum xml_event event;
	while (x && (event = xml_next(x)) != XML_END) {
		if (event == XML_OPEN && (xml_is(x, "header") || xml_is(x, "footer")))
			in_style = true;
		else if (event == XML_CLOSE && (xml_is(x, "header") || xml_is(x, "footer")))
			in_style = false;
		else if (in_style)
			read_element(f, x, event);
	}
	office_part_end(&f->o, x);
	while (f->table.depth > 0)
		office_table_close(&f->table, &f->o.d);
}

enum skip_reason odf_read(struct span path, struct span bytes, struct document *doc, const char **why)
{
	(void)path;
	struct odf f = { .notes = buf_new(1 << 20) };
	enum skip_reason reason = office_open(&f.o, bytes, wanted, "content.xml", why);
	if (reason)
		return reason;
	if (is_encrypted(&f.o)) {
		members_free(&f.o.parts);
		*why = "it is encrypted";
		return SKIP_UNSUPPORTED;
	}
	read_meta(&f.o);
	read_content(&f);
	if (!f.is_workbook && f.o.d.n_pages == 0)
		read_page_styles(&f);
	buf_free(&f.notes);
	return office_close(&f.o, doc);
}
