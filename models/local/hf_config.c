#include "models/local/hf_config.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/json.h"
#include "base/mem.h"

#define MAX_JSON ((size_t)1 << 20)

/* FOLDER/NAME parsed; *tree NULL when there is no such file. */
static int read_json(cJSON **tree, const char *folder, const char *name, struct err *err)
{
	*tree = NULL;
	char *path = model_path(folder, name);
	struct buf text = buf_new(MAX_JSON);
	int rc = 0;
	if (access(path, F_OK) == 0) {
		rc = file_read(path, &text, NULL, err);
		if (rc == 0 && !(*tree = json_parse(buf_span(&text), path, err)))
			rc = -1;
	}
	buf_free(&text);
	free(path);
	return rc;
}

static int unsupported(struct err *err, const char *field, const char *value)
{
	return err_set(err, ERR_INPUT, "%s '%.100s' is not supported", field, value);
}

static int one_of(const char *value, const char *const *list)
{
	for (; *list; list++)
		if (strcmp(value, *list) == 0)
			return 1;
	return 0;
}

static int read_kind(const cJSON *root, const char **type, struct err *err)
{
	static const char *const types[] = { "bert", "roberta", "xlm-roberta", "camembert", NULL };
	*type = json_string(root, "model_type");
	if (!*type || !one_of(*type, types))
		return unsupported(err, "model_type", *type ? *type : "(none)");
	const char *act = json_string(root, "hidden_act");
	if (!act || strcmp(act, "gelu") != 0)
		return unsupported(err, "hidden_act", act ? act : "(none)");
	const char *position = json_string(root, "position_embedding_type");
	if (position && strcmp(position, "absolute") != 0)
		return unsupported(err, "position_embedding_type", position);
	return 0;
}

static int read_size(const cJSON *root, const char *field, int64_t most, size_t *out,
                     struct err *err)
{
	int64_t v = json_int(root, field, 1, most, 0);
	if (v == 0)
		return err_set(err, ERR_INPUT, "config.json: '%s' is missing or out of range", field);
	*out = (size_t)v;
	return 0;
}

static int read_sizes(struct encoder_config *c, const cJSON *root, const char *type,
                      struct err *err)
{
	size_t positions = 0;
	if (read_size(root, "num_hidden_layers", 256, &c->layers, err) < 0 ||
	    read_size(root, "num_attention_heads", 1024, &c->heads, err) < 0 ||
	    read_size(root, "hidden_size", 8192, &c->hidden, err) < 0 ||
	    read_size(root, "intermediate_size", 65536, &c->intermediate, err) < 0 ||
	    read_size(root, "max_position_embeddings", 32768, &positions, err) < 0)
		return -1;
	/* RoBERTa counts positions from the one behind the padding id */
	int64_t pad = json_int(root, "pad_token_id", 0, 1000, 1);
	c->position_offset = strcmp(type, "bert") == 0 ? 0 : (size_t)pad + 1;
	if (positions <= c->position_offset)
		return err_set(err, ERR_INPUT, "config.json: 'max_position_embeddings' is too small");
	c->max_tokens = positions - c->position_offset;
	const cJSON *eps = json_get(root, "layer_norm_eps");
	c->layer_norm_eps = cJSON_IsNumber(eps) ? (float)eps->valuedouble : 1e-12f;
	return 0;
}

static int read_config(struct encoder_config *c, const char *folder, struct err *err)
{
	cJSON *root;
	const char *type;
	if (read_json(&root, folder, "config.json", err) < 0)
		return -1;
	if (!root)
		return err_set(err, ERR_INPUT, "'%s' has no config.json: it is no Hugging Face folder",
		               folder);
	int rc = read_kind(root, &type, err);
	if (rc == 0)
		rc = read_sizes(c, root, type, err);
	if (rc == 0 && encoder_config_check(c, err) < 0)
		rc = err_set(err, ERR_INPUT, "%s", err ? err->text : "");
	cJSON_Delete(root);
	return rc;
}

/* The steps behind the encoder may be pooling and scaling to unit length. */
static int check_modules(const char *folder, struct err *err)
{
	static const char *const known[] = { "sentence_transformers.models.Transformer",
		                                 "sentence_transformers.models.Pooling",
		                                 "sentence_transformers.models.Normalize", NULL };
	cJSON *root;
	if (read_json(&root, folder, "modules.json", err) < 0)
		return -1;
	int rc = 0;
	const cJSON *module;
	cJSON_ArrayForEach(module, root) {
		const char *type = json_string(module, "type");
		if (rc == 0 && (!type || !one_of(type, known)))
			rc = unsupported(err, "modules.json: the module", type ? type : "(none)");
	}
	cJSON_Delete(root);
	return rc;
}

