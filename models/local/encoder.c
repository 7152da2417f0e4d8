#define _GNU_SOURCE
#include "models/local/encoder.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/blas.h"
#include "base/mem.h"
#include "models/local/kernels.h"
#include "models/local/weights.h"

/* Tokens that go through the layers together: enough that the weights' way
 * from memory does not count, few enough that they stay in the cache. */
#define GROUP_TOKENS 512
/* Tokens that go through the feed-forward together: its middle is the widest. */
#define FAST_CHUNK 96

struct encoder {
	struct encoder_config config;
	const struct kernels *kernels;
	struct weights weights;
	bool fast;      /* integers, and no BLAS */
	size_t group;   /* most tokens of a group */
	size_t chunk;   /* most tokens of a step of the feed-forward */
};

struct encoder_scratch {
	float *x;     /* [group, hidden]: the tokens between the layers */
	float *qkv;   /* [group, 3 * hidden] */
	float *y;     /* [group, hidden] */
	float *wide;  /* [chunk, intermediate] */
	float *attention;
	float *room;  /* [intermediate, hidden]: a matrix in f32, where the file has none */
	struct q8_matrix q8;
};

int encoder_config_check(const struct encoder_config *c, struct err *err)
{
	if (c->layers < 1 || c->layers > 256 || c->hidden < 32 || c->hidden > 8192 ||
	    c->intermediate < 32 || c->intermediate > 65536 || c->heads < 1 || c->max_tokens < 4 ||
	    c->max_tokens > 32768 || c->position_offset > 1024)
		return err_set(err, ERR_MODEL, "the model's sizes are out of range (%zu layers of %zu)",
		               c->layers, c->hidden);
	if (c->hidden % c->heads || c->hidden / c->heads % 32 || c->intermediate % 32)
		return err_set(err, ERR_MODEL,
		               "models whose heads are not of a multiple of 32 are not supported "
		               "(hidden %zu, heads %zu, intermediate %zu)",
		               c->hidden, c->heads, c->intermediate);
	if (!(c->layer_norm_eps >= 0 && c->layer_norm_eps < 1))
		return err_set(err, ERR_MODEL, "the model's layer norm epsilon is out of range");
	return 0;
}

static bool all_q4(const struct weights *w, size_t layers)
{
	for (size_t i = 0; i < layers; i++) {
		const struct layer *l = &w->layers[i];
		const struct linear *all[] = { &l->query, &l->key, &l->value, &l->output, &l->up, &l->down };
		for (size_t j = 0; j < sizeof all / sizeof *all; j++)
			if (all[j]->w.kind != WEIGHT_Q4_LANES)
				return false;
	}
	return true;
}

struct encoder *encoder_open(const char *path, const struct encoder_config *config,
                             enum encoder_precision precision, struct err *err)
{
	if (encoder_config_check(config, err) < 0)
		return NULL;
	struct encoder *e = mem_zalloc(1, sizeof *e);
	e->config = *config;
	e->kernels = kernels_best();
	if (weights_open(&e->weights, path, config, err) < 0) {
		encoder_close(e);
		return NULL;
	}
	e->fast = precision == ENCODER_FAST && all_q4(&e->weights, config->layers);
	e->group = config->max_tokens > GROUP_TOKENS ? config->max_tokens : GROUP_TOKENS;
	e->chunk = e->fast ? FAST_CHUNK : e->group;
	return e;
}

void encoder_close(struct encoder *e)
{
	if (!e)
		return;
	weights_close(&e->weights);
	free(e);
}

size_t encoder_dim(const struct encoder *e)
{
	return e->config.hidden;
}

size_t encoder_vocab(const struct encoder *e)
{
	return e->weights.words.rows;
}

size_t encoder_file_bytes(const struct encoder *e)
{
	return e->weights.map.len;
}

int encoder_prepare(const struct encoder *e, struct err *err)
{
	return e->fast ? 0 : blas_load(err);
}

const char *encoder_kernels(const struct encoder *e)
{
	return e->fast ? e->kernels->name : "blas";
}

/* One call maps what every run reads, where faults would come by the hundred;
 * an old kernel that cannot is no reason to fail. */
static void touch_layers(const struct encoder *e)
{
#ifdef MADV_POPULATE_READ
	uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
	uintptr_t from = (uintptr_t)e->weights.layers_from / page * page;
	madvise((void *)from, (uintptr_t)e->weights.layers_to - from, MADV_POPULATE_READ);
#else
	(void)e;
#endif
}

