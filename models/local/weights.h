/* The tensors of a BERT-family encoder, found in a mapped safetensors file by
 * the names that Hugging Face gives them, with their shapes checked against the
 * configuration. Read-only once opened: threads may share it. */
#ifndef AKIN_MODELS_LOCAL_WEIGHTS_H
#define AKIN_MODELS_LOCAL_WEIGHTS_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/file.h"
#include "models/local/encoder.h"
#include "models/local/kernels.h"

enum weight_kind {
	WEIGHT_F32,
	WEIGHT_F16,
	WEIGHT_BF16,
	WEIGHT_Q4_ROWS, /* 4 bits, rows one after the other: embeddings */
	WEIGHT_Q4_LANES /* 4 bits, 16 rows side by side: matrices of the layers */
};

struct weight {
	enum weight_kind kind;
	size_t rows, cols;
	const void *data;       /* [rows, cols]; of 4-bit weights the nibbles */
	const uint16_t *scales; /* of 4-bit weights */
};

struct linear {
	struct weight w; /* [out, in] */
	const float *bias; /* [out] */
};

struct layer {
	struct linear query, key, value, output, up, down;
	const float *attention_norm[2], *output_norm[2]; /* gamma[hidden], beta[hidden] */
};

struct weights {
	struct file_map map;
	struct weight words, positions, types; /* [.., hidden]; types has no rows where there are none */
	const float *norm[2];
	struct layer *layers;
	float **owned; /* vectors that were widened, since the file has them in 16 bits */
	size_t n_owned, owned_cap;
	const unsigned char *layers_from, *layers_to; /* the stretch that every run reads */
};

/* ERR_MODEL with the path in it; ERR_IO when it cannot be mapped. weights_close
 * it also after a failure. */
int weights_open(struct weights *w, const char *path, const struct encoder_config *config,
                 struct err *err);
void weights_close(struct weights *w);

/* out[cols] = row of w (any kind but WEIGHT_Q4_LANES). */
void weight_row(const struct weight *w, size_t row, float *out);

/* The whole matrix as f32[rows, cols]: w's own memory, or `room` filled. */
const float *weight_floats(const struct weight *w, float *room);

#endif
