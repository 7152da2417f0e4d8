/* Random bytes become a text with random blocks; what chunk.h promises must hold. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/boundaries.h"
#include "base/buf.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "indexer/chunk/chunk.h"

#define CHECK(x) ((x) ? (void)0 : fail(#x, __LINE__))

static void fail(const char *what, int line)
{
	fprintf(stderr, "fuzz_chunker: line %d: not %s\n", line, what);
	abort();
}

/* Not additive: a word's tokens depend on where it is cut, as with a real tokeniser. */
static size_t count_tokens(const void *ctx, struct span text)
{
	(void)ctx;
	size_t tokens = 0, run = 0;
	for (size_t at = 0; at < text.len;) {
		uint32_t code;
		at += utf8_decode(text.p + at, text.len - at, &code);
		if (is_white_space(code)) {
			run = 0;
			continue;
		}
		tokens += run % 5 == 0;
		if (code >= 0x10000 && run % 5 != 0)
			tokens++;
		run++;
	}
	return tokens;
}

struct input {
	const uint8_t *p;
	size_t len;
};

static unsigned take(struct input *in)
{
	if (in->len == 0)
		return 0;
	in->len--;
	return *in->p++;
}

/* Valid UTF-8 without NUL bytes, as a document's text is. */
static char *text_of(struct input in, size_t *len)
{
	struct buf b = buf_new(SIZE_MAX / 4);
	while (in.len > 0) {
		uint32_t code;
		char bytes[4];
		size_t n = utf8_decode((const char *)in.p, in.len, &code);
		in.p += n;
		in.len -= n;
		buf_add(&b, bytes, utf8_encode(code ? code : ' ', bytes));
	}
	return buf_take(&b, len);
}

static void add_blocks(struct document *doc, struct input *in, size_t n)
{
	doc->blocks = mem_zalloc(n, sizeof *doc->blocks);
	size_t at = 0;
	for (size_t i = 0; i < n; i++) {
		unsigned kind = take(in), gap = take(in) % 16, len = take(in);
		size_t start = utf8_floor(doc->text, doc->text_len, at + gap);
		size_t end = utf8_floor(doc->text, doc->text_len, start + len * (1 + len % 9));
		if (start < at || end <= start)
			break;
		struct block *b = &doc->blocks[doc->n_blocks++];
		*b = (struct block){ (enum block_kind)(kind % 6), (int)(kind / 6 % 12), start, end, NULL };
		if (b->kind == BLOCK_HEADING || b->kind == BLOCK_DEFINITION)
			b->name = mem_strndup(doc->text + start, end - start);
		at = end;
	}
}

static void add_lines(struct document *doc)
{
	size_t cap = 0;
	for (size_t at = 0; at == 0 || at < doc->text_len; at++)
		if (at == 0 || doc->text[at - 1] == '\n') {
			doc->line_starts = mem_grow(doc->line_starts, &cap, doc->n_lines + 1, sizeof at);
			doc->line_starts[doc->n_lines++] = at;
		}
}

static void check(const struct document *doc, const struct chunk_options *opt,
                  const struct chunks *c)
{
	size_t at = 0, max = opt->max_tokens < 16 ? 16 : opt->max_tokens;
	struct buf text = buf_new(SIZE_MAX / 4);
	for (size_t i = 0; i < c->n; i++) {
		const struct chunk *k = &c->items[i];
		CHECK(k->start >= at && k->end > k->start && k->end <= doc->text_len);
		CHECK(trim_white_space((struct span){ doc->text + at, k->start - at }).len == 0);
		struct span t = { doc->text + k->start, k->end - k->start };
		CHECK(trim_white_space(t).len == t.len);
		CHECK(utf8_is_valid(t.p, t.len));
		buf_clear(&text);
		chunk_embedded_text(doc, k, &text);
		CHECK(utf8_is_valid(text.p, text.len));
		CHECK(count_tokens(NULL, buf_span(&text)) == k->n_tokens && k->n_tokens <= max);
		CHECK(k->line_start >= 1 && k->line_start <= k->line_end && k->line_end <= doc->n_lines);
		at = k->end;
	}
	CHECK(trim_white_space((struct span){ doc->text + at, doc->text_len - at }).len == 0);
	buf_free(&text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input in = { data, size };
	struct chunk_options opt = { .count_tokens = count_tokens };
	opt.max_tokens = take(&in) * 4;
	opt.target_tokens = take(&in) * 4;
	size_t n_blocks = take(&in), title = take(&in);
	struct input spec = in;
	for (size_t i = 0; i < n_blocks * 3; i++)
		take(&in);
	struct document doc = { .format = "text" };
	doc.text = text_of(in, &doc.text_len);
	add_blocks(&doc, &spec, n_blocks);
	add_lines(&doc);
	if (title % 4 == 0)
		doc.title = mem_strndup(doc.text, utf8_floor(doc.text, doc.text_len, title));
	struct chunks c;
	chunk_document(&doc, &opt, &c);
	check(&doc, &opt, &c);
	chunks_free(&c);
	document_free(&doc);
	return 0;
}
