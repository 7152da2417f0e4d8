/* PresentationML (ECMA-376, part 1, 19) and the text of DrawingML (21). A slide is a page. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "indexer/extract/office.h"
#include "indexer/extract/office_parts.h"
#include "indexer/extract/office_table.h"

enum { SLIDES_MAX = 10000 };

enum shape { SHAPE_BODY, SHAPE_TITLE, SHAPE_LEFT_OUT };

struct slide {
	char *id, *part;
};

struct pptx {
	struct office o;
	struct office_table table;
	struct slide *slides; /* in the order of the presentation */
	size_t n_slides, cap;
	enum shape shape;
	int level;            /* of the list; 0: the text's first */
	bool notes;           /* it is a page of notes that is read */
	bool first_note;
	/* of the slide that is read */
	char *notes_part, *comments_part;
	char **diagrams;
	size_t n_diagrams, diagrams_cap;
};

static bool wanted(const char *name)
{
	size_t n = strlen(name);
	bool xml = n > 4 && (!strcmp(name + n - 4, ".xml") || (n > 5 && !strcmp(name + n - 5, ".rels")));
	if (!xml)
		return false;
	static const char *const parts[] = { "ppt/presentation.xml", "ppt/_rels/", "ppt/slides/",
		                             "ppt/notesSlides/", "ppt/comments/", "ppt/diagrams/data",
		                             "docProps/core.xml" };
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
		if (strncmp(name, parts[i], strlen(parts[i])) == 0)
			return true;
	return false;
}

/* --- which slides ------------------------------------------------------------------------- */

static void list_slides(struct pptx *p)
{
	struct xml *x = office_part(&p->o, "ppt/presentation.xml");
	enum xml_event event;
	while (x && (event = xml_next(x)) != XML_END) {
		if (event != XML_OPEN || !xml_is(x, "sldId") || p->n_slides == SLIDES_MAX)
			continue;
		p->slides = mem_grow(p->slides, &p->cap, p->n_slides + 1, sizeof *p->slides);
		p->slides[p->n_slides++] = (struct slide){ mem_strdup(xml_attribute(x, "r:id")), NULL };
	}
	office_part_end(&p->o, x);
}

static void name_slide(void *ctx, const char *id, const char *type, const char *target)
{
	struct pptx *p = ctx;
	if (strcmp(type, "slide") != 0)
		return;
	for (size_t i = 0; i < p->n_slides; i++)
		if (!p->slides[i].part && strcmp(p->slides[i].id, id) == 0)
			p->slides[i].part = mem_strdup(target);
}

static void note_relation(void *ctx, const char *id, const char *type, const char *target)
{
	struct pptx *p = ctx;
	(void)id;
	char **one = !strcmp(type, "notesSlide") ? &p->notes_part :
	             !strcmp(type, "comments") ? &p->comments_part : NULL;
	if (one && !*one)
		*one = mem_strdup(target);
	if (strcmp(type, "diagramData") == 0 && p->n_diagrams < 64) {
		p->diagrams = mem_grow(p->diagrams, &p->diagrams_cap, p->n_diagrams + 1, sizeof *p->diagrams);
		p->diagrams[p->n_diagrams++] = mem_strdup(target);
	}
}

/* --- text --------------------------------------------------------------------------------- */

static void end_paragraph(struct pptx *p)
{
	struct span none = { 0 };
	struct derive *d = &p->o.d;
	if (p->table.depth > 0)
		office_table_paragraph_end(&p->table);
	else if (p->shape == SHAPE_TITLE && !p->notes)
		derive_end(d, BLOCK_HEADING, 1, none);
	else if (p->level > 0)
		derive_end(d, BLOCK_LIST_ITEM, p->level, none);
	else
		derive_end(d, BLOCK_PARAGRAPH, 0, none);
	p->level = 0;
}

/* What a placeholder holds (19.7.10): numbers and dates of slides are no text, and a page of
 * notes shows the slide again. */
