#include "query/present_pack.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/json.h"
#include "base/utf8.h"
#include "query/frame.h"

const char *const pack_form_names[] = { "md", "json", "xml", NULL };

pack_write *pack_writer(enum pack_form form)
{
	static pack_write *const writers[] = { present_pack_markdown, present_pack_json,
		                               present_pack_xml };
	return writers[form];
}

/* --- Markdown --------------------------------------------------------------------- */

/* The heading path begins with the title as often as not. */
static void add_headings(struct buf *out, const struct excerpt *e)
{
	bool said = e->title && e->heading && strncmp(e->heading, e->title, strlen(e->title)) == 0;
	bool has_title = e->title && !said;
	if (has_title || e->heading)
		buf_add_str(out, ": ");
	if (has_title)
		frame_line(out, span_of(e->title));
	if (has_title && e->heading)
		buf_add_str(out, " > ");
	if (e->heading)
		frame_line(out, span_of(e->heading));
}

static void add_markdown(struct buf *out, const struct excerpt *e)
{
	buf_printf(out, "[%s] ", e->id);
	frame_line(out, span_of(e->path));
	buf_printf(out, ":%u-%u", (unsigned)e->line_start, (unsigned)e->line_end);
	if (e->page)
		buf_printf(out, ", page %u", (unsigned)e->page);
	add_headings(out, e);
	buf_add_str(out, e->cut ? " (cut)\n" : "\n");
	frame_block(out, (struct span){ e->text, e->text_len });
}

void present_pack_markdown(struct buf *out, const struct pack *pack)
{
	for (size_t i = 0; i < pack->n; i++) {
		buf_add_str(out, i ? "\n" : "");
		add_markdown(out, &pack->items[i]);
	}
}

/* --- JSON --------------------------------------------------------------------------- */

static void add_text_or_null(cJSON *object, const char *name, const char *text)
{
	if (text)
		json_add_text(object, name, span_of(text));
	else
		cJSON_AddNullToObject(object, name);
}

static cJSON *excerpt_tree(const struct excerpt *e)
{
	cJSON *o = cJSON_CreateObject();
	/* six decimals, as the hits of a search have */
	char score[32];
	snprintf(score, sizeof score, "%.6f", e->score);
	cJSON_AddStringToObject(o, "id", e->id);
	cJSON_AddNumberToObject(o, "rank", (double)e->rank);
	cJSON_AddRawToObject(o, "score", score);
	json_add_text(o, "path", span_of(e->path));
	add_text_or_null(o, "title", e->title);
	add_text_or_null(o, "heading", e->heading);
	cJSON_AddNumberToObject(o, "line_start", e->line_start);
	cJSON_AddNumberToObject(o, "line_end", e->line_end);
	if (e->page)
		cJSON_AddNumberToObject(o, "page", e->page);
	else
		cJSON_AddNullToObject(o, "page");
	cJSON_AddNumberToObject(o, "byte_start", (double)e->byte_start);
	cJSON_AddNumberToObject(o, "byte_end", (double)e->byte_end);
	cJSON_AddBoolToObject(o, "cut", e->cut);
	json_add_text(o, "text", (struct span){ e->text, e->text_len });
	return o;
}

void present_pack_json(struct buf *out, const struct pack *pack)
{
	cJSON *o = cJSON_CreateObject();
	cJSON_AddNumberToObject(o, "schema", PRESENT_PACK_SCHEMA);
	cJSON_AddNumberToObject(o, "budget", (double)pack->budget);
	cJSON *list = cJSON_AddArrayToObject(o, "excerpts");
	for (size_t i = 0; i < pack->n; i++)
		cJSON_AddItemToArray(list, excerpt_tree(&pack->items[i]));
	/* without white space, which would be paid for from the budget */
	char *text = cJSON_PrintUnformatted(o);
	buf_add_str(out, text ? text : "");
	buf_add_byte(out, '\n');
	free(text);
	cJSON_Delete(o);
}

/* --- XML ---------------------------------------------------------------------------- */

/* XML 1.0, 2.2: what no document may hold, not even as a reference. */
static bool is_no_xml(uint32_t code)
{
	return (code < 0x20 && code != '\t' && code != '\n' && code != '\r') || code == 0xFFFE ||
	       code == 0xFFFF;
}

static void add_code(struct buf *out, uint32_t code)
{
	char bytes[4];
	buf_add(out, bytes, utf8_encode(code, bytes));
}

/* Parsers make a line end of a CR, and in attributes a space of any white space, so
 * these are written as references. */
static void add_escaped(struct buf *out, struct span text, bool attribute)
{
	for (size_t at = 0; at < text.len;) {
		uint32_t code;
		at += utf8_decode(text.p + at, text.len - at, &code);
		if (code == '&')
			buf_add_str(out, "&amp;");
		else if (code == '<')
			buf_add_str(out, "&lt;");
		else if (code == '>') /* for "]]>" */
			buf_add_str(out, "&gt;");
		else if (code == '"' && attribute)
			buf_add_str(out, "&quot;");
		else if (code == '\r' || (attribute && (code == '\n' || code == '\t')))
			buf_printf(out, "&#%u;", (unsigned)code);
		else
			add_code(out, is_no_xml(code) ? UTF8_REPLACEMENT : code);
	}
}

static void add_attribute(struct buf *out, const char *name, const char *value)
{
	if (!value)
		return;
	buf_printf(out, " %s=\"", name);
	add_escaped(out, span_of(value), true);
	buf_add_byte(out, '"');
}

static void add_xml(struct buf *out, const struct excerpt *e)
{
	buf_printf(out, "<excerpt id=\"%s\"", e->id);
	add_attribute(out, "path", e->path);
	buf_printf(out, " lines=\"%u-%u\"", (unsigned)e->line_start, (unsigned)e->line_end);
	if (e->page)
		buf_printf(out, " page=\"%u\"", (unsigned)e->page);
	add_attribute(out, "title", e->title);
	add_attribute(out, "heading", e->heading);
	buf_add_str(out, e->cut ? " cut=\"true\">" : ">");
	add_escaped(out, (struct span){ e->text, e->text_len }, false);
	buf_add_str(out, "</excerpt>\n");
}

void present_pack_xml(struct buf *out, const struct pack *pack)
{
	buf_add_str(out, "<context>\n");
	for (size_t i = 0; i < pack->n; i++)
		add_xml(out, &pack->items[i]);
	buf_add_str(out, "</context>\n");
}
