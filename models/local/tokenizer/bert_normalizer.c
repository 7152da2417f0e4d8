#include "models/local/tokenizer/bert_normalizer.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "models/local/tokenizer/tokenizer_file.h"
#include "models/local/tokenizer/unicode.h"

static void take_lower(struct bert_normalizer *b, uint32_t code)
{
	uint32_t lower[UNICODE_MAPPED_MAX];
	size_t n = 1;
	lower[0] = code;
	if (b->flags & TOKENIZER_LOWERCASE)
		n = unicode_lower_case(code, lower);
	for (size_t i = 0; i < n; i++)
		b->take(b->context, lower[i]);
}

/* Stable by combining class, by counting: a text may be one long run of marks. */
static void sort_marks(struct bert_normalizer *b)
{
	size_t starts[257] = { 0 };
	b->sorted = mem_grow(b->sorted, &b->sorted_cap, b->n, sizeof *b->sorted);
	for (size_t i = 0; i < b->n; i++)
		starts[unicode_class(b->marks[i])->combining + 1]++;
	for (size_t c = 1; c < 257; c++)
		starts[c] += starts[c - 1];
	for (size_t i = 0; i < b->n; i++)
		b->sorted[starts[unicode_class(b->marks[i])->combining]++] = b->marks[i];
	memcpy(b->marks, b->sorted, b->n * sizeof *b->marks);
}

static void flush_marks(struct bert_normalizer *b)
{
	if (b->n > 1)
		sort_marks(b);
	for (size_t i = 0; i < b->n; i++)
		take_lower(b, b->marks[i]);
	b->n = 0;
}

static void take_decomposed(struct bert_normalizer *b, uint32_t code)
{
	if (unicode_class(code)->combining == 0) {
		flush_marks(b);
		take_lower(b, code);
		return;
	}
	b->marks = mem_grow(b->marks, &b->cap, b->n + 1, sizeof *b->marks);
	b->marks[b->n++] = code;
}

static void take_stripped(struct bert_normalizer *b, uint32_t code)
{
	if (!(b->flags & TOKENIZER_STRIP_ACCENTS)) {
		take_lower(b, code);
		return;
	}
	uint32_t parts[UNICODE_MAPPED_MAX];
	size_t n = unicode_strip_accents(code, parts);
	/* a starter that is stripped still ends the run of marks before it */
	if (unicode_class(code)->combining == 0)
		flush_marks(b);
	for (size_t i = 0; i < n; i++)
		take_decomposed(b, parts[i]);
}

void bert_normalize(struct bert_normalizer *b, uint32_t code)
{
	const struct unicode_class *class = unicode_class(code);
	if (b->flags & TOKENIZER_CLEAN && class->clean != CLEAN_KEEP) {
		if (class->clean == CLEAN_SPACE)
			take_stripped(b, ' ');
		return;
	}
	bool spaced = b->flags & TOKENIZER_CHINESE && class->chinese;
	if (spaced)
		take_stripped(b, ' ');
	take_stripped(b, code);
	if (spaced)
		take_stripped(b, ' ');
}

void bert_normalize_end(struct bert_normalizer *b)
{
	flush_marks(b);
	free(b->marks);
	free(b->sorted);
	b->marks = b->sorted = NULL;
	b->cap = b->sorted_cap = 0;
}
