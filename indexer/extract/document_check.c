#include "indexer/extract/document_check.h"

#include <string.h>

#include "base/utf8.h"

static const char *blocks_fault(const struct document *doc)
{
	size_t at = 0;
	for (size_t i = 0; i < doc->n_blocks; i++) {
		const struct block *b = &doc->blocks[i];
		if (b->start < at)
			return "blocks overlap or are out of order";
		if (b->end <= b->start)
			return "a block is empty";
		if (b->end > doc->text_len)
			return "a block ends behind the text";
		if (utf8_floor(doc->text, doc->text_len, b->start) != b->start ||
		    utf8_floor(doc->text, doc->text_len, b->end) != b->end)
			return "a block cuts a character";
		if (b->name && !utf8_is_valid(b->name, strlen(b->name)))
			return "a name is no UTF-8";
		at = b->end;
	}
	return NULL;
}

static const char *runs_fault(const struct document *doc, struct span source)
{
	size_t text = 0, from = 0;
	for (size_t i = 0; i < doc->n_runs; i++) {
		const struct source_run *r = &doc->runs[i];
		if (r->text_start != text || r->text_len == 0)
			return "runs do not cover the text";
		if (r->source_start < from || r->source_start > source.len ||
		    r->source_len > source.len - r->source_start)
			return "a run's source goes back or leaves the file";
		text += r->text_len;
		from = r->source_start;
	}
	if (doc->n_runs > 0 && text != doc->text_len)
		return "runs do not cover the text";
	if (doc->n_runs == 0 &&
	    (doc->text_len != source.len || memcmp(doc->text, source.p, source.len) != 0))
		return "there are no runs, but the text is not the source";
	return NULL;
}

static const char *lines_fault(const struct document *doc, struct span source)
{
	if (doc->n_lines == 0 || doc->line_starts[0] != 0)
		return "the first line does not start at 0";
	for (size_t i = 1; i < doc->n_lines; i++) {
		if (doc->line_starts[i] <= doc->line_starts[i - 1] || doc->line_starts[i] > source.len)
			return "line starts do not increase";
	}
	return NULL;
}

/* Blocks map to sources that go forward; text of identity runs is the source. */
static const char *ranges_fault(const struct document *doc, struct span source)
{
	for (size_t i = 0; i < doc->n_blocks; i++) {
		const struct block *b = &doc->blocks[i];
		size_t from, to;
		document_source_range(doc, b->start, b->end, &from, &to);
		if (from > to || to > source.len)
			return "a block's source range leaves the file";
		size_t line = document_line(doc, from);
		if (line < 1 || line > doc->n_lines)
			return "a block's line is not in the file";
	}
	return NULL;
}

static const char *field_fault(const char *field)
{
	return field && (!field[0] || !utf8_is_valid(field, strlen(field))) ? "a field is empty or no UTF-8"
	                                                                    : NULL;
}

/* "2024", "2024-05", "2024-05-01", "2024-05-01T12:00:00Z" */
static const char *date_fault(const char *date)
{
	static const char form[] = "0000-00-00T00:00:00Z";
	size_t len = date ? strlen(date) : 4;
	if (len != 4 && len != 7 && len != 10 && len != sizeof form - 1)
		return "the date is none of ISO 8601";
	for (size_t i = 0; date && i < len; i++)
		if (form[i] == '0' ? date[i] < '0' || date[i] > '9' : date[i] != form[i])
			return "the date is none of ISO 8601";
	return NULL;
}

static const char *pages_fault(const struct document *doc)
{
	if (doc->n_pages && doc->page_starts[0] != 0)
		return "the first page does not start at 0";
	for (size_t i = 1; i < doc->n_pages; i++) {
		if (doc->page_starts[i] < doc->page_starts[i - 1] || doc->page_starts[i] > doc->text_len)
			return "page starts go back or leave the text";
		if (utf8_floor(doc->text, doc->text_len, doc->page_starts[i]) != doc->page_starts[i])
			return "a page start cuts a character";
	}
	return NULL;
}

const char *document_fault(const struct document *doc, struct span source)
{
	if (!doc->text || doc->text[doc->text_len] != '\0' || strlen(doc->text) != doc->text_len)
		return "the text holds a NUL or does not end in one";
	if (!utf8_is_valid(doc->text, doc->text_len))
		return "the text is no UTF-8";
	if (doc->title && (!utf8_is_valid(doc->title, strlen(doc->title)) || !doc->title[0]))
		return "the title is empty or no UTF-8";
	if (!doc->format)
		return "there is no format";
	if (doc->derived)
		source = (struct span){ doc->text, doc->text_len };
	const char *fault = blocks_fault(doc);
	fault = fault ? fault : field_fault(doc->author);
	fault = fault ? fault : date_fault(doc->date);
	fault = fault ? fault : pages_fault(doc);
	fault = fault ? fault : runs_fault(doc, source);
	fault = fault ? fault : lines_fault(doc, source);
	return fault ? fault : ranges_fault(doc, source);
}
