#include "models/local/weights.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/f16.h"
#include "base/mem.h"
#include "models/local/safetensors.h"

#define NAME_MAX_LEN 256

/* What is at hand while the tensors are looked up. */
struct finder {
	struct weights *w;
	const struct encoder_config *config;
	struct safetensors st;
	char prefix[NAME_MAX_LEN]; /* "", "bert.", "roberta.", ... */
	struct err *err;
};

static void full_name(const struct finder *f, char out[NAME_MAX_LEN], const char *fmt, va_list ap)
{
	int used = snprintf(out, NAME_MAX_LEN, "%s", f->prefix);
	vsnprintf(out + used, NAME_MAX_LEN - (size_t)used, fmt, ap);
}

static int wrong(const struct finder *f, const char *what, const char *name)
{
	return err_set(f->err, ERR_MODEL, "%s '%s'", what, name);
}

static size_t element_bytes(enum safetensors_type type)
{
	return type == TENSOR_F32 ? 4 : type == TENSOR_U8 ? 1 : 2;
}

static int has_shape(const struct tensor *t, enum safetensors_type type, size_t n_dims,
                     const size_t *dims)
{
	return t && t->type == type && t->n_dims == n_dims &&
	       memcmp(t->dims, dims, n_dims * sizeof *dims) == 0 &&
	       (uintptr_t)t->data % element_bytes(type) == 0;
}

/* name.nibbles and name.scales; 1 when they are there, 0 when there are none. */
static int find_q4(struct finder *f, struct weight *w, const char *name)
{
	char part[NAME_MAX_LEN + 16];
	snprintf(part, sizeof part, "%s.nibbles", name);
	const struct tensor *nibbles = safetensors_find(&f->st, part);
	snprintf(part, sizeof part, "%s.scales", name);
	const struct tensor *scales = safetensors_find(&f->st, part);
	if (!nibbles && !scales)
		return 0;
	size_t blocks = w->cols / Q_BLOCK;
	size_t rows = nibbles && nibbles->n_dims ? nibbles->dims[0] : 0;
	if (w->kind == WEIGHT_Q4_ROWS) {
		w->rows = w->rows ? w->rows : rows;
		size_t dn[3] = { w->rows, blocks, 16 }, ds[2] = { w->rows, blocks };
		if (!has_shape(nibbles, TENSOR_U8, 3, dn) || !has_shape(scales, TENSOR_F16, 2, ds))
			return wrong(f, "wrong type or shape of the weights", name);
	} else {
		size_t groups = w->rows / Q4_LANES;
		size_t dn[5] = { groups, blocks, 4, 16, 4 }, ds[3] = { groups, blocks, 16 };
		if (!has_shape(nibbles, TENSOR_U8, 5, dn) || !has_shape(scales, TENSOR_F16, 3, ds))
			return wrong(f, "wrong type or shape of the weights", name);
	}
	w->data = nibbles->data;
	w->scales = (const uint16_t *)(const void *)scales->data;
	return 1;
}

/* A matrix [rows, cols]; rows 0: as many as there are. `q4` is how it is
 * arranged if its weights have 4 bits. */
static int find_weight(struct finder *f, struct weight *w, size_t rows, size_t cols,
                       enum weight_kind q4, const char *fmt, ...)
	__attribute__((format(printf, 6, 7)));
static int find_weight(struct finder *f, struct weight *w, size_t rows, size_t cols,
                       enum weight_kind q4, const char *fmt, ...)
{
	char name[NAME_MAX_LEN];
	va_list ap;
	va_start(ap, fmt);
	full_name(f, name, fmt, ap);
	va_end(ap);
	*w = (struct weight){ .kind = q4, .rows = rows, .cols = cols };
	const struct tensor *t = safetensors_find(&f->st, name);
	if (!t) {
		int found = find_q4(f, w, name);
		return found == 0 ? wrong(f, "the weights have no tensor", name) : found < 0 ? -1 : 0;
	}
	if (rows == 0 && t->n_dims)
		w->rows = t->dims[0];
	size_t dims[2] = { w->rows, cols };
	if (has_shape(t, TENSOR_F32, 2, dims))
		w->kind = WEIGHT_F32;
	else if (has_shape(t, TENSOR_F16, 2, dims))
		w->kind = WEIGHT_F16;
	else if (has_shape(t, TENSOR_BF16, 2, dims))
		w->kind = WEIGHT_BF16;
	else
		return wrong(f, "wrong type or shape of the weights", name);
	w->data = t->data;
	return 0;
}

