/* What a server offers: GET {base}/models. */
#ifndef AKIN_MODELS_REMOTE_CATALOGUE_H
#define AKIN_MODELS_REMOTE_CATALOGUE_H

#include <stddef.h>

#include "base/err.h"
#include "base/span.h"
#include "models/models.h"

/* One model; the pointers are valid during the call. */
struct offered_model {
	const char *id;          /* as the server writes it: any bytes */
	int64_t max_input_tokens; /* 0: it does not say */
	size_t known_dim;        /* from akin's own table; 0: not a model that it knows */
};
typedef void offered_model_visit(void *ctx, const struct offered_model *model);

/* Where the models of a provider's row (or, with an empty name, of the server at
 * opt->base_url) are asked for, into host[size], before anything is sent. */
int catalogue_host(const char *provider, const struct model_options *opt, char *host, size_t size,
                   struct err *err);

/* Asks, and calls visit for each model, in the server's order. Returns how many
 * there were, -1 with err: ERR_NETWORK, ERR_AUTH, ERR_REPLY, ERR_USAGE. */
int catalogue_list(const char *provider, const struct model_options *opt, offered_model_visit *visit,
                   void *ctx, struct err *err);

/* Reads the body of a reply: {"data": [{"id": …}, …]}, or a bare array. As above. Pure. */
int catalogue_read(struct span body, offered_model_visit *visit, void *ctx, struct err *err);

#endif
