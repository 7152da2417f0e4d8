/* WordprocessingML (ECMA-376, part 1, 17). */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "indexer/extract/office.h"
#include "indexer/extract/office_parts.h"
#include "indexer/extract/office_table.h"

enum { STYLES_MAX = 4096, BASES_MAX = 16, NO_LEVEL = -1 };

struct style {
	char *id, *base;
	int level; /* of the heading; NO_LEVEL: none of its own */
};

struct docx {
	struct office o;
	struct style *styles;
	size_t n_styles, styles_cap;
	struct office_table table;
	int level;      /* of the heading that is read; 0: it is none */
	int list_level; /* 0: no list item */
	bool in_margin; /* the head or foot of pages, where a number alone is the page's */
};

static bool starts(const char *s, const char *with)
{
	return strncmp(s, with, strlen(with)) == 0;
}

static bool wanted(const char *name)
{
	static const char *const parts[] = { "word/document.xml", "word/styles.xml", "word/footnotes",
		                             "word/endnotes", "word/comments.xml", "word/header",
		                             "word/footer", "docProps/core.xml" };
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
		if (starts(name, parts[i]) && strlen(name) > 4 && !strcmp(name + strlen(name) - 4, ".xml"))
			return true;
	return false;
}

/* --- styles ------------------------------------------------------------------------------- */

/* "heading 3" is the built-in name in every language; "Title" stands above all. */
static int level_of_name(const char *name)
{
	if ((starts(name, "heading ") || starts(name, "Heading ")) && name[8] >= '1' && name[8] <= '9')
		return name[8] - '0';
	return strcmp(name, "Title") == 0 ? 1 : NO_LEVEL;
}

/* The outline level 9 is "body text" (17.3.1.20). */
static int level_of_outline(const char *value)
{
	return value[0] >= '0' && value[0] <= '8' && !value[1] ? value[0] - '0' + 1 : 0;
}

static void read_styles(struct docx *w)
{
	struct xml *x = office_part(&w->o, "word/styles.xml");
	struct style *s = NULL;
	enum xml_event event;
	while (x && (event = xml_next(x)) != XML_END) {
		if (event != XML_OPEN)
			continue;
		if (xml_is(x, "style") && w->n_styles < STYLES_MAX) {
			w->styles = mem_grow(w->styles, &w->styles_cap, w->n_styles + 1, sizeof *w->styles);
			s = &w->styles[w->n_styles++];
			*s = (struct style){ .id = mem_strdup(xml_attribute(x, "styleId")), .level = NO_LEVEL };
		} else if (s && xml_is(x, "name")) {
			int level = level_of_name(xml_attribute(x, "val"));
			s->level = s->level == NO_LEVEL ? level : s->level;
		} else if (s && xml_is(x, "basedOn") && !s->base) {
			s->base = mem_strdup(xml_attribute(x, "val"));
		} else if (s && xml_is(x, "outlineLvl")) {
			s->level = level_of_outline(xml_attribute(x, "val"));
		}
	}
	office_part_end(&w->o, x);
}

static const struct style *find_style(const struct docx *w, const char *id)
{
	for (size_t i = 0; i < w->n_styles; i++)
		if (strcmp(w->styles[i].id, id) == 0)
			return &w->styles[i];
	return NULL;
}

static int level_of_style(const struct docx *w, const char *id)
{
	const struct style *s = find_style(w, id);
	for (int i = 0; s && s->level == NO_LEVEL && s->base && i < BASES_MAX; i++)
		s = find_style(w, s->base);
	return s && s->level > 0 ? s->level : 0;
}

/* --- text --------------------------------------------------------------------------------- */

static void end_paragraph(struct docx *w)
{
	struct span none = { 0 };
	if (w->in_margin && w->table.depth == 0 && !derive_has_word(&w->o.d))
		derive_drop(&w->o.d);
	if (w->table.depth > 0)
		office_table_paragraph_end(&w->table);
	else if (w->level > 0)
		derive_end(&w->o.d, BLOCK_HEADING, w->level, none);
	else if (w->list_level > 0)
		derive_end(&w->o.d, BLOCK_LIST_ITEM, w->list_level, none);
	else
		derive_end(&w->o.d, BLOCK_PARAGRAPH, 0, none);
	w->level = w->list_level = 0;
}

