/* akin.json, the description of a model folder (local.h). */
#ifndef AKIN_MODELS_LOCAL_MODEL_CONFIG_H
#define AKIN_MODELS_LOCAL_MODEL_CONFIG_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/span.h"
#include "models/local/encoder.h"

#define MODEL_NAME_MAX 100   /* bytes */
#define MODEL_PREFIX_MAX 256 /* bytes */

struct model_config {
	char name[MODEL_NAME_MAX + 1];
	char query_prefix[MODEL_PREFIX_MAX + 1], passage_prefix[MODEL_PREFIX_MAX + 1];
	struct encoder_config encoder;
	uint64_t weights_bytes; /* size of model.safetensors */
	char weights_xxh3[33];  /* its hash (base/hash.h), or empty */
	char tokenizer_xxh3[33]; /* of tokenizer.akt, or empty: not known */
};

/* Parses the text of an akin.json. ERR_MODEL: a field is missing, of the wrong
 * type or out of range. */
int model_config_parse(struct model_config *c, struct span json, struct err *err);

/* FOLDER/akin.json. ERR_IO, ERR_MODEL with the path in it. */
int model_config_read(struct model_config *c, const char *folder, struct err *err);

/* The text of an akin.json that says c. free() it. */
char *model_config_write(const struct model_config *c);

/* 0 when it may be a folder's name: letters, digits, '.', '_', '-', no dot in front. */
int model_name_check(const char *name, struct err *err);

/* FOLDER/NAME. free() it. */
char *model_path(const char *folder, const char *name);

#endif