/* A vector[n] in f32: the file's own, or a widened copy. */
static int find_vector(struct finder *f, const float **out, size_t n, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));
static int find_vector(struct finder *f, const float **out, size_t n, const char *fmt, ...)
{
	char name[NAME_MAX_LEN];
	va_list ap;
	va_start(ap, fmt);
	full_name(f, name, fmt, ap);
	va_end(ap);
	const struct tensor *t = safetensors_find(&f->st, name);
	struct weight w = { .rows = 1, .cols = n };
	if (!t)
		return wrong(f, "the weights have no tensor", name);
	if (has_shape(t, TENSOR_F32, 1, &n)) {
		*out = (const float *)(const void *)t->data;
		return 0;
	}
	if (has_shape(t, TENSOR_F16, 1, &n))
		w.kind = WEIGHT_F16;
	else if (has_shape(t, TENSOR_BF16, 1, &n))
		w.kind = WEIGHT_BF16;
	else
		return wrong(f, "wrong type or shape of the weights", name);
	w.data = t->data;
	struct weights *ws = f->w;
	ws->owned = mem_grow(ws->owned, &ws->owned_cap, ws->n_owned + 1, sizeof *ws->owned);
	float *copy = ws->owned[ws->n_owned++] = mem_floats(n);
	weight_row(&w, 0, copy);
	*out = copy;
	return 0;
}

static int find_linear(struct finder *f, struct linear *l, size_t rows, size_t cols, size_t layer,
                       const char *name)
{
	if (find_weight(f, &l->w, rows, cols, WEIGHT_Q4_LANES, "encoder.layer.%zu.%s.weight", layer,
	                name) < 0)
		return -1;
	return find_vector(f, &l->bias, rows, "encoder.layer.%zu.%s.bias", layer, name);
}

static int find_norm(struct finder *f, const float *norm[2], size_t layer, const char *name)
{
	size_t n = f->config->hidden;
	if (find_vector(f, &norm[0], n, "encoder.layer.%zu.%s.LayerNorm.weight", layer, name) < 0)
		return -1;
	return find_vector(f, &norm[1], n, "encoder.layer.%zu.%s.LayerNorm.bias", layer, name);
}

static int find_layer(struct finder *f, struct layer *l, size_t i)
{
	size_t h = f->config->hidden, wide = f->config->intermediate;
	if (find_linear(f, &l->query, h, h, i, "attention.self.query") < 0 ||
	    find_linear(f, &l->key, h, h, i, "attention.self.key") < 0 ||
	    find_linear(f, &l->value, h, h, i, "attention.self.value") < 0 ||
	    find_linear(f, &l->output, h, h, i, "attention.output.dense") < 0 ||
	    find_norm(f, l->attention_norm, i, "attention.output") < 0 ||
	    find_linear(f, &l->up, wide, h, i, "intermediate.dense") < 0 ||
	    find_linear(f, &l->down, h, wide, i, "output.dense") < 0)
		return -1;
	return find_norm(f, l->output_norm, i, "output");
}

static int find_embeddings(struct finder *f)
{
	struct weights *w = f->w;
	size_t h = f->config->hidden;
	if (find_weight(f, &w->words, 0, h, WEIGHT_Q4_ROWS, "embeddings.word_embeddings.weight") < 0 ||
	    find_weight(f, &w->positions, 0, h, WEIGHT_Q4_ROWS,
	                "embeddings.position_embeddings.weight") < 0 ||
	    find_vector(f, &w->norm[0], h, "embeddings.LayerNorm.weight") < 0 ||
	    find_vector(f, &w->norm[1], h, "embeddings.LayerNorm.bias") < 0)
		return -1;
	if (w->positions.rows < f->config->position_offset + f->config->max_tokens)
		return err_set(f->err, ERR_MODEL, "the weights have %zu positions, %zu are wanted",
		               w->positions.rows, f->config->position_offset + f->config->max_tokens);
	char name[NAME_MAX_LEN + 64];
	snprintf(name, sizeof name, "%sembeddings.token_type_embeddings.weight", f->prefix);
	if (!safetensors_find(&f->st, name))
		return 0;
	return find_weight(f, &w->types, 0, h, WEIGHT_Q4_ROWS,
	                   "embeddings.token_type_embeddings.weight");
}

/* What stands before "embeddings.LayerNorm.weight", which every encoder has. */
static int find_prefix(struct finder *f)
{
	static const char tail[] = "embeddings.LayerNorm.weight";
	for (size_t i = 0; i < f->st.n; i++) {
		const char *name = f->st.tensors[i].name;
		size_t len = strlen(name), lead = len - (sizeof tail - 1);
		if (len < sizeof tail - 1 || lead > 64 || strcmp(name + lead, tail) != 0)
			continue;
		memcpy(f->prefix, name, lead);
		f->prefix[lead] = '\0';
		return 0;
	}
	return err_set(f->err, ERR_MODEL, "the weights are not those of a BERT-family encoder");
}

