/* Embeddings from an OpenAI-compatible server: POST {base}/embeddings. */
#ifndef AKIN_MODELS_REMOTE_REMOTE_H
#define AKIN_MODELS_REMOTE_REMOTE_H

#include "models/embedder.h"
#include "models/models.h"

/* `provider` and `model` as in "provider/model"; the provider's row (providers.h)
 * gives base URL, the key's variable, limits and quirks; opt->base_url overrides
 * the URL. `tokenizer_path` is the compiled XLM-R tokeniser for exact counts where
 * the model uses it (BGE-M3, multilingual-e5), or NULL: then tokens are estimated.
 * Requests run on one libcurl multi handle, driven by collect(), on the caller's
 * thread. */
struct embedder *remote_open(const char *provider, const char *model, const char *tokenizer_path,
                             const struct model_options *opt, struct err *err);

#endif