struct encoder_scratch *encoder_scratch_new(const struct encoder *e)
{
	const struct encoder_config *c = &e->config;
	struct encoder_scratch *s = mem_zalloc(1, sizeof *s);
	touch_layers(e);
	s->x = mem_floats(e->group * c->hidden);
	s->qkv = mem_floats(e->group * 3 * c->hidden);
	s->y = mem_floats(e->group * c->hidden);
	s->wide = mem_floats(e->chunk * c->intermediate);
	s->attention = mem_floats(attention_floats(c->max_tokens, c->hidden / c->heads));
	if (!e->fast) {
		s->room = mem_floats(c->intermediate * c->hidden);
		return s;
	}
	size_t most = e->group * c->hidden;
	if (most < e->chunk * c->intermediate)
		most = e->chunk * c->intermediate;
	s->q8.q = mem_alloc(most, 1);
	s->q8.scale = mem_floats(most / Q_BLOCK);
	s->q8.shift = mem_alloc(most / Q_BLOCK, sizeof *s->q8.shift);
	return s;
}

void encoder_scratch_free(struct encoder_scratch *s)
{
	if (!s)
		return;
	free(s->x);
	free(s->qkv);
	free(s->y);
	free(s->wide);
	free(s->attention);
	free(s->room);
	free(s->q8.q);
	free(s->q8.scale);
	free(s->q8.shift);
	free(s);
}

static void linear_blas(struct encoder_scratch *s, const struct linear *l, const float *in, size_t n,
                        float *out, size_t stride)
{
	const float *w = weight_floats(&l->w, s->room);
	blas_gemm_nt(n, l->w.rows, l->w.cols, in, l->w.cols, w, l->w.cols, out, stride);
	for (size_t t = 0; t < n; t++)
		for (size_t i = 0; i < l->w.rows; i++)
			out[t * stride + i] += l->bias[i];
}

/* out[n, stride] = in[n, k] . w^T + bias for `count` matrices of one input,
 * their results side by side. */
static void linears(const struct encoder *e, struct encoder_scratch *s,
                    const struct linear *const *l, size_t count, const float *in, size_t n,
                    float *out)
{
	size_t stride = count * l[0]->w.rows;
	if (e->fast) {
		s->q8.n = n;
		s->q8.k = l[0]->w.cols;
		e->kernels->quantise(in, &s->q8);
	}
	for (size_t i = 0; i < count; i++, out += l[0]->w.rows) {
		const struct weight *w = &l[i]->w;
		if (!e->fast) {
			linear_blas(s, l[i], in, n, out, stride);
			continue;
		}
		struct q4_matrix m = { w->rows, w->cols, w->data, w->scales };
		e->kernels->gemm_q4(&s->q8, &m, l[i]->bias, out, stride);
	}
}

/* The sequences of one pass through the layers. */
struct group {
	const uint32_t *ids;
	const size_t *lens;
	size_t n, tokens;
};

static void embed_tokens(const struct encoder *e, struct encoder_scratch *s, const struct group *g)
{
	const struct weights *w = &e->weights;
	size_t h = e->config.hidden, t = 0;
	float *extra = s->y;
	float *type = s->y + h;
	memset(type, 0, h * sizeof *type);
	if (w->types.rows)
		weight_row(&w->types, 0, type);
	for (size_t i = 0; i < g->n; i++)
		for (size_t p = 0; p < g->lens[i]; p++, t++) {
			float *x = s->x + t * h;
			weight_row(&w->words, g->ids[t], x);
			weight_row(&w->positions, e->config.position_offset + p, extra);
			for (size_t c = 0; c < h; c++)
				x[c] += extra[c] + type[c];
		}
	const float *norm[2] = { w->norm[0], w->norm[1] };
	e->kernels->layer_norm(s->x, NULL, g->tokens, h, norm, e->config.layer_norm_eps);
}

