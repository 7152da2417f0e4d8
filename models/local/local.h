/* The encoder inside the program: a BERT-family sentence encoder read from a
 * model folder.
 *
 * A model folder holds
 *   akin.json          {"name", "pooling": "mean"|"cls", "query_prefix",
 *                       "passage_prefix", "max_tokens", "layers", "heads",
 *                       "hidden", "intermediate", "position_offset",
 *                       "layer_norm_eps", "dim", "weights_bytes", "weights_xxh3",
 *                       "tokenizer_xxh3", ...}
 *   model.safetensors  weights: f32, f16, bf16, or 4-bit blocks (see encoder.h)
 *   tokenizer.akt      a compiled tokeniser (tokenizer.h)
 */
#ifndef AKIN_MODELS_LOCAL_LOCAL_H
#define AKIN_MODELS_LOCAL_LOCAL_H

#include "models/embedder.h"
#include "models/models.h"

/* The folder of model `name` (without "local/"): the first of opt->models_dir,
 * $AKIN_MODELS, $XDG_DATA_HOME/akin/models (where `model add` puts them), the
 * binary's folder and its ../data/models, PREFIX/share/akin/models that has
 * NAME/akin.json. NULL with ERR_MODEL naming where it was looked for. free() it. */
char *local_model_folder(const char *name, const struct model_options *opt, struct err *err);

/* Calls visit for each model folder that local_model_folder would find, places in
 * the order of preference, names in byte order; a name that an earlier place has is
 * passed over. Non-zero from visit ends it and is returned. */
typedef int local_model_visit(void *ctx, const char *name, const char *folder);
int local_models(const struct model_options *opt, local_model_visit *visit, void *ctx);

/* An embedder over the model folder's encoder. Workers (opt->threads) take
 * batches from a queue; each runs one batch at a time, its sequences packed
 * without padding. Batch limits are chosen so that a worker's memory is bounded. */
struct embedder *local_open(const char *name, const struct model_options *opt, struct err *err);

/* Reads all of the weights and the tokeniser and compares them with the checksums in akin.json:
 * for `doctor`, since it takes a while. Opening checks structure and size only,
 * which finds a file that was cut off, not a changed byte. ERR_MODEL. */
int local_model_verify(const char *folder, struct err *err);

/* Reads a Hugging Face folder (config.json, tokenizer.json, model.safetensors,
 * 1_Pooling/config.json, sentence_bert_config.json, modules.json if there) and
 * writes a model folder under $XDG_DATA_HOME/akin/models/NAME. prefixes may be
 * NULL. ERR_INPUT naming what is not supported. */
struct model_add_options {
	const char *name;           /* NULL: the folder's name */
	const char *query_prefix;   /* NULL: none, or what config_sentence_transformers.json says */
	const char *passage_prefix;
	const char *pooling;        /* NULL: what the folder says */
};
int local_model_add(const char *hf_folder, const struct model_add_options *opt, char name_out[128],
                    struct err *err);

#endif
