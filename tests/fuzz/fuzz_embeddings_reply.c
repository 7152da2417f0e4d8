/* A reply is read without harm; where cJSON understands it too, both see the same
 * vectors. Errors are understood without harm as well. */
#define _GNU_SOURCE
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "models/remote/embeddings_wire.h"
#include "models/remote/refusal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool truth)
{
	if (!truth)
		abort();
}

static const cJSON *member(const cJSON *object, const char *name)
{
	/* the first of that name, as the reader takes it */
	return cJSON_GetObjectItemCaseSensitive(object, name);
}

static void compare_row(const struct wire_reply *r, size_t row, const cJSON *embedding)
{
	if (r->rows[row] != ROW_OK || !cJSON_IsArray(embedding))
		return;
	must((size_t)cJSON_GetArraySize(embedding) == r->dim);
	double sum = 0;
	const cJSON *x;
	cJSON_ArrayForEach(x, embedding)
		sum += (double)(float)x->valuedouble * (double)(float)x->valuedouble;
	if (!(sum > 1e-30 && sum < 1e30)) /* where floats are too coarse to compare */
		return;
	size_t d = 0;
	cJSON_ArrayForEach(x, embedding)
		must(fabs(x->valuedouble / sqrt(sum) - (double)r->vectors[row * r->dim + d++]) < 1e-4);
}

static bool has_twice(const cJSON *object, const char *name)
{
	int n = 0;
	const cJSON *x;
	cJSON_ArrayForEach(x, object)
		n += x->string && strcmp(x->string, name) == 0;
	return n > 1;
}

static void compare(const struct wire_reply *r, const cJSON *tree)
{
	const cJSON *list = member(tree, "data"), *item;
	if (!cJSON_IsArray(list) || has_twice(tree, "data"))
		return;
	must((size_t)cJSON_GetArraySize(list) == r->n);
	size_t k = 0;
	cJSON_ArrayForEach(item, list) {
		const cJSON *index = member(item, "index");
		if (has_twice(item, "index") || has_twice(item, "embedding"))
			return;
		size_t row = cJSON_IsNumber(index) ? (size_t)index->valuedouble : k;
		if (row < r->n)
			compare_row(r, row, member(item, "embedding"));
		k++;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size < 2)
		return 0;
	size_t n = 1 + data[0] % 4, dim = data[1] % 8;
	struct span body = { (const char *)data + 2, size - 2 };
	struct wire_reply r;
	bool in_band;
	struct err err;
	if (wire_parse(&r, body, n, dim, &in_band, &err) == 0) {
		for (size_t i = 0; i < r.n; i++) {
			double sum = 0;
			for (size_t d = 0; d < r.dim; d++)
				sum += (double)r.vectors[i * r.dim + d] * (double)r.vectors[i * r.dim + d];
			must(r.rows[i] == ROW_OK ? fabs(sum - 1) < 1e-3 : sum == 0);
		}
		cJSON *tree = json_parse(body, "it", NULL);
		if (tree)
			compare(&r, tree);
		cJSON_Delete(tree);
		wire_reply_release(&r);
	}
	struct refusal f = refusal_read(200 + data[0] * 2, body);
	must(strlen(f.words) > 0);
	return 0;
}
