#include "models/local/batch.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/* Tokens that are handed to the encoder at once, at least one sequence. */
#define RUN_TOKENS 1024
#define RUN_TEXTS 128

struct local_worker {
	const struct local_model *m;
	struct encoder_scratch *scratch;
	uint32_t *ids; /* [RUN_TOKENS + max_tokens] */
	size_t lens[RUN_TEXTS], rows[RUN_TEXTS]; /* of a sequence, its row in the batch */
	size_t n, tokens;
	float *out; /* [RUN_TEXTS, dim] */
	char *text; /* prefix and text */
	size_t text_cap;
};

static size_t prefix_tokens(const struct local_model *m, const char *prefix)
{
	return *prefix ? tokenizer_encode(m->tokenizer, span_of(prefix), NULL, 0) : 0;
}

size_t local_model_max_text_tokens(const struct local_model *m)
{
	const struct tokenizer_specials *s = tokenizer_specials(m->tokenizer);
	size_t query = prefix_tokens(m, m->config.query_prefix);
	size_t passage = prefix_tokens(m, m->config.passage_prefix);
	/* one more, since text behind a prefix may divide otherwise than alone */
	size_t around = s->n_before + s->n_after + (query > passage ? query : passage);
	around += query || passage;
	return m->config.encoder.max_tokens > around ? m->config.encoder.max_tokens - around : 0;
}

struct local_worker *local_worker_new(const struct local_model *m)
{
	struct local_worker *w = mem_zalloc(1, sizeof *w);
	w->m = m;
	w->scratch = encoder_scratch_new(m->encoder);
	w->ids = mem_alloc(RUN_TOKENS + m->config.encoder.max_tokens, sizeof *w->ids);
	w->out = mem_floats(RUN_TEXTS * encoder_dim(m->encoder));
	return w;
}

void local_worker_free(struct local_worker *w)
{
	if (!w)
		return;
	encoder_scratch_free(w->scratch);
	free(w->ids);
	free(w->out);
	free(w->text);
	free(w);
}

static void fail_text(struct embed_batch *b, size_t i, const char *reason)
{
	if (!b->failures)
		b->failures = mem_zalloc(b->n, sizeof *b->failures);
	free(b->failures[i]);
	b->failures[i] = mem_strdup(reason);
}

static void take_vector(struct embed_batch *b, size_t row, const float *v)
{
	bool zero = true;
	for (size_t c = 0; c < b->dim; c++)
		zero &= v[c] == 0;
	if (zero)
		fail_text(b, row, "the model gave no finite vector");
	else
		memcpy(b->vectors + row * b->dim, v, b->dim * sizeof *v);
}

static void run_collected(struct local_worker *w, struct embed_batch *b)
{
	struct err err = { 0 };
	struct encoder_input in = { w->n, w->ids, w->lens };
	if (encoder_run(w->m->encoder, w->scratch, &in, w->out, &err) < 0) {
		for (size_t i = 0; i < w->n; i++)
			fail_text(b, w->rows[i], err.text);
	} else {
		b->tokens += w->tokens;
		for (size_t i = 0; i < w->n; i++)
			take_vector(b, w->rows[i], w->out + i * b->dim);
	}
	w->n = w->tokens = 0;
}

static struct span with_prefix(struct local_worker *w, enum embed_kind kind, struct span text)
{
	const struct model_config *c = &w->m->config;
	struct span prefix = span_of(kind == EMBED_QUERY ? c->query_prefix : c->passage_prefix);
	if (prefix.len == 0)
		return text;
	w->text = mem_grow(w->text, &w->text_cap, prefix.len + text.len, 1);
	memcpy(w->text, prefix.p, prefix.len);
	memcpy(w->text + prefix.len, text.p, text.len);
	return (struct span){ w->text, prefix.len + text.len };
}

static void add_text(struct local_worker *w, struct embed_batch *b, size_t i)
{
	const struct tokenizer_specials *s = tokenizer_specials(w->m->tokenizer);
	uint32_t *ids = w->ids + w->tokens;
	size_t most = w->m->config.encoder.max_tokens - s->n_before - s->n_after;
	struct span text = with_prefix(w, b->kind, b->texts[i]);
	size_t n = tokenizer_encode(w->m->tokenizer, text, ids + s->n_before, most);
	if (n > most) {
		char reason[128];
		snprintf(reason, sizeof reason, "text of %zu tokens is over the model's limit of %zu", n,
		         most);
		fail_text(b, i, reason);
		return;
	}
	for (size_t j = 0; j < s->n_before; j++)
		ids[j] = s->before[j];
	for (size_t j = 0; j < s->n_after; j++)
		ids[s->n_before + n + j] = s->after[j];
	w->rows[w->n] = i;
	w->lens[w->n] = s->n_before + n + s->n_after;
	w->tokens += w->lens[w->n++];
}

void local_worker_run(struct local_worker *w, struct embed_batch *b)
{
	b->dim = encoder_dim(w->m->encoder);
	b->tokens = 0;
	b->failures = NULL;
	b->vectors = mem_floats(b->n * b->dim);
	memset(b->vectors, 0, b->n * b->dim * sizeof *b->vectors);
	for (size_t i = 0; i < b->n; i++) {
		add_text(w, b, i);
		if (w->n == RUN_TEXTS || w->tokens >= RUN_TOKENS)
			run_collected(w, b);
	}
	if (w->n)
		run_collected(w, b);
}
