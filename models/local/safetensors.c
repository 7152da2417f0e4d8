#include "models/local/safetensors.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/mem.h"

#define MAX_OFFSET 9007199254740992.0 /* 2^53: what a double counts exactly */

static int damaged(struct err *err, const char *what, const char *name)
{
	if (name)
		return err_set(err, ERR_MODEL, "damaged weights: %s of tensor '%.200s'", what, name);
	return err_set(err, ERR_MODEL, "damaged weights: %s", what);
}

static const struct {
	const char *name;
	enum safetensors_type type;
	size_t bytes;
} types[] = {
	{ "F32", TENSOR_F32, 4 },   { "F16", TENSOR_F16, 2 },   { "BF16", TENSOR_BF16, 2 },
	{ "U8", TENSOR_U8, 1 },     { "F64", TENSOR_OTHER, 8 }, { "I64", TENSOR_OTHER, 8 },
	{ "U64", TENSOR_OTHER, 8 }, { "I32", TENSOR_OTHER, 4 }, { "U32", TENSOR_OTHER, 4 },
	{ "I16", TENSOR_OTHER, 2 }, { "U16", TENSOR_OTHER, 2 }, { "I8", TENSOR_OTHER, 1 },
	{ "BOOL", TENSOR_OTHER, 1 },
};

static size_t type_of(const char *name, enum safetensors_type *type)
{
	for (size_t i = 0; name && i < sizeof types / sizeof *types; i++) {
		if (strcmp(types[i].name, name) != 0)
			continue;
		*type = types[i].type;
		return types[i].bytes;
	}
	return 0;
}

static int whole_number(const cJSON *item, size_t *out)
{
	if (!cJSON_IsNumber(item) || !(item->valuedouble >= 0 && item->valuedouble < MAX_OFFSET))
		return -1;
	*out = (size_t)item->valuedouble;
	return (double)*out == item->valuedouble ? 0 : -1;
}

/* The bytes that the shape asks for, or -1 when that is no size. */
static int read_shape(struct tensor *t, const cJSON *shape, size_t element, size_t *bytes)
{
	if (!cJSON_IsArray(shape))
		return -1;
	*bytes = element;
	const cJSON *item;
	cJSON_ArrayForEach(item, shape) {
		size_t d;
		if (t->n_dims == SAFETENSORS_MAX_DIMS || whole_number(item, &d) < 0)
			return -1;
		if (d && *bytes > SIZE_MAX / d)
			return -1;
		*bytes *= d;
		t->dims[t->n_dims++] = d;
	}
	return 0;
}

static int read_tensor(struct tensor *t, const cJSON *item, const unsigned char *data, size_t len,
                       struct err *err)
{
	t->name = mem_strdup(item->string);
	size_t element = type_of(json_string(item, "dtype"), &t->type), want, from, to;
	if (!element)
		return damaged(err, "unknown type", t->name);
	if (read_shape(t, json_get(item, "shape"), element, &want) < 0)
		return damaged(err, "impossible shape", t->name);
	const cJSON *offsets = json_get(item, "data_offsets");
	const cJSON *first = cJSON_IsArray(offsets) ? offsets->child : NULL;
	const cJSON *second = first ? first->next : NULL;
	if (!second || second->next || whole_number(first, &from) < 0 || whole_number(second, &to) < 0)
		return damaged(err, "no offsets", t->name);
	if (from > to || to - from != want)
		return damaged(err, "offsets that do not suit the shape", t->name);
	if (to > len)
		return damaged(err, "the file ends before the data", t->name);
	t->data = data + from;
	t->bytes = want;
	return 0;
}

static int by_place(const void *pa, const void *pb)
{
	const struct tensor *a = pa, *b = pb;
	if (a->data != b->data)
		return a->data < b->data ? -1 : 1;
	return (a->bytes > b->bytes) - (a->bytes < b->bytes); /* empty ones before what follows */
}

static int by_name(const void *pa, const void *pb)
{
	const struct tensor *a = pa, *b = pb;
	return strcmp(a->name, b->name);
}

/* The tensors cover the data without a hole or an overlap, and no name is there twice. */
static int check_cover(struct safetensors *st, const unsigned char *data, size_t len,
                       struct err *err)
{
	qsort(st->tensors, st->n, sizeof *st->tensors, by_place);
	const unsigned char *at = data;
	for (size_t i = 0; i < st->n; i++) {
		if (st->tensors[i].data != at)
			return damaged(err, "overlap or hole before the data", st->tensors[i].name);
		at += st->tensors[i].bytes;
	}
	if (at != data + len)
		return damaged(err, "the data ends before the file", NULL);
	qsort(st->tensors, st->n, sizeof *st->tensors, by_name);
	for (size_t i = 1; i < st->n; i++)
		if (strcmp(st->tensors[i - 1].name, st->tensors[i].name) == 0)
			return damaged(err, "second definition", st->tensors[i].name);
	return 0;
}

static int read_tensors(struct safetensors *st, const cJSON *root, const unsigned char *data,
                        size_t len, struct err *err)
{
	if (!cJSON_IsObject(root))
		return damaged(err, "the header is no JSON object", NULL);
	size_t cap = 0;
	const cJSON *item;
	cJSON_ArrayForEach(item, root) {
		if (strcmp(item->string, "__metadata__") == 0)
			continue;
		if (st->n == SAFETENSORS_MAX_TENSORS)
			return damaged(err, "too many tensors", NULL);
		st->tensors = mem_grow(st->tensors, &cap, st->n + 1, sizeof *st->tensors);
		struct tensor *t = &st->tensors[st->n++];
		*t = (struct tensor){ 0 };
		if (read_tensor(t, item, data, len, err) < 0)
			return -1;
	}
	if (!st->n)
		return damaged(err, "no tensor in it", NULL);
	return check_cover(st, data, len, err);
}

int safetensors_read(struct safetensors *st, const unsigned char *file, size_t len,
                     struct err *err)
{
	*st = (struct safetensors){ 0 };
	if (len < 8)
		return damaged(err, "the file ends before its header", NULL);
	uint64_t header = 0;
	for (int i = 7; i >= 0; i--)
		header = header << 8 | file[i];
	if (header > len - 8)
		return damaged(err, "the file ends before its header does", NULL);
	if (header > SAFETENSORS_MAX_HEADER)
		return damaged(err, "the header is too long", NULL);
	struct span text = { (const char *)file + 8, (size_t)header };
	cJSON *root = json_parse(text, "the header", err);
	if (!root)
		return damaged(err, "the header is no JSON", NULL);
	int rc = read_tensors(st, root, file + 8 + header, len - 8 - (size_t)header, err);
	cJSON_Delete(root);
	return rc;
}

void safetensors_free(struct safetensors *st)
{
	for (size_t i = 0; i < st->n; i++)
		free(st->tensors[i].name);
	free(st->tensors);
	*st = (struct safetensors){ 0 };
}

const struct tensor *safetensors_find(const struct safetensors *st, const char *name)
{
	struct tensor key = { .name = (char *)(uintptr_t)name };
	return st->n ? bsearch(&key, st->tensors, st->n, sizeof key, by_name) : NULL;
}
