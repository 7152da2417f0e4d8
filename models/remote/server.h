/* A server: where requests go, with which key, and what to do when it refuses. */
#ifndef AKIN_MODELS_REMOTE_SERVER_H
#define AKIN_MODELS_REMOTE_SERVER_H

#include <stdbool.h>

#include "base/err.h"
#include "models/models.h"
#include "models/remote/providers.h"
#include "models/remote/refusal.h"

/* Owned strings. */
struct server {
	const struct provider *provider;
	char *base_url;  /* without a slash at its end */
	char *url;       /* of what is asked for */
	char *key;       /* NULL: none, and none is needed as far as is known */
	char host[256];
	bool is_other;   /* another than the provider's own */
};

/* Fills s for a provider's row and a path below the base URL, such as "/embeddings". Contacts
 * nobody. -1 with ERR_USAGE, ERR_AUTH or ERR_IO; release it in each case. */
int server_find(struct server *s, const struct provider *row, const char *path,
                const struct model_options *opt, struct err *err);
void server_release(struct server *s); /* the key is wiped */

/* Whether a known model's price is this server's: whoever stands behind a proxy, or is a server
 * of one's own, has prices of its own. */
bool server_has_known_prices(const struct server *s);

/* What a refusal that ends everything (VERDICT_KEY and those behind it) means, and what to do,
 * in words; `what` is what was asked for: "embeddings", "chat". Returns -1 with ERR_AUTH,
 * ERR_NETWORK, or model_code for a model that the server has not. */
int server_refused(const struct server *s, const char *what, const char *model,
                   const struct refusal *f, enum err_code model_code, struct err *err);

#endif
