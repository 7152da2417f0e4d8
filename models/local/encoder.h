/* Forward pass of BERT-family sentence encoders (Devlin et al. 2019,
 * arXiv:1810.04805): embeddings, layers of self-attention and feed-forward
 * with layer norm behind each, pooling, unit length. Sequences are packed: a
 * short one costs nothing for the length of its neighbour.
 *
 * 4-bit weights. A matrix NAME of the layers is stored as two tensors,
 *   NAME.nibbles  U8  [rows / 16, columns / 32, 4, 16, 4]
 *   NAME.scales   F16 [rows / 16, columns / 32, 16]
 * arranged as struct q4_matrix says (kernels.h); a table of embeddings as
 *   NAME.nibbles  U8  [rows, columns / 32, 16]
 *   NAME.scales   F16 [rows, columns / 32]
 * where byte j of a block holds weight j (low nibble) and j + 16 (high nibble).
 * In both, value = (nibble - 8) * scale. Everything else is F32. The file's
 * bytes are used as they stand, nothing is unpacked when it is opened. */
#ifndef AKIN_MODELS_LOCAL_ENCODER_H
#define AKIN_MODELS_LOCAL_ENCODER_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

enum encoder_pooling { POOLING_MEAN, POOLING_CLS };

/* How 4-bit weights are multiplied; weights of 16 and 32 bits always go
 * through BLAS in f32. */
enum encoder_precision {
	ENCODER_FAST, /* activations in 8 bits, a scale for 32 of them; sums in integers */
	ENCODER_EXACT /* de-quantised weights, f32: the reference, slow */
};

struct encoder_config {
	size_t layers, heads, hidden, intermediate;
	size_t max_tokens;      /* of one sequence, special tokens included */
	size_t position_offset; /* of the first token: 0 for BERT, 2 for XLM-R */
	float layer_norm_eps;
	enum encoder_pooling pooling;
};

/* ERR_MODEL where the configuration is outside of what the code can do. */
int encoder_config_check(const struct encoder_config *c, struct err *err);

struct encoder;

/* Maps the weights (model.safetensors) and checks names, types and shapes.
 * ERR_MODEL: damaged, cut off, or not of this configuration. NULL on failure. */
struct encoder *encoder_open(const char *path, const struct encoder_config *config,
                             enum encoder_precision precision, struct err *err);
void encoder_close(struct encoder *e);

size_t encoder_dim(const struct encoder *e);
size_t encoder_vocab(const struct encoder *e);   /* rows of the word embeddings */
size_t encoder_file_bytes(const struct encoder *e);
const char *encoder_kernels(const struct encoder *e); /* "avx512-vnni", for people */

/* Loads what runs need: BLAS, unless all goes in integers. ERR_IO. */
int encoder_prepare(const struct encoder *e, struct err *err);

/* Working memory of one thread: for hidden size 384 about 6 MB, whatever the
 * number of sequences. Makes the system map the layers' weights. */
struct encoder_scratch *encoder_scratch_new(const struct encoder *e);
void encoder_scratch_free(struct encoder_scratch *s);

/* Sequences of token ids, special tokens included. */
struct encoder_input {
	size_t n;
	const uint32_t *ids;  /* of all sequences, one behind the other */
	const size_t *lens;   /* [n], 1..max_tokens */
};

/* out[n, dim], unit length; a row of zeros where the vector is not finite or
 * has no length. Threads may share e, each with a scratch of its own.
 * encoder_prepare() has been called. ERR_INPUT on an id or a length out of range. */
int encoder_run(const struct encoder *e, struct encoder_scratch *s,
                const struct encoder_input *in, float *out, struct err *err);

#endif
