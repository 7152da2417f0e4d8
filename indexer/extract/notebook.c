#include "indexer/extract/notebook.h"

#include "base/json.h"
#include "base/utf8.h"
#include "indexer/extract/decode.h"
#include "indexer/extract/derive.h"
#include "indexer/extract/line.h"
#include "indexer/extract/markdown.h"

enum {
	OUTPUT_MAX = 2000,     /* bytes of an output that are kept */
	VALUES_MAX = 1 << 20,  /* a value takes 64 bytes in cJSON's tree */
	CELL_MAX = 4 << 20
};

static const cJSON *array(const cJSON *value)
{
	return cJSON_IsArray(value) ? value : NULL;
}

static const cJSON *first(const cJSON *array)
{
	return array ? array->child : NULL;
}

/* A string, or an array of strings that are lines. */
static void add_source(const cJSON *source, struct buf *out)
{
	const cJSON *line;
	if (cJSON_IsString(source))
		buf_add_str(out, source->valuestring);
	for (line = first(array(source)); line; line = line->next)
		if (cJSON_IsString(line))
			buf_add_str(out, line->valuestring);
}

static void add_markdown(struct derive *d, struct span text)
{
	struct outline o = { .text = text };
	markdown_outline(&o);
	if (o.title)
		derive_title(d, span_of(o.title));
	derive_add_blocks(d, text, o.items, o.n, 0);
	outline_free(&o);
}

static void add_code(struct derive *d, struct span text)
{
	struct span none = { 0 };
	text = span_trim(text);
	derive_add_verbatim(d, text);
	derive_end(d, BLOCK_CODE, 0, none);
}

static void add_output(struct derive *d, const cJSON *output)
{
	struct buf b = buf_new(CELL_MAX);
	const cJSON *text = json_get(output, "text");
	const cJSON *plain = json_get(json_get(output, "data"), "text/plain");
	const char *error = json_string(output, "evalue"), *name = json_string(output, "ename");
	add_source(text ? text : plain, &b);
	if (error)
		buf_printf(&b, "%s: %.500s", name ? name : "Error", error);
	struct span s = buf_span(&b);
	if (s.len > OUTPUT_MAX)
		s.len = utf8_floor(s.p, s.len, OUTPUT_MAX);
	add_code(d, s);
	buf_free(&b);
}

static void add_cell(struct derive *d, const cJSON *cell)
{
	struct buf b = buf_new(CELL_MAX);
	const char *type = json_string(cell, "cell_type");
	const cJSON *output, *outputs = json_get(cell, "outputs"), *source = json_get(cell, "source");
	add_source(source ? source : json_get(cell, "input"), &b);
	if (type && strcmp(type, "code") == 0)
		add_code(d, buf_span(&b));
	else
		add_markdown(d, buf_span(&b));
	buf_free(&b);
	for (output = first(array(outputs)); output; output = output->next)
		add_output(d, output);
}

static void add_cells(struct derive *d, const cJSON *holder)
{
	const cJSON *cell, *cells = json_get(holder, "cells");
	for (cell = first(array(cells)); cell; cell = cell->next)
		add_cell(d, cell);
}

static void read_about(struct derive *d, const cJSON *metadata)
{
	const cJSON *author, *authors = json_get(metadata, "authors");
	const char *title = json_string(metadata, "title");
	if (title)
		derive_title(d, span_of(title));
	for (author = first(array(authors)); author; author = author->next) {
		const char *name = json_string(author, "name");
		if (name)
			derive_author(d, span_of(name));
	}
}

static size_t count_values(struct span text)
{
	size_t n = 0;
	for (size_t i = 0; i < text.len; i++)
		n += text.p[i] == ',' || text.p[i] == '[' || text.p[i] == '{';
	return n;
}

static enum skip_reason read_json(struct span text, struct document *doc, char why[EXTRACT_WHY])
{
	struct err err = { 0 };
	if (count_values(text) > VALUES_MAX) {
		extract_why(why, "it has more than a million values");
		return SKIP_TOO_LARGE;
	}
	cJSON *json = json_parse(text, "the notebook", &err);
	if (!json) {
		extract_why(why, "%s", err.text);
		return SKIP_MALFORMED;
	}
	struct derive d = derive_new();
	read_about(&d, json_get(json, "metadata"));
	add_cells(&d, json);
	const cJSON *sheet, *sheets = json_get(json, "worksheets"); /* nbformat 3 */
	for (sheet = first(array(sheets)); sheet; sheet = sheet->next)
		add_cells(&d, sheet);
	cJSON_Delete(json);
	return derive_finish(&d, doc);
}

enum skip_reason notebook_read(struct span bytes, struct document *doc, char why[EXTRACT_WHY])
{
	struct decoded d;
	enum skip_reason reason = decode(bytes, (struct span){ 0 }, &d);
	if (reason)
		return reason;
	reason = read_json((struct span){ d.text, d.len }, doc, why);
	decoded_free(&d);
	return reason;
}