static void add(struct docx *w, struct span text)
{
	office_table_text(&w->table, &w->o.d);
	derive_add(&w->o.d, text);
}

static void read_text(struct docx *w, struct xml *x)
{
	struct buf text = office_text_within(x);
	add(w, buf_span(&text));
	buf_free(&text);
}

/* What tracked changes took away, what stands again for old readers, what is no text. */
static bool is_left_out(const struct xml *x)
{
	static const char *const names[] = { "del", "moveFrom", "Fallback", "rt", "sectPrChange",
		                             "pPrChange", "rPrChange", "tblPrChange" };
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (xml_is(x, names[i]))
			return true;
	return false;
}

static void read_property(struct docx *w, struct xml *x)
{
	if (xml_is(x, "pStyle")) {
		w->level = level_of_style(w, xml_attribute(x, "val"));
	} else if (xml_is(x, "outlineLvl")) {
		w->level = level_of_outline(xml_attribute(x, "val"));
	} else if (xml_is(x, "numPr")) {
		w->list_level = w->list_level ? w->list_level : 1;
	} else if (xml_is(x, "ilvl")) {
		const char *value = xml_attribute(x, "val");
		w->list_level = value[0] >= '0' && value[0] <= '8' ? value[0] - '0' + 1 : 1;
	}
}

static void open_element(struct docx *w, struct xml *x)
{
	struct derive *d = &w->o.d;
	if (is_left_out(x)) {
		xml_skip(x);
	} else if (xml_is(x, "t")) {
		read_text(w, x);
	} else if (xml_is(x, "tab")) {
		derive_add(d, span_of(" "));
	} else if (xml_is(x, "br") || xml_is(x, "cr")) {
		derive_line_break(d);
	} else if (xml_is(x, "noBreakHyphen")) {
		add(w, span_of("-"));
	} else if (xml_is(x, "p")) {
		/* a text box stands within a paragraph */
		if (w->table.depth == 0)
			derive_end(d, BLOCK_PARAGRAPH, 0, (struct span){ 0 });
		w->level = w->list_level = 0;
	} else if (xml_is(x, "tbl")) {
		office_table_open(&w->table, d);
	} else if (xml_is(x, "tc")) {
		office_table_cell(&w->table, d, 0);
	} else {
		read_property(w, x);
	}
}

static void read_part(struct docx *w, const char *name)
{
	struct xml *x = office_part(&w->o, name);
	enum xml_event event;
	while (x && (event = xml_next(x)) != XML_END) {
		if (event == XML_OPEN)
			open_element(w, x);
		else if (event == XML_CLOSE && xml_is(x, "p"))
			end_paragraph(w);
		else if (event == XML_CLOSE && xml_is(x, "tr"))
			office_table_row_end(&w->table, &w->o.d);
		else if (event == XML_CLOSE && xml_is(x, "tbl"))
			office_table_close(&w->table, &w->o.d);
	}
	office_part_end(&w->o, x);
	while (w->table.depth > 0)
		office_table_close(&w->table, &w->o.d);
	end_paragraph(w);
}

/* Notes and comments behind the text, then what stands at the head or foot of its pages, once. */
static void read_rest(struct docx *w)
{
	static const char *const kinds[] = { "word/footnotes", "word/endnotes", "word/comments",
		                             "word/header", "word/footer" };
	for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++)
		for (size_t i = 0; i < w->o.parts.n; i++)
			if (starts(w->o.parts.items[i].name, kinds[k])) {
				w->in_margin = k >= 3;
				read_part(w, w->o.parts.items[i].name);
			}
}

enum skip_reason docx_read(struct span path, struct span bytes, struct document *doc, const char **why)
{
	(void)path;
	struct docx w = { 0 };
	enum skip_reason reason = office_open(&w.o, bytes, wanted, "word/document.xml", why);
	if (reason)
		return reason;
	office_core_properties(&w.o);
	read_styles(&w);
	read_part(&w, "word/document.xml");
	read_rest(&w);
	for (size_t i = 0; i < w.n_styles; i++) {
		free(w.styles[i].id);
		free(w.styles[i].base);
	}
	free(w.styles);
	return office_close(&w.o, doc);
}
