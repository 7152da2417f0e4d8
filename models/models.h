/* From a model's name, "provider/model", to an embedder. */
#ifndef AKIN_MODELS_MODELS_H
#define AKIN_MODELS_MODELS_H

#include <stddef.h>

#include "models/embedder.h"

#define MODEL_LOCAL_DEFAULT "local/multilingual-e5-small"
#define MODEL_ENDPOINT_DEFAULT "ovhcloud/BGE-M3"

struct model_options {
	const char *base_url;    /* NULL: the provider's */
	const char *models_dir;  /* --models; NULL: $AKIN_MODELS, beside the binary, the install prefix */
	const char *ca_file;     /* NULL: $SSL_CERT_FILE, the system's */
	size_t threads;          /* of the in-process encoder; 0: one a core */
	size_t max_in_flight;    /* requests at once; 0: the provider's default */
	int connect_timeout_ms;  /* 0: defaults */
	int first_byte_timeout_ms;
	int total_timeout_ms;
	int patience_ms;         /* without any progress, before it gives up; 0: 5 minutes */
	double requests_per_minute; /* 0: the provider's */
};

/* The default model: the endpoint's when $OVHCLOUD_API_KEY is set, else the
 * local one. A constant. */
const char *model_default(void);

/* Opens `name`. Contacts no server. ERR_USAGE: no such provider; ERR_AUTH: a
 * key is needed and its variable is not set; ERR_MODEL: weights not found or
 * altered. NULL on failure. */
struct embedder *model_open(const char *name, const struct model_options *opt, struct err *err);

#endif
