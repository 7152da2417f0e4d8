#include "models/local/model_config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/json.h"
#include "base/mem.h"

#define MAX_JSON 65536

int model_name_check(const char *name, struct err *err)
{
	static const char allowed[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";
	size_t len = strlen(name);
	if (len < 1 || len > MODEL_NAME_MAX || name[0] == '.' || strspn(name, allowed) != len)
		return err_set(err, ERR_USAGE,
		               "'%.120s' is no model name: letters, digits, '.', '_', '-', up to %d", name,
		               MODEL_NAME_MAX);
	return 0;
}

char *model_path(const char *folder, const char *name)
{
	size_t n = strlen(folder) + strlen(name) + 2;
	char *path = mem_alloc(n, 1);
	snprintf(path, n, "%s/%s", folder, name);
	return path;
}

static int missing(struct err *err, const char *field)
{
	return err_set(err, ERR_MODEL, "'%s' is missing or out of range", field);
}

static int read_text(char *out, size_t max, const cJSON *root, const char *field, int required,
                     struct err *err)
{
	const char *s = json_string(root, field);
	out[0] = '\0';
	if (!s)
		return required || json_get(root, field) ? missing(err, field) : 0;
	if (strlen(s) > max)
		return missing(err, field);
	strcpy(out, s);
	return 0;
}

static int read_sizes(struct encoder_config *c, const cJSON *root, struct err *err)
{
	struct {
		const char *field;
		size_t *out;
		int64_t least, most;
	} sizes[] = {
		{ "layers", &c->layers, 1, 256 },
		{ "heads", &c->heads, 1, 1024 },
		{ "hidden", &c->hidden, 32, 8192 },
		{ "intermediate", &c->intermediate, 32, 65536 },
		{ "max_tokens", &c->max_tokens, 4, 32768 },
		{ "position_offset", &c->position_offset, 0, 1024 },
	};
	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
		int64_t v = json_int(root, sizes[i].field, sizes[i].least, sizes[i].most, -1);
		if (v < 0)
			return missing(err, sizes[i].field);
		*sizes[i].out = (size_t)v;
	}
	const cJSON *eps = json_get(root, "layer_norm_eps");
	if (!cJSON_IsNumber(eps) || !(eps->valuedouble >= 0 && eps->valuedouble < 1))
		return missing(err, "layer_norm_eps");
	c->layer_norm_eps = (float)eps->valuedouble;
	return 0;
}

static int read_fields(struct model_config *c, const cJSON *root, struct err *err)
{
	char pooling[16];
	if (read_text(c->name, MODEL_NAME_MAX, root, "name", 1, err) < 0 ||
	    model_name_check(c->name, err) < 0 ||
	    read_text(c->query_prefix, MODEL_PREFIX_MAX, root, "query_prefix", 0, err) < 0 ||
	    read_text(c->passage_prefix, MODEL_PREFIX_MAX, root, "passage_prefix", 0, err) < 0 ||
	    read_text(c->weights_xxh3, 32, root, "weights_xxh3", 0, err) < 0 ||
	    read_text(c->tokenizer_xxh3, 32, root, "tokenizer_xxh3", 0, err) < 0 ||
	    read_text(pooling, sizeof pooling - 1, root, "pooling", 1, err) < 0 ||
	    read_sizes(&c->encoder, root, err) < 0)
		return -1;
	if (strcmp(pooling, "mean") != 0 && strcmp(pooling, "cls") != 0)
		return missing(err, "pooling");
	c->encoder.pooling = pooling[0] == 'm' ? POOLING_MEAN : POOLING_CLS;
	if (json_int(root, "dim", 1, 8192, 0) != (int64_t)c->encoder.hidden)
		return missing(err, "dim");
	int64_t bytes = json_int(root, "weights_bytes", 1, (int64_t)1 << 40, -1);
	if (bytes < 0)
		return missing(err, "weights_bytes");
	c->weights_bytes = (uint64_t)bytes;
	return encoder_config_check(&c->encoder, err);
}

int model_config_parse(struct model_config *c, struct span json, struct err *err)
{
	*c = (struct model_config){ 0 };
	cJSON *root = json_parse(json, "the description", err);
	if (!root) {
		if (err)
			err->code = ERR_MODEL;
		return -1;
	}
	int rc = read_fields(c, root, err);
	cJSON_Delete(root);
	if (rc < 0 && err)
		err->code = ERR_MODEL;
	return rc;
}

int model_config_read(struct model_config *c, const char *folder, struct err *err)
{
	char *path = model_path(folder, "akin.json");
	struct buf text = buf_new(MAX_JSON);
	int rc = file_read(path, &text, NULL, err);
	if (rc == 0 && model_config_parse(c, buf_span(&text), err) < 0)
		rc = err_wrap(err, "cannot use '%s'", path);
	buf_free(&text);
	free(path);
	return rc;
}

char *model_config_write(const struct model_config *c)
{
	const struct encoder_config *e = &c->encoder;
	cJSON *root = cJSON_CreateObject();
	cJSON_AddStringToObject(root, "name", c->name);
	cJSON_AddStringToObject(root, "pooling", e->pooling == POOLING_MEAN ? "mean" : "cls");
	json_add_text(root, "query_prefix", span_of(c->query_prefix));
	json_add_text(root, "passage_prefix", span_of(c->passage_prefix));
	cJSON_AddNumberToObject(root, "max_tokens", (double)e->max_tokens);
	cJSON_AddNumberToObject(root, "layers", (double)e->layers);
	cJSON_AddNumberToObject(root, "heads", (double)e->heads);
	cJSON_AddNumberToObject(root, "hidden", (double)e->hidden);
	cJSON_AddNumberToObject(root, "intermediate", (double)e->intermediate);
	cJSON_AddNumberToObject(root, "dim", (double)e->hidden);
	cJSON_AddNumberToObject(root, "position_offset", (double)e->position_offset);
	cJSON_AddNumberToObject(root, "layer_norm_eps", (double)e->layer_norm_eps);
	cJSON_AddNumberToObject(root, "weights_bytes", (double)c->weights_bytes);
	cJSON_AddStringToObject(root, "weights_xxh3", c->weights_xxh3);
	cJSON_AddStringToObject(root, "tokenizer_xxh3", c->tokenizer_xxh3);
	char *printed = cJSON_Print(root);
	char *text = mem_strdup(printed ? printed : "{}");
	cJSON_free(printed);
	cJSON_Delete(root);
	return text;
}