static void attend(const struct encoder *e, struct encoder_scratch *s, const struct layer *l,
                   const struct group *g)
{
	size_t h = e->config.hidden, at = 0;
	const struct linear *qkv[3] = { &l->query, &l->key, &l->value };
	linears(e, s, qkv, 3, s->x, g->tokens, s->qkv);
	for (size_t i = 0; i < g->n; at += g->lens[i], i++) {
		struct attention a = { .len = g->lens[i], .hidden = h, .heads = e->config.heads,
			                   .qkv = s->qkv + at * 3 * h, .out = s->y + at * h,
			                   .scratch = s->attention };
		e->kernels->attention(&a);
	}
	/* the queries are not needed any more: their room takes the result */
	const struct linear *output = &l->output;
	linears(e, s, &output, 1, s->y, g->tokens, s->qkv);
	const float *norm[2] = { l->attention_norm[0], l->attention_norm[1] };
	e->kernels->layer_norm(s->x, s->qkv, g->tokens, h, norm, e->config.layer_norm_eps);
}

static void feed_forward(const struct encoder *e, struct encoder_scratch *s, const struct layer *l,
                         size_t tokens)
{
	size_t h = e->config.hidden;
	const struct linear *up = &l->up, *down = &l->down;
	const float *norm[2] = { l->output_norm[0], l->output_norm[1] };
	for (size_t t = 0; t < tokens; t += e->chunk) {
		size_t n = tokens - t < e->chunk ? tokens - t : e->chunk;
		linears(e, s, &up, 1, s->x + t * h, n, s->wide);
		e->kernels->gelu(s->wide, n * e->config.intermediate);
		linears(e, s, &down, 1, s->wide, n, s->y);
		e->kernels->layer_norm(s->x + t * h, s->y, n, h, norm, e->config.layer_norm_eps);
	}
}

/* x[len, hidden] to out[hidden], unit length; zeros where there is none. */
static void pool(const struct encoder *e, const float *x, size_t len, float *out)
{
	size_t h = e->config.hidden;
	memcpy(out, x, h * sizeof *out);
	if (e->config.pooling == POOLING_MEAN)
		for (size_t t = 1; t < len; t++)
			for (size_t c = 0; c < h; c++)
				out[c] += x[t * h + c];
	double squares = 0;
	for (size_t c = 0; c < h; c++)
		squares += (double)out[c] * out[c];
	double norm = sqrt(squares);
	if (!isfinite(norm) || norm < 1e-12) {
		memset(out, 0, h * sizeof *out);
		return;
	}
	for (size_t c = 0; c < h; c++)
		out[c] = (float)(out[c] / norm);
}

static void run_group(const struct encoder *e, struct encoder_scratch *s, const struct group *g,
                      float *out)
{
	size_t h = e->config.hidden, at = 0;
	embed_tokens(e, s, g);
	for (size_t i = 0; i < e->config.layers; i++) {
		attend(e, s, &e->weights.layers[i], g);
		feed_forward(e, s, &e->weights.layers[i], g->tokens);
	}
	for (size_t i = 0; i < g->n; at += g->lens[i], i++)
		pool(e, s->x + at * h, g->lens[i], out + i * h);
}

static int check_input(const struct encoder *e, const struct encoder_input *in, struct err *err)
{
	size_t total = 0;
	for (size_t i = 0; i < in->n; i++) {
		if (in->lens[i] < 1 || in->lens[i] > e->config.max_tokens)
			return err_set(err, ERR_INPUT, "sequence of %zu tokens, the model takes 1 to %zu",
			               in->lens[i], e->config.max_tokens);
		total += in->lens[i];
	}
	for (size_t t = 0; t < total; t++)
		if (in->ids[t] >= e->weights.words.rows)
			return err_set(err, ERR_INPUT, "token id %lu is none of the model's",
			               (unsigned long)in->ids[t]);
	return 0;
}

int encoder_run(const struct encoder *e, struct encoder_scratch *s,
                const struct encoder_input *in, float *out, struct err *err)
{
	if (check_input(e, in, err) < 0)
		return -1;
	struct group g = { .ids = in->ids, .lens = in->lens };
	for (size_t i = 0; i < in->n; i++) {
		if (g.n && g.tokens + in->lens[i] > e->group) {
			run_group(e, s, &g, out + (size_t)(g.lens - in->lens) * e->config.hidden);
			g = (struct group){ .ids = g.ids + g.tokens, .lens = in->lens + i };
		}
		g.n++;
		g.tokens += in->lens[i];
	}
	if (g.n)
		run_group(e, s, &g, out + (size_t)(g.lens - in->lens) * e->config.hidden);
	return 0;
}