static void note_layers_stretch(struct finder *f)
{
	struct weights *w = f->w;
	for (size_t i = 0; i < f->st.n; i++) {
		const struct tensor *t = &f->st.tensors[i];
		if (!strstr(t->name, "encoder.layer."))
			continue;
		if (!w->layers_from || t->data < w->layers_from)
			w->layers_from = t->data;
		if (!w->layers_to || t->data + t->bytes > w->layers_to)
			w->layers_to = t->data + t->bytes;
	}
}

static int find_all(struct finder *f)
{
	if (find_prefix(f) < 0 || find_embeddings(f) < 0)
		return -1;
	f->w->layers = mem_zalloc(f->config->layers, sizeof *f->w->layers);
	for (size_t i = 0; i < f->config->layers; i++)
		if (find_layer(f, &f->w->layers[i], i) < 0)
			return -1;
	note_layers_stretch(f);
	return 0;
}

int weights_open(struct weights *w, const char *path, const struct encoder_config *config,
                 struct err *err)
{
	*w = (struct weights){ 0 };
	struct finder f = { .w = w, .config = config, .err = err };
	if (file_map(&w->map, path, err) < 0)
		return -1;
	int rc = safetensors_read(&f.st, w->map.p, w->map.len, err);
	if (rc == 0)
		rc = find_all(&f);
	safetensors_free(&f.st);
	return rc < 0 ? err_wrap(err, "cannot use '%s'", path) : 0;
}

void weights_close(struct weights *w)
{
	for (size_t i = 0; i < w->n_owned; i++)
		free(w->owned[i]);
	free(w->owned);
	free(w->layers);
	file_unmap(&w->map);
	*w = (struct weights){ 0 };
}

static float bf16_to_float(uint16_t h)
{
	uint32_t bits = (uint32_t)h << 16;
	float f;
	memcpy(&f, &bits, sizeof f);
	return f;
}

void weight_row(const struct weight *w, size_t row, float *out)
{
	size_t n = w->cols, blocks = n / Q_BLOCK;
	const uint16_t *half = (const uint16_t *)w->data + row * n;
	switch (w->kind) {
	case WEIGHT_F32:
		memcpy(out, (const float *)w->data + row * n, n * sizeof *out);
		return;
	case WEIGHT_F16:
		f32_from_f16(half, n, out);
		return;
	case WEIGHT_BF16:
		for (size_t i = 0; i < n; i++)
			out[i] = bf16_to_float(half[i]);
		return;
	case WEIGHT_Q4_ROWS:
	case WEIGHT_Q4_LANES:
		break;
	}
	const uint8_t *q = (const uint8_t *)w->data + row * n / 2;
	for (size_t b = 0; b < blocks; b++) {
		float scale = f16_to_float(w->scales[row * blocks + b]);
		for (size_t j = 0; j < 16; j++) {
			out[b * Q_BLOCK + j] = (float)((q[b * 16 + j] & 15) - 8) * scale;
			out[b * Q_BLOCK + j + 16] = (float)((q[b * 16 + j] >> 4) - 8) * scale;
		}
	}
}

/* One block of 16 rows side by side to out, whose rows are cols apart. */
static void widen_lanes(const uint8_t *q, const uint16_t *scales, float *out, size_t cols)
{
	for (size_t r = 0; r < Q4_LANES; r++) {
		float scale = f16_to_float(scales[r]);
		for (size_t j = 0; j < 16; j++) {
			uint8_t byte = q[j / 4 * 64 + r * 4 + j % 4];
			out[r * cols + j] = (float)((byte & 15) - 8) * scale;
			out[r * cols + j + 16] = (float)((byte >> 4) - 8) * scale;
		}
	}
}

const float *weight_floats(const struct weight *w, float *room)
{
	if (w->kind == WEIGHT_F32)
		return w->data;
	if (w->kind == WEIGHT_F16) {
		f32_from_f16(w->data, w->rows * w->cols, room);
		return room;
	}
	if (w->kind != WEIGHT_Q4_LANES) {
		for (size_t r = 0; r < w->rows; r++)
			weight_row(w, r, room + r * w->cols);
		return room;
	}
	size_t blocks = w->cols / Q_BLOCK;
	for (size_t at = 0; at < w->rows / Q4_LANES * blocks; at++)
		widen_lanes((const uint8_t *)w->data + at * 256, w->scales + at * Q4_LANES,
		            room + at / blocks * Q4_LANES * w->cols + at % blocks * Q_BLOCK, w->cols);
	return room;
}