static int pooling_named(enum encoder_pooling *pooling, const char *name, struct err *err)
{
	if (strcmp(name, "mean") != 0 && strcmp(name, "cls") != 0)
		return err_set(err, ERR_USAGE, "no pooling '%s': it is mean or cls", name);
	*pooling = strcmp(name, "mean") == 0 ? POOLING_MEAN : POOLING_CLS;
	return 0;
}

static int read_pooling(enum encoder_pooling *pooling, const char *folder, struct err *err)
{
	cJSON *root;
	if (read_json(&root, folder, "1_Pooling/config.json", err) < 0)
		return -1;
	if (!root)
		return err_set(err, ERR_INPUT, "'%s' has no 1_Pooling/config.json: say the pooling, mean or cls",
		               folder);
	int modes = 0, rc = 0;
	const cJSON *item;
	cJSON_ArrayForEach(item, root)
		if (item->string && strncmp(item->string, "pooling_mode_", 13) == 0)
			modes += cJSON_IsTrue(item);
	if (modes == 1 && json_bool(root, "pooling_mode_mean_tokens", false))
		*pooling = POOLING_MEAN;
	else if (modes == 1 && json_bool(root, "pooling_mode_cls_token", false))
		*pooling = POOLING_CLS;
	else
		rc = err_set(err, ERR_INPUT, "1_Pooling/config.json: only mean or cls is supported");
	cJSON_Delete(root);
	return rc;
}

static int read_max_tokens(struct encoder_config *c, const char *folder, struct err *err)
{
	cJSON *root;
	if (read_json(&root, folder, "sentence_bert_config.json", err) < 0)
		return -1;
	int64_t most = json_int(root, "max_seq_length", 4, (int64_t)c->max_tokens,
	                        (int64_t)c->max_tokens);
	c->max_tokens = (size_t)most;
	cJSON_Delete(root);
	return 0;
}

static int set_prefix(char *out, const char *given, const cJSON *prompts, const char *const *names,
                      struct err *err)
{
	for (; !given && *names; names++)
		given = json_string(prompts, *names);
	if (given && strlen(given) > MODEL_PREFIX_MAX)
		return err_set(err, ERR_INPUT, "prefix of more than %d bytes", MODEL_PREFIX_MAX);
	strcpy(out, given ? given : "");
	return 0;
}

static int read_prefixes(struct model_config *c, const char *folder,
                         const struct model_add_options *opt, struct err *err)
{
	static const char *const query[] = { "query", NULL };
	static const char *const passage[] = { "passage", "document", NULL };
	cJSON *root;
	if (read_json(&root, folder, "config_sentence_transformers.json", err) < 0)
		return -1;
	const cJSON *prompts = json_get(root, "prompts");
	int rc = set_prefix(c->query_prefix, opt->query_prefix, prompts, query, err);
	if (rc == 0)
		rc = set_prefix(c->passage_prefix, opt->passage_prefix, prompts, passage, err);
	cJSON_Delete(root);
	return rc;
}

/* The folder's own name, when none is given. */
static int set_name(struct model_config *c, const char *folder, const char *given, struct err *err)
{
	char *real = file_real_path(folder, err);
	if (!real)
		return -1;
	const char *slash = strrchr(real, '/');
	const char *name = given ? given : slash ? slash + 1 : real;
	int rc = model_name_check(name, err);
	if (rc == 0)
		strcpy(c->name, name);
	free(real);
	return rc;
}

int hf_config_read(struct model_config *c, const char *folder,
                   const struct model_add_options *opt, struct err *err)
{
	*c = (struct model_config){ 0 };
	if (set_name(c, folder, opt->name, err) < 0 || read_config(&c->encoder, folder, err) < 0 ||
	    check_modules(folder, err) < 0 || read_max_tokens(&c->encoder, folder, err) < 0 ||
	    read_prefixes(c, folder, opt, err) < 0)
		return -1;
	return opt->pooling ? pooling_named(&c->encoder.pooling, opt->pooling, err)
	                    : read_pooling(&c->encoder.pooling, folder, err);
}
