/* From the texts of a batch to vectors: what one worker does. */
#ifndef AKIN_MODELS_LOCAL_BATCH_H
#define AKIN_MODELS_LOCAL_BATCH_H

#include "models/embedder.h"
#include "models/local/encoder.h"
#include "models/local/model_config.h"
#include "models/local/tokenizer/tokenizer.h"

/* Borrowed; any number of workers share it. */
struct local_model {
	struct model_config config;
	struct tokenizer *tokenizer;
	struct encoder *encoder;
};

/* Tokens of one text that fit beside the prefix and the special tokens. */
size_t local_model_max_text_tokens(const struct local_model *m);

struct local_worker;

/* The memory of one thread. */
struct local_worker *local_worker_new(const struct local_model *m);
void local_worker_free(struct local_worker *w);

/* Fills vectors, failures, dim and tokens of the batch. Never fails as a whole:
 * what is wrong is the failure of each text. */
void local_worker_run(struct local_worker *w, struct embed_batch *batch);

#endif
