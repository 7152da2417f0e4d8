#include "indexer/extract/document_wire.h"

#include <stdlib.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "indexer/extract/document_check.h"

/* Behind the head, in this order: why, text, title, author, date, blocks (each with its name
 * behind it), page starts. */
struct head {
	char mark[8];
	uint32_t reason;
	uint32_t why_len, title_len, author_len, date_len; /* 0: none */
	uint32_t n_blocks, n_pages;
	uint32_t text_len;
};

struct wire_block {
	uint32_t kind, level, start, end, name_len; /* name_len 0: none */
};

static const char mark[8] = "akin-d1";

enum { MAX_FIELD = 4096 };

/* --- writing ------------------------------------------------------------------------------ */

/* Cut at what the reader takes. */
static uint32_t field_len(const char *s)
{
	size_t len = s ? strlen(s) : 0;
	return (uint32_t)(len > MAX_FIELD ? utf8_floor(s, len, MAX_FIELD) : len);
}

static void write_body(const struct head *h, const struct document *doc, struct buf *out)
{
	buf_add(out, doc->text, h->text_len);
	buf_add(out, doc->title, h->title_len);
	buf_add(out, doc->author, h->author_len);
	buf_add(out, doc->date, h->date_len);
	for (size_t i = 0; i < doc->n_blocks; i++) {
		const struct block *b = &doc->blocks[i];
		struct wire_block w = { (uint32_t)b->kind, (uint32_t)b->level, (uint32_t)b->start,
			                (uint32_t)b->end, field_len(b->name) };
		buf_add(out, &w, sizeof w);
		buf_add(out, b->name, w.name_len);
	}
	for (size_t i = 0; i < doc->n_pages; i++) {
		uint32_t start = (uint32_t)doc->page_starts[i];
		buf_add(out, &start, sizeof start);
	}
}

void document_wire_write(enum skip_reason reason, const char *why, const struct document *doc,
                         struct buf *out)
{
	struct head h = { .reason = (uint32_t)reason, .why_len = field_len(why) };
	memcpy(h.mark, mark, sizeof mark);
	if (reason == SKIP_NONE) {
		h.title_len = field_len(doc->title);
		h.author_len = field_len(doc->author);
		h.date_len = field_len(doc->date);
		h.n_blocks = (uint32_t)doc->n_blocks;
		h.n_pages = (uint32_t)doc->n_pages;
		h.text_len = (uint32_t)doc->text_len;
	}
	buf_add(out, &h, sizeof h);
	buf_add(out, why, h.why_len);
	if (reason == SKIP_NONE)
		write_body(&h, doc, out);
}

/* --- reading ------------------------------------------------------------------------------ */

/* The next len bytes; false when they are not there. */
static bool take(struct span *wire, size_t len, struct span *out)
{
	if (len > wire->len)
		return false;
	*out = (struct span){ wire->p, len };
	wire->p += len;
	wire->len -= len;
	return true;
}

/* A string, NULL for none; false when it is none. */
static bool take_field(struct span *wire, size_t len, char **out)
{
	struct span s;
	if (len > MAX_FIELD || !take(wire, len, &s) || (len && memchr(s.p, '\0', len)) ||
	    !utf8_is_valid(s.p, len))
		return false;
	*out = len ? mem_strndup(s.p, len) : NULL;
	return true;
}

static bool take_blocks(struct span *wire, size_t n, struct document *doc)
{
	if (n > wire->len / sizeof(struct wire_block))
		return false;
	doc->blocks = mem_zalloc(n, sizeof *doc->blocks);
	for (; doc->n_blocks < n; doc->n_blocks++) {
		struct block *b = &doc->blocks[doc->n_blocks];
		struct wire_block w;
		struct span bytes;
		if (!take(wire, sizeof w, &bytes))
			return false;
		memcpy(&w, bytes.p, sizeof w);
		if (w.kind > BLOCK_ROW || w.level > 1000 || !take_field(wire, w.name_len, &b->name))
			return false;
		b->kind = (enum block_kind)w.kind;
		b->level = (int)w.level;
		b->start = w.start;
		b->end = w.end;
	}
	return true;
}

static bool take_pages(struct span *wire, size_t n, struct document *doc)
{
	struct span bytes;
	if (n > wire->len / sizeof(uint32_t) || !take(wire, n * sizeof(uint32_t), &bytes))
		return false;
	doc->page_starts = n ? mem_alloc(n, sizeof *doc->page_starts) : NULL;
	for (; doc->n_pages < n; doc->n_pages++) {
		uint32_t start;
		memcpy(&start, bytes.p + doc->n_pages * sizeof start, sizeof start);
		doc->page_starts[doc->n_pages] = start;
	}
	return true;
}

static bool take_document(struct span *wire, const struct head *h, struct document *doc)
{
	struct span text;
	if (!take(wire, h->text_len, &text))
		return false;
	doc->text = mem_strndup(text.p, text.len);
	doc->text_len = text.len;
	doc->derived = true;
	if (!take_field(wire, h->title_len, &doc->title) || !take_field(wire, h->author_len, &doc->author) ||
	    !take_field(wire, h->date_len, &doc->date) || !take_blocks(wire, h->n_blocks, doc) ||
	    !take_pages(wire, h->n_pages, doc) || wire->len)
		return false;
	document_number_lines(doc);
	doc->format = "";
	return document_fault(doc, text) == NULL;
}

int document_wire_read(struct span wire, enum skip_reason *reason, char why[EXTRACT_WHY],
                       struct document *doc)
{
	struct head h;
	struct span bytes;
	char *said = NULL;
	*doc = (struct document){ 0 };
	if (!take(&wire, sizeof h, &bytes))
		return -1;
	memcpy(&h, bytes.p, sizeof h);
	if (memcmp(h.mark, mark, sizeof mark) != 0 || h.reason >= N_SKIP_REASONS ||
	    !take_field(&wire, h.why_len, &said))
		return -1;
	extract_why(why, "%s", said ? said : "");
	free(said);
	*reason = (enum skip_reason)h.reason;
	if (*reason == SKIP_NONE ? take_document(&wire, &h, doc) : wire.len == 0)
		return 0;
	document_free(doc);
	return -1;
}
