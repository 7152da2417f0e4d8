#include "models/models.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "models/local/local.h"
#include "models/remote/providers.h"
#include "models/remote/remote.h"

const char *model_default(void)
{
	const char *key = getenv("OVHCLOUD_API_KEY"), *file = getenv("OVHCLOUD_API_KEY_FILE");
	return (key && *key) || (file && *file) ? MODEL_ENDPOINT_DEFAULT : MODEL_LOCAL_DEFAULT;
}

/* The tokeniser of the embedded model is BGE-M3's as well. Without it tokens are
 * estimated, so a folder that is not there is no error here. */
static bool find_tokenizer(const struct model_options *opt, char *path, size_t size)
{
	char *folder = local_model_folder("multilingual-e5-small", opt, NULL);
	if (!folder)
		return false;
	int len = snprintf(path, size, "%s/tokenizer.akt", folder);
	FILE *f = len > 0 && (size_t)len < size ? fopen(path, "rb") : NULL;
	free(folder);
	if (!f)
		return false;
	fclose(f);
	return true;
}

static struct embedder *open_remote(const char *provider, const char *model,
                                    const struct model_options *opt, struct err *err)
{
	char path[4096];
	bool exact = provider_model(model)->xlmr_tokenizer && find_tokenizer(opt, path, sizeof path);
	return remote_open(provider, model, exact ? path : NULL, opt, err);
}

struct embedder *model_open(const char *name, const struct model_options *opt, struct err *err)
{
	const char *slash = strchr(name, '/');
	size_t len = slash ? (size_t)(slash - name) : 0;
	char provider[32] = "";
	if (len < sizeof provider)
		memcpy(provider, name, len);
	if (strcmp(provider, "local") == 0) {
		if (!opt->base_url)
			return local_open(slash + 1, opt, err);
		err_set(err, ERR_USAGE, "'%s' runs in this process: it takes no base URL", name);
		return NULL;
	}
	if (provider_find(provider))
		return open_remote(provider, slash + 1, opt, err);
	if (opt->base_url)
		return open_remote("", name, opt, err);
	err_set(err, ERR_USAGE, "no provider of models in '%s'; write it as 'provider/model', with one of "
	                        "local, %s, or give --base-url", name, provider_names());
	return NULL;
}
