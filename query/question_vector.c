#include "query/question_vector.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "query/question.h"

/* The model of the index, checked against the embedder. */
int question_model(struct store *store, const struct embedder *e, struct store_model *model,
                   struct err *err)
{
	if (store_model(store, model, err) < 0)
		return -1;
	if (model->name[0] && strcmp(model->name, e->model) != 0)
		return err_set(err, ERR_MODEL, "the index was made with '%s', not '%s'", model->name,
		               e->model);
	return 0;
}

/* Vectors of the questions, [n, dim]. */
int question_vectors(struct embedder *e, const struct store_model *model,
                     const struct span *questions, size_t n, float **vectors, struct err *err)
{
	if (embedder_embed(e, EMBED_QUERY, questions, n, vectors, err) < 0)
		return err->code == ERR_REPLY ? err_wrap(err, "cannot embed the question") : -1;
	if (e->limits.dim == model->dim)
		return 0;
	free(*vectors);
	*vectors = NULL;
	return err_set(err, ERR_MODEL, "'%s' gives %zu dimensions, the index has %zu; was it another "
	               "server's model? make a new index, or use the server of the first run",
	               e->model, e->limits.dim, model->dim);
}

static struct hash question_key(const struct embedder *e, struct span question)
{
	struct span parts[] = { span_of(e->model), { "\0query\0", 7 }, question };
	return hash_parts(parts, 3);
}

bool question_is_kept(struct store *store, const struct embedder *e, struct span question)
{
	struct store_model model;
	struct question q;
	if (question_parse(&q, question, clock_unix_ns(), NULL) < 0)
		return false;
	struct hash key = question_key(e, q.text);
	question_free(&q);
	if (!e->host[0] || store_model(store, &model, NULL) < 0 || model.dim == 0)
		return false;
	float *vector = mem_floats(model.dim);
	bool kept = store_query_vector_get(store, &key, model.dim, vector);
	free(vector);
	return kept;
}

/* Only what would go over the network is worth keeping. */
int question_vector(struct store *store, struct embedder *e, const struct store_model *model,
                    struct span question, float **vector, struct question_fresh *fresh,
                    struct err *err)
{
	if (!e->host[0])
		return question_vectors(e, model, &question, 1, vector, err);
	fresh->key = question_key(e, question);
	*vector = mem_floats(model->dim);
	if (store_query_vector_get(store, &fresh->key, model->dim, *vector))
		return 0;
	free(*vector);
	*vector = NULL;
	if (question_vectors(e, model, &question, 1, vector, err) < 0)
		return -1;
	fresh->dim = model->dim;
	fresh->vector = mem_floats(model->dim);
	memcpy(fresh->vector, *vector, model->dim * sizeof(float));
	return 0;
}

void question_keep(struct store *store, struct question_fresh *fresh)
{
	if (fresh->vector)
		store_query_vector_put(store, &fresh->key, fresh->dim, fresh->vector);
	free(fresh->vector);
	*fresh = (struct question_fresh){ 0 };
}
