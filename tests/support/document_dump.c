#include "tests/support/document_dump.h"

static void add_escaped(struct buf *out, const char *p, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)p[i];
		if (c == '\n')
			buf_add_str(out, "\\n");
		else if (c == '\\')
			buf_add_str(out, "\\\\");
		else if (c < 32 || c == 127)
			buf_printf(out, "\\x%02x", c);
		else
			buf_add_byte(out, (char)c);
	}
}

void document_dump(const struct document *doc, struct buf *out)
{
	static const char *const kinds[] = { "heading", "paragraph", "list", "code", "definition", "row" };
	buf_printf(out, "format %s\ntitle %s\n", doc->format, doc->title ? doc->title : "-");
	if (doc->author)
		buf_printf(out, "author %s\n", doc->author);
	if (doc->date)
		buf_printf(out, "date %s\n", doc->date);
	for (size_t i = 0; i < doc->n_blocks; i++) {
		const struct block *b = &doc->blocks[i];
		size_t from, to;
		document_source_range(doc, b->start, b->end, &from, &to);
		buf_printf(out, "%s %d [%zu,%zu) line %zu", kinds[b->kind], b->level, from, to,
		           document_line(doc, from));
		if (b->name)
			buf_printf(out, " <%s>", b->name);
		buf_add_str(out, " | ");
		add_escaped(out, doc->text + b->start, b->end - b->start);
		buf_add_byte(out, '\n');
	}
}