static void read_placeholder(struct pptx *p, struct xml *x)
{
	const char *type = xml_attribute(x, "type");
	if (!strcmp(type, "title") || !strcmp(type, "ctrTitle"))
		p->shape = SHAPE_TITLE;
	if (!strcmp(type, "sldNum") || !strcmp(type, "dt") || !strcmp(type, "sldImg") ||
	    (p->notes && strcmp(type, "body") != 0))
		p->shape = SHAPE_LEFT_OUT;
}

static void add_text(struct pptx *p, struct xml *x)
{
	struct buf text = office_text_within(x);
	if (p->shape != SHAPE_LEFT_OUT) {
		if (p->notes && p->first_note)
			derive_add(&p->o.d, span_of("Notes: "));
		p->first_note = false;
		office_table_text(&p->table, &p->o.d);
		derive_add(&p->o.d, buf_span(&text));
	}
	buf_free(&text);
}

static void open_element(struct pptx *p, struct xml *x)
{
	struct derive *d = &p->o.d;
	if (xml_is(x, "Fallback")) {
		xml_skip(x);
	} else if (xml_is(x, "sp")) {
		p->shape = SHAPE_BODY;
	} else if (xml_is(x, "ph")) {
		read_placeholder(p, x);
	} else if (xml_is(x, "t") || xml_is(x, "text")) {
		add_text(p, x);
	} else if (xml_is(x, "br")) {
		derive_line_break(d);
	} else if (xml_is(x, "pPr")) {
		const char *level = xml_attribute(x, "lvl");
		p->level = level[0] >= '1' && level[0] <= '8' ? level[0] - '0' + 1 : 0;
	} else if (xml_is(x, "tbl")) {
		office_table_open(&p->table, d);
	} else if (xml_is(x, "tc")) {
		office_table_cell(&p->table, d, 0);
	}
}

static void read_part(struct pptx *p, const char *name)
{
	struct xml *x = office_part(&p->o, name);
	enum xml_event event;
	p->shape = SHAPE_BODY;
	while (x && (event = xml_next(x)) != XML_END) {
		if (event == XML_OPEN)
			open_element(p, x);
		else if (event == XML_CLOSE && (xml_is(x, "p") || xml_is(x, "cm") || xml_is(x, "pt")))
			end_paragraph(p);
		else if (event == XML_CLOSE && xml_is(x, "tr"))
			office_table_row_end(&p->table, &p->o.d);
		else if (event == XML_CLOSE && xml_is(x, "tbl"))
			office_table_close(&p->table, &p->o.d);
		else if (event == XML_CLOSE && xml_is(x, "sp"))
			p->shape = SHAPE_BODY;
	}
	office_part_end(&p->o, x);
	while (p->table.depth > 0)
		office_table_close(&p->table, &p->o.d);
	end_paragraph(p);
}

static void read_slide(struct pptx *p, const char *part)
{
	derive_page(&p->o.d);
	office_relations(&p->o, part, note_relation, p);
	read_part(p, part);
	for (size_t i = 0; i < p->n_diagrams; i++) {
		read_part(p, p->diagrams[i]);
		free(p->diagrams[i]);
	}
	p->n_diagrams = 0;
	if (p->notes_part) {
		p->notes = p->first_note = true;
		read_part(p, p->notes_part);
		p->notes = p->first_note = false;
	}
	if (p->comments_part)
		read_part(p, p->comments_part);
	free(p->notes_part);
	free(p->comments_part);
	p->notes_part = p->comments_part = NULL;
}

enum skip_reason pptx_read(struct span path, struct span bytes, struct document *doc, const char **why)
{
	(void)path;
	struct pptx p = { 0 };
	enum skip_reason reason = office_open(&p.o, bytes, wanted, "ppt/presentation.xml", why);
	if (reason)
		return reason;
	office_core_properties(&p.o);
	list_slides(&p);
	office_relations(&p.o, "ppt/presentation.xml", name_slide, &p);
	for (size_t i = 0; i < p.n_slides; i++) {
		if (p.slides[i].part)
			read_slide(&p, p.slides[i].part);
		free(p.slides[i].id);
		free(p.slides[i].part);
	}
	free(p.slides);
	free(p.diagrams);
	return office_close(&p.o, doc);
}
