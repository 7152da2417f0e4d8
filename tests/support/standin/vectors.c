#define _GNU_SOURCE
#include "tests/support/standin/standin.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "models/models.h"

enum { DIMS_A_WORD = 24 };

static uint64_t mix(uint64_t z)
{
	z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9u;
	z = (z ^ z >> 27) * 0x94D049BB133111EBu;
	return z ^ z >> 31;
}

static uint64_t hash_of(const char *p, size_t len)
{
	struct hash h = hash_bytes(p, len);
	uint64_t v = 0;
	for (int i = 0; i < 8; i++)
		v = v << 8 | h.b[i];
	return v;
}

/* A word sets the same few dimensions wherever it stands. */
static void add_word(float *v, size_t dim, const char *p, size_t len)
{
	uint64_t seed = hash_of(p, len);
	for (int i = 0; i < DIMS_A_WORD; i++) {
		uint64_t r = mix(seed += 0x9E3779B97F4A7C15u);
		v[(r >> 1) % dim] += r & 1 ? 1.0f : -1.0f;
	}
}

static bool is_space(char c)
{
	return c == ' ' || c == '\n' || c == '\t' || c == '\r' || c == '.' || c == ',' || c == ':';
}

static void embed(struct span text, size_t dim, float *v)
{
	uint64_t seed = hash_of(text.p, text.len);
	for (size_t d = 0; d < dim; d++) {
		uint64_t r = mix(seed += 0x9E3779B97F4A7C15u);
		v[d] = 0.05f * ((float)(r >> 40) / 8388608.0f - 1.0f);
	}
	for (size_t at = 0; at < text.len;) {
		size_t start = at;
		while (at < text.len && !is_space(text.p[at]))
			at++;
		if (at > start)
			add_word(v, dim, text.p + start, at - start);
		else
			at++;
	}
	double sum = 0;
	for (size_t d = 0; d < dim; d++)
		sum += (double)v[d] * v[d];
	float scale = (float)(1.0 / sqrt(sum));
	for (size_t d = 0; d < dim; d++)
		v[d] *= scale;
}

void vectors_hash(const struct span *texts, size_t n, size_t dim, float *out)
{
	for (size_t i = 0; i < n; i++)
		embed(texts[i], dim, out + i * dim);
}

int vectors_open(struct model_vectors *m)
{
	struct model_options opt = { 0 };
	struct err err = { 0 };
	pthread_mutex_init(&m->lock, NULL);
	m->e = model_open(MODEL_LOCAL_DEFAULT, &opt, &err);
	if (!m->e)
		fprintf(stderr, "standin: %s\n", err.text);
	return m->e ? 0 : -1;
}

int vectors_model(struct model_vectors *m, const struct span *texts, size_t n, float *out)
{
	float *v = NULL;
	struct err err = { 0 };
	pthread_mutex_lock(&m->lock);
	int rc = embedder_embed(m->e, EMBED_PASSAGE, texts, n, &v, &err);
	pthread_mutex_unlock(&m->lock);
	if (rc == 0)
		memcpy(out, v, n * m->e->limits.dim * sizeof *v);
	free(v);
	return rc;
}
