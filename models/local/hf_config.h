/* What a Hugging Face folder says about a sentence encoder. */
#ifndef AKIN_MODELS_LOCAL_HF_CONFIG_H
#define AKIN_MODELS_LOCAL_HF_CONFIG_H

#include "base/err.h"
#include "models/local/local.h"
#include "models/local/model_config.h"

/* Fills c (all but the weights' size and hash) from config.json, modules.json,
 * 1_Pooling/config.json, sentence_bert_config.json and
 * config_sentence_transformers.json; what opt says goes before. ERR_INPUT
 * naming what is not supported or missing; nothing is guessed. */
int hf_config_read(struct model_config *c, const char *folder,
                   const struct model_add_options *opt, struct err *err);

#endif
