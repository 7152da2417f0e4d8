/* EPUB 2 and 3 (W3C, EPUB 3.3): the chapters in the order of the spine. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "indexer/extract/decode.h"
#include "indexer/extract/html.h"
#include "indexer/extract/office.h"
#include "indexer/extract/office_parts.h"

enum { ITEMS_MAX = 8192, CHAPTERS_MAX = 8192 };

struct item {
	char *id, *part;
	bool is_contents; /* a table of contents, which repeats the headings */
};

struct epub {
	struct office o;
	char *package; /* the part that lists the others */
	struct item *items;
	size_t n_items, items_cap;
	char **encrypted; /* parts */
	size_t n_encrypted, encrypted_cap;
	bool met_encrypted;
};

static bool ends(const char *s, const char *with)
{
	size_t n = strlen(s), m = strlen(with);
	return n >= m && strcmp(s + n - m, with) == 0;
}

static bool wanted(const char *name)
{
	return !strncmp(name, "META-INF/", 9) || ends(name, ".opf") || ends(name, ".xhtml") ||
	       ends(name, ".html") || ends(name, ".htm") || ends(name, ".xml");
}

static void find_package(struct epub *b)
{
	struct xml *x = office_part(&b->o, "META-INF/container.xml");
	enum xml_event event;
	while (x && !b->package && (event = xml_next(x)) != XML_END)
		if (event == XML_OPEN && xml_is(x, "rootfile"))
			b->package = mem_strdup(xml_attribute(x, "full-path"));
	office_part_end(&b->o, x);
}

static void list_encrypted(struct epub *b)
{
	struct xml *x = office_part(&b->o, "META-INF/encryption.xml");
	enum xml_event event;
	while (x && (event = xml_next(x)) != XML_END) {
		if (event != XML_OPEN || !xml_is(x, "CipherReference") || b->n_encrypted == ITEMS_MAX)
			continue;
		b->encrypted = mem_grow(b->encrypted, &b->encrypted_cap, b->n_encrypted + 1,
		                        sizeof *b->encrypted);
		b->encrypted[b->n_encrypted++] = mem_strdup(xml_attribute(x, "URI"));
	}
	xml_close(x);
}

static bool is_encrypted(const struct epub *b, const char *part)
{
	for (size_t i = 0; i < b->n_encrypted; i++)
		if (strcmp(b->encrypted[i], part) == 0)
			return true;
	return false;
}

/* "a%20b.xhtml#top" is the part "a b.xhtml". */
static void undo_percent(char *s)
{
	char *out = s;
	for (; *s && *s != '#'; s++) {
		unsigned code = 0;
		char hex[3] = { s[0] == '%' ? s[1] : '\0', s[0] == '%' && s[1] ? s[2] : '\0', '\0' };
		char *end = NULL;
		if (hex[0])
			code = (unsigned)strtoul(hex, &end, 16);
		if (hex[0] && end == hex + 2 && code > 0) {
			*out++ = (char)code;
			s += 2;
		} else {
			*out++ = *s;
		}
	}
	*out = '\0';
}

static void add_item(struct epub *b, struct xml *x)
{
	char part[512];
	char *href = mem_strdup(xml_attribute(x, "href"));
	undo_percent(href);
	if (b->n_items < ITEMS_MAX && office_resolve(b->package, href, part, sizeof part)) {
		b->items = mem_grow(b->items, &b->items_cap, b->n_items + 1, sizeof *b->items);
		struct item *item = &b->items[b->n_items++];
		*item = (struct item){ .part = mem_strdup(part) };
		item->id = mem_strdup(xml_attribute(x, "id"));
		item->is_contents = strstr(xml_attribute(x, "properties"), "nav") != NULL;
	}
	free(href);
}

/* A chapter's blocks, as they are, behind what is there. */
static void add_blocks(struct derive *d, struct span text, const struct outline *outline)
{
	bool table = false;
	for (size_t i = 0; i < outline->n; i++) {
		const struct block *block = &outline->items[i];
		struct span name = block->name ? span_of(block->name) : (struct span){ 0 };
		if (table && block->kind != BLOCK_ROW)
			derive_table_end(d);
		table = block->kind == BLOCK_ROW;
		derive_add_lines(d, (struct span){ text.p + block->start, block->end - block->start });
		derive_end(d, block->kind, block->level, name);
	}
	if (table)
		derive_table_end(d);
}

static void read_chapter(struct epub *b, const struct item *item)
{
	struct span source = members_find(&b->o.parts, item->part);
	struct decoded decoded;
	if (!source.p || item->is_contents)
		return;
	if (is_encrypted(b, item->part)) {
		b->met_encrypted = true;
		return;
	}
	if (decode(source, html_charset(source), &decoded) != SKIP_NONE)
		return;
	struct html html;
	html_read((struct span){ decoded.text, decoded.len }, &html);
	add_blocks(&b->o.d, buf_span(&html.text), &html.outline);
	html_free(&html);
	decoded_free(&decoded);
}

static void read_item(struct epub *b, const char *id)
{
	for (size_t i = 0; i < b->n_items; i++)
		if (strcmp(b->items[i].id, id) == 0) {
			read_chapter(b, &b->items[i]);
			return;
		}
}

static void read_package(struct epub *b)
{
	struct xml *x = office_part(&b->o, b->package);
	bool metadata = false;
	size_t n_chapters = 0;
	enum xml_event event;
	while (x && (event = xml_next(x)) != XML_END) {
		if (xml_is(x, "metadata"))
			metadata = event == XML_OPEN;
		if (event != XML_OPEN)
			continue;
		if (metadata)
			office_property(&b->o, x);
		else if (xml_is(x, "item"))
			add_item(b, x);
		else if (xml_is(x, "itemref") && n_chapters++ < CHAPTERS_MAX)
			read_item(b, xml_attribute(x, "idref"));
	}
	office_part_end(&b->o, x);
}

static void release(struct epub *b)
{
	for (size_t i = 0; i < b->n_items; i++) {
		free(b->items[i].id);
		free(b->items[i].part);
	}
	for (size_t i = 0; i < b->n_encrypted; i++)
		free(b->encrypted[i]);
	free(b->items);
	free(b->encrypted);
	free(b->package);
}

enum skip_reason epub_read(struct span path, struct span bytes, struct document *doc, const char **why)
{
	(void)path;
	struct epub b = { 0 };
	enum skip_reason reason = office_open(&b.o, bytes, wanted, "META-INF/container.xml", why);
	if (reason)
		return reason;
	list_encrypted(&b);
	find_package(&b);
	if (b.package)
		read_package(&b);
	release(&b);
	reason = office_close(&b.o, doc);
	if (reason == SKIP_EMPTY && b.met_encrypted) {
		*why = "it is encrypted";
		return SKIP_UNSUPPORTED;
	}
	return reason;
}
