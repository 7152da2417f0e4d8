#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "ask/cite.h"
#include "base/buf.h"
#include "base/mem.h"
#include "base/utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { MAX_SOURCES = 8 };

static void collect(void *ctx, struct span text)
{
	buf_add_span(ctx, text);
}

static void answer_in_pieces(struct span answer, const struct sources *sources, size_t piece, struct buf *out)
{
	struct cite_stream *s = cite_stream_new(span_of("How long are the 3 months?"), sources, collect, out);
	for (size_t at = 0; at < answer.len; at += piece)
		cite_stream_add(s, (struct span){ answer.p + at, answer.len - at < piece ? answer.len - at : piece });
	cite_stream_end(s);
	cite_stream_free(s);
}

static void check_ranges(const struct cite_check *check, struct span answer, const struct sources *sources)
{
	size_t last = 0, supported = 0;
	for (size_t i = 0; i < check->n; i++) {
		const struct cite_claim *c = &check->claims[i];
		if (c->start < last || c->end <= c->start || c->end > answer.len)
			abort();
		last = c->end;
		supported += c->verdict == CITE_SUPPORTED;
		for (size_t k = 0; k < c->n_quotes; k++) {
			const struct cite_quote *q = &c->quotes[k];
			if (q->source == 0 || q->source > sources->n || q->end <= q->start ||
			    q->end > sources->items[q->source - 1].text_len)
				abort();
		}
	}
	if (supported != check->n_supported)
		abort();
}

/* The first byte is the length of pieces; then sources and, last, the answer, with \1 between. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sources sources = { 0 };
	struct cite_check check;
	if (size < 2)
		return 0;
	char *text = mem_strndup((const char *)data + 1, size - 1), *at = text, *next;
	for (size_t i = 0, valid; (valid = i + utf8_valid_len(text + i, size - 1 - i)) < size - 1; i = valid)
		text[valid] = '?';
	for (char *p = text; p < text + size - 1; p++)
		*p = *p ? *p : ' ';
	for (; sources.n < MAX_SOURCES && (next = strchr(at, 1)); at = next + 1) {
		struct source s = { .path = mem_strdup("/a.md"), .heading = mem_strdup("§ 4") };
		s.text_len = (size_t)(next - at);
		s.text = mem_strndup(at, s.text_len);
		sources_add(&sources, &s);
	}
	struct span answer = span_of(at);
	struct buf whole = buf_new((size_t)1 << 26), pieces = buf_new((size_t)1 << 26);
	cite_check(answer, span_of("How long are the 3 months?"), &sources, &check);
	check_ranges(&check, answer, &sources);
	answer_in_pieces(answer, &sources, answer.len + 1, &whole);
	answer_in_pieces(answer, &sources, data[0] % 16 + 1u, &pieces);
	if (!span_equal(buf_span(&whole), buf_span(&pieces)))
		abort();
	cite_check_free(&check);
	buf_free(&whole);
	buf_free(&pieces);
	sources_free(&sources);
	free(text);
	return 0;
}
